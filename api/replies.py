"""What a handler may give back beside a model: bytes that are ready, and how they leave."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from pydantic import BaseModel
from sanic import HTTPResponse
from sanic.helpers import has_message_body

JSON = "application/json"
NOT_MODIFIED = 304
NO_CONTENT = 204
HARDENED: Mapping[str, str] = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
}
_PRIVATE = {"cache-control": "no-store"}


@dataclass(frozen=True)
class Reply:
    """``etag`` (quoted) makes the reply conditional; without ``headers`` it is never cached.

    ``cookies``: whole values of Set-Cookie headers.
    """

    body: bytes = field(repr=False)
    content_type: str = JSON
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=lambda: _PRIVATE)
    etag: str = ""
    cookies: tuple[str, ...] = field(default=(), repr=False)


class Sent(HTTPResponse):
    """A hardened answer, whose headers are cleaned and encoded once, not for every request."""

    @property
    def processed_headers(self) -> Iterator[tuple[bytes, bytes]]:
        headers = self.headers
        if has_message_body(self.status):  # type: ignore[no-untyped-call]
            headers.setdefault("content-type", self.content_type)
        yield from [pair for name, pair in _hardened if name not in headers]
        for name, value in headers.items():
            yield _encoded(name, value if isinstance(value, str) else f"{value}")


@lru_cache(1024)
def _encoded(name: str, value: str) -> tuple[bytes, bytes]:
    """As Sanic does it: line breaks in a value cannot begin a header of their own."""
    clean = HTTPResponse._sanitize_header_value
    return clean(name).encode("ascii"), clean(value).encode(errors="surrogateescape")


_hardened = [(name, _encoded(name, value)) for name, value in HARDENED.items()]


def render(made: BaseModel | Reply | None, status: int, if_none_match: str | None) -> HTTPResponse:
    """The HTTP answer; no model at all is 204."""
    if made is None:
        return Sent(status=NO_CONTENT, headers=dict(_PRIVATE))
    if isinstance(made, BaseModel):
        body = made.model_dump_json(by_alias=True)
        return Sent(body, status, dict(_PRIVATE), JSON)
    headers = dict(made.headers)
    if made.etag:
        headers["etag"] = made.etag
        if if_none_match and same(if_none_match, made.etag):
            return Sent(status=NOT_MODIFIED, headers=headers)
    sent = Sent(made.body, made.status or status, headers, made.content_type)
    for cookie in made.cookies:
        sent.headers.add("set-cookie", cookie)
    return sent


def same(if_none_match: str, etag: str) -> bool:
    """Weak comparison of the list with our tag (RFC 9110 §13.1.2)."""
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in tags or etag in tags
