"""From bytes to models: bodies, queries, locale, client address. Nothing else parses."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from pydantic import BaseModel, ValidationError
from sanic import Request

from api.errors import (
    BodyTooLarge,
    ContentTypeUnknown,
    JsonMalformed,
    RequestInvalid,
    RouteUnknown,
)
from api.replies import JSON
from api.routes import Route
from api.uploads import arriving
from config.texts import preferred, text, words
from identity.oauth.message import Parameters
from identity.oauth.refusals import InvalidRequest

HttpRequest = Request[Any, Any]
FORM = "application/x-www-form-urlencoded"
Networks = tuple[IPv4Network | IPv6Network, ...]
_MOST_PARAMETERS = 32
_LONGEST_PART = 64  # characters of a variable part of a path
_MOST_ERRORS = 20
_MOST_PARTS = 64  # what is joined after so many is refused with them (identity.oauth.message)
_NOT_OURS = "?"  # stands for a field that is not ours: its name may be somebody's value

locale_of = lru_cache(512)(preferred)


@dataclass(frozen=True)
class File:
    """A body that is a file: what it says it is, and its Content-Disposition (RFC 6266)."""

    media_type: str
    disposition: str = field(repr=False)
    content: bytes = field(repr=False)


async def read_body(request: HttpRequest, route: Route, locale: str) -> Any:
    """The body as the route's model (or JSON object, or File); None where the route takes none.

    Raises BodyTooLarge before the body is read, ContentTypeUnknown, JsonMalformed, RequestInvalid,
    or RequestSlow for a file that does not arrive.
    """
    if route.parameters and route.method == "POST":
        return None  # read_parameters takes it
    if route.takes:
        return await _file(request, route)
    if route.body is None:
        await received(request, route.limit)  # an empty one too has to be taken off the line
        return None
    _check_announced(request, route)
    sent = decode(await received(request, route.limit))
    if route.judged:
        return fitted(route.body, sent, locale)
    if not isinstance(sent, dict):
        raise RequestInvalid("not an object", errors=[_error("", "model_type", {}, locale)])
    return sent


async def _file(request: HttpRequest, route: Route) -> File:
    _check_announced(request, route, *route.takes)
    disposition = request.headers.get("content-disposition") or ""
    async with arriving():
        content = await received(request, route.limit)
    return File(content_type_of(request), disposition, content)


def check_path(path: Mapping[str, str]) -> None:
    """No id of ours is as long; what is would only be too long for a column. RouteUnknown."""
    if any(len(part) > _LONGEST_PART for part in path.values()):
        raise RouteUnknown("a part of the path is too long")


def read_query(request: HttpRequest, route: Route, locale: str) -> Any:
    """The query as the route's model; None where the route takes none. Raises RequestInvalid."""
    if route.query is None:
        return None
    if not request.query_string and (empty := _empty(route.query)):
        return empty
    try:
        pairs = parse_qsl(
            request.query_string,
            keep_blank_values=True,
            max_num_fields=_MOST_PARAMETERS,
            errors="strict",
        )
    except ValueError:
        raise RequestInvalid("query", errors=[_error("", "other", {}, locale)]) from None
    if len(pairs) != len(dict(pairs)):
        raise RequestInvalid("a parameter twice", errors=[_error("", "twice", {}, locale)])
    return fitted(route.query, dict(pairs), locale)


async def read_parameters(request: HttpRequest, route: Route) -> Parameters:
    """The query of a GET, the form of a POST (RFC 6749 §3.1, §3.2). Raises InvalidRequest."""
    if request.method != "POST":
        return _parameters(request.query_string)
    if content_type_of(request) != FORM:
        await received(request, route.limit)
        raise InvalidRequest("not a form")
    try:
        return _parameters((await received(request, route.limit)).decode("ascii"))
    except (BodyTooLarge, UnicodeDecodeError) as fault:
        raise InvalidRequest(type(fault).__name__) from None


