"""Addresses that a client names: what they may look like.

``strict``: the house is in production. Elsewhere a programmer's own machine will do, written as
the loopback address it is (RFC 8252 §8.3): http://127.0.0.1 or http://[::1].
"""

import re
from urllib.parse import SplitResult, parse_qsl, urlsplit

LONGEST = 2_000  # characters
# RFC 3986 §2, without the asterisk: what looks like a wildcard is never meant as itself.
_WRITTEN = re.compile(r"(?:[A-Za-z0-9\-._~:/?\[\]@!$&'()+,;=]|%[0-9A-Fa-f]{2})+")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?")
# RFC 8252 §7.1: a name in DNS the other way round, so it has a period.
_PRIVATE_SCHEME = re.compile(r"(?=.{1,200}\Z)[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+")
_UP = re.compile(r"/(?:\.|%2e){1,2}(?:/|\?|\Z)", re.IGNORECASE)
_LOOPBACK = {"127.0.0.1", "::1"}
_OURS = {"code", "state", "iss", "response", "error", "error_description", "error_uri"}


class AddressRefused(Exception):
    """The message says why, and quotes nothing."""


def check(address: str, *, strict: bool) -> None:
    """An address that a browser is sent to, or that we ask. Raises AddressRefused.

    https and a name in DNS, so that its owner is known; no user info, fragment or way upwards.
    """
    parts = _split(address)
    if parts.scheme == "https" and _NAME.fullmatch(parts.netloc.partition(":")[0]):
        return
    if not strict and parts.scheme in ("http", "https") and parts.hostname in _LOOPBACK:
        return
    raise AddressRefused("not https at a host's own name")


def check_redirect(address: str, *, native: bool, strict: bool) -> None:
    """A redirect URI (RFC 6749 §3.1.2, RFC 9700 §2.1; RFC 8252 §7 for native apps).

    Raises AddressRefused.
    """
    parts = _split(address)
    if {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)} & _OURS:
        raise AddressRefused("a parameter in it that an answer has")
    if native and _is_private(parts):
        return
    check(address, strict=strict and not (native and _is_loopback(parts)))


def owner(address: str) -> str:
    """Who a redirect URI belongs to: its host, or a private-use scheme with its colon; empty for a
    programmer's own machine, which is everybody's.
    """
    parts = urlsplit(address)
    if _is_loopback(parts):
        return ""
    return parts.hostname or f"{parts.scheme}:"


def _split(address: str) -> SplitResult:
    if len(address) > LONGEST or not _WRITTEN.fullmatch(address):
        raise AddressRefused("too long, or characters that do not belong there")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise AddressRefused("not an address") from None
    if not address.startswith(f"{parts.scheme}:"):  # it was written in another case
        raise AddressRefused("a scheme in capitals, or none")
    if "@" in parts.netloc or port == 0 or parts.netloc.endswith(":"):
        raise AddressRefused("user info, or a port that is none")
    if _UP.search(parts.path):
        raise AddressRefused("a way upwards in its path")
    return parts


def _is_private(parts: SplitResult) -> bool:
    """RFC 8252 §7.1: ``com.example.app:/callback``, without an authority."""
    own = bool(_PRIVATE_SCHEME.fullmatch(parts.scheme)) and not parts.netloc
    return own and parts.path.startswith("/") and not parts.path.startswith("//")


def _is_loopback(parts: SplitResult) -> bool:
    return parts.scheme == "http" and parts.hostname in _LOOPBACK
