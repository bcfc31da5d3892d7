"""The cookie that ties an interaction to the browser that a client sent here."""

import re
from collections.abc import Mapping

from identity.oauth.interaction_store import SECONDS, Begun
from identity.oauth.interactions import Held

_MOST = 6  # interactions a browser keeps open; more would make its requests too long
_NAME = "ia-"
_ID = re.compile(r"[0-9A-Za-z_-]{24}")


def held(id: str, cookies: Mapping[str, str], public_url: str) -> Held:
    """What this browser shows of an interaction; an empty secret without its cookie."""
    return Held(id, cookies.get(_prefix(public_url) + id, ""))


def kept(begun: Begun, public_url: str) -> str:
    """A cookie that no script reads, that no other host can set, and that comes along when the
    resident is led back here from elsewhere.
    """
    return _cookie(begun.id, begun.secret, SECONDS, public_url)


def gone(id: str, public_url: str) -> str:
    """The same, over."""
    return _cookie(id, "", 0, public_url)


def stale(cookies: Mapping[str, str], public_url: str) -> tuple[str, ...]:
    """What makes the browser forget the oldest, which it names first (RFC 6265 §5.4)."""
    prefix = _prefix(public_url)
    ids = [name.removeprefix(prefix) for name in cookies if name.startswith(prefix)]
    oldest = ids[: max(0, len(ids) + 1 - _MOST)]
    return tuple(gone(id, public_url) for id in oldest if _ID.fullmatch(id))


def _cookie(id: str, value: str, seconds: int, public_url: str) -> str:
    parts = [f"{_prefix(public_url)}{id}={value}", "Path=/", f"Max-Age={seconds}"]
    parts += ["HttpOnly", "SameSite=Lax"]
    return "; ".join([*parts, "Secure"] if _secure(public_url) else parts)


def _prefix(public_url: str) -> str:
    """``__Host-`` (RFC 6265bis §4.1.3.2) needs Secure, which loopback without TLS cannot have."""
    return f"__Host-{_NAME}" if _secure(public_url) else _NAME


def _secure(public_url: str) -> bool:
    return public_url.startswith("https://")