def _parameters(written: str) -> Parameters:
    parts = [part for part in written.split("&", _MOST_PARTS) if part]
    try:
        return Parameters.of([_pair(part) for part in parts])
    except ValueError as fault:
        raise InvalidRequest(type(fault).__name__) from None


def _pair(part: str) -> tuple[str, str]:
    """Of application/x-www-form-urlencoded. Most values of these forms have nothing to decode,
    and the standard library's reader looks at each of their characters.
    """
    if "%" in part or "+" in part:
        name, _, value = part.partition("=")
        return unquote_plus(name, errors="strict"), unquote_plus(value, errors="strict")
    name, _, value = part.partition("=")
    return name, value


def fitted(model: type[BaseModel], sent: Any, locale: str) -> BaseModel:
    """``sent`` as the model; RequestInvalid names each field that does not fit, and no value."""
    try:
        return model.model_validate(sent)
    except ValidationError as wrong:
        found = wrong.errors(include_url=False, include_input=False)
    shown = found[:_MOST_ERRORS]
    errors = [_error(_place(e), e["type"], e.get("ctx", {}), locale) for e in shown]
    raise RequestInvalid(", ".join(sorted({e["type"] for e in found})), errors=errors)


def decode(body: bytes) -> Any:
    """JSON (RFC 8259) in UTF-8; names that come twice and lone surrogates are refused."""
    try:
        found = _decoder.decode(body.decode())
        if b"\\u" in body:
            json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as fault:
        raise JsonMalformed(type(fault).__name__) from None  # the message may quote the body
    return found


def address_of(request: HttpRequest, trusted: Networks) -> str:
    """Who sent the request: the last address of X-Forwarded-For that no trusted proxy has."""
    peer = str(request.ip or "")
    if not trusted or not _within(peer, trusted):
        return peer
    named = ",".join(request.headers.getall("x-forwarded-for", []))
    for hop in reversed([part.strip() for part in named.split(",") if part.strip()]):
        if _address(hop) is None:
            return peer
        if not _within(hop, trusted):
            return hop
        peer = hop
    return peer


def _check_announced(request: HttpRequest, route: Route, *types: str) -> None:
    if content_type_of(request) not in (types or (JSON,)):
        raise ContentTypeUnknown()
    announced = request.headers.get("content-length", "0")
    if not announced.isdecimal() or int(announced) > route.limit:
        raise _too_large(route.limit)


def content_type_of(request: HttpRequest) -> str:
    return (request.headers.get("content-type") or "").partition(";")[0].strip().lower()


async def received(request: HttpRequest, limit: int) -> bytes:
    """The body, given up as soon as it is longer than allowed. Raises BodyTooLarge."""
    parts, size = [], 0
    stream: Any = request.stream  # Sanic types it too wide
    if stream is not None and stream.request_body:
        while (part := await stream.read()) is not None:
            size += len(part)
            if size > limit:
                raise _too_large(limit)
            parts.append(part)
    return b"".join(parts)


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge(limit_kb=limit // 1024)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found


def _refused(_constant: str) -> Any:
    raise ValueError("NaN and Infinity are not JSON")


_decoder = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_refused)


def _place(fault: Any) -> str:
    known = fault["loc"][:-1] if fault["type"] == "extra_forbidden" else fault["loc"]
    extra = [_NOT_OURS] if fault["type"] == "extra_forbidden" else []
    return ".".join([*map(str, known), *extra])


def _error(field: str, kind: str, context: Mapping[str, Any], locale: str) -> dict[str, str]:
    code = f"request.{kind}"
    known = code if code in words(locale) else "request.other"
    return {"field": field, "message": text(known, locale, **context)}


@lru_cache(64)
def _empty(model: type[BaseModel]) -> BaseModel | None:
    """What no query at all is read as; None where something is required."""
    required = any(field.is_required() for field in model.model_fields.values())
    return None if required else model()


@lru_cache(4096)
def _within(address: str, networks: Networks) -> bool:
    found = _address(address)
    return found is not None and any(found in network for network in networks)


def _address(written: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(written)
    except ValueError:
        return None
