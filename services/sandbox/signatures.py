"""How an office knows who asks: an HMAC over the request, a clock window, a nonce used once.

Most schemes sign the same five lines: method, path, timestamp, nonce, SHA-256 of the body (hex).
"""

import base64
import binascii
import hashlib
import hmac
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

WINDOW = 300  # seconds either way
APPS = frozenset({"zhiban"})
_NONCE = re.compile(r"[0-9A-Za-z_-]{8,64}")
_AUTHORIZATION = re.compile(r"(app|ts|nonce|sign)=([^,\s]+)")
_SCHEME = "SB-HMAC-SHA256 "


class NotSigned(Exception):
    """Why a request is not believed: unsigned, app, clock, signature or nonce."""


@dataclass(frozen=True)
class Signed:
    """What a request claims about itself; ``mac`` is the raw 32 bytes."""

    app: str
    timestamp: str
    nonce: str
    mac: bytes
    base: "Base | None" = None  # what is signed, where it is not the five lines


Base = Callable[[str, str, bytes], bytes]
"""Method, path and body → the bytes that are signed."""
Scheme = Callable[[Mapping[str, str]], Signed]


def by_headers(headers: Mapping[str, str]) -> Signed:
    """X-App, X-Timestamp, X-Nonce and X-Signature in hex. Raises NotSigned."""
    names = ("x-app", "x-timestamp", "x-nonce", "x-signature")
    app, timestamp, nonce, mac = (headers.get(name, "") for name in names)
    if not (app and timestamp and nonce and mac):
        raise NotSigned("unsigned")
    try:
        return Signed(app, timestamp, nonce, bytes.fromhex(mac))
    except ValueError as fault:
        raise NotSigned("unsigned") from fault


def by_authorization(headers: Mapping[str, str]) -> Signed:
    """``Authorization: SB-HMAC-SHA256 app=…,ts=…,nonce=…,sign=<base64>``. Raises NotSigned."""
    value = headers.get("authorization", "")
    if not value.startswith(_SCHEME):
        raise NotSigned("unsigned")
    parts = dict(_AUTHORIZATION.findall(value))
    try:
        mac = base64.b64decode(parts["sign"], validate=True)
        return Signed(parts["app"], parts["ts"], parts["nonce"], mac)
    except (KeyError, binascii.Error) as fault:
        raise NotSigned("unsigned") from fault


def sign(key: bytes, lines: tuple[str, str, str, str], body: bytes) -> bytes:
    """The 32 bytes a caller must present; ``lines`` are method, path, timestamp and nonce."""
    signed = "\n".join([*lines, hashlib.sha256(body).hexdigest()])
    return hmac.new(key, signed.encode(), hashlib.sha256).digest()


class Gatekeeper:
    """One office's check. Nonces are remembered for as long as their timestamp is acceptable.

    They live in memory, so what was stamped before this process started is refused: otherwise a
    restart would forget them and let a recorded request through.
    """

    def __init__(self, scheme: Scheme, key: bytes, now: Callable[[], float] = time.time):
        self._scheme = scheme
        self._key = key
        self._now = now
        self._started = int(now())
        self._seen: dict[str, float] = {}

    def check(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> None:
        """Raises NotSigned. A nonce is spent by a genuine request only."""
        signed = self._scheme(headers)
        if signed.app not in APPS:
            raise NotSigned("app")
        if not self._timely(signed.timestamp):
            raise NotSigned("clock")
        if not _NONCE.fullmatch(signed.nonce):
            raise NotSigned("nonce")
        expected = self._expected(signed, method, path, body)
        if not hmac.compare_digest(expected, signed.mac):
            raise NotSigned("signature")
        self._spend(signed.nonce)

    def _expected(self, signed: Signed, method: str, path: str, body: bytes) -> bytes:
        if signed.base is None:
            return sign(self._key, (method, path, signed.timestamp, signed.nonce), body)
        return hmac.new(self._key, signed.base(method, path, body), hashlib.sha256).digest()

    def _timely(self, timestamp: str) -> bool:
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
            return False
        stamped = int(timestamp)
        return abs(self._now() - stamped) <= WINDOW and stamped >= self._started

    def _spend(self, nonce: str) -> None:
        now = self._now()
        for old in [n for n, until in self._first_seen() if until < now]:
            del self._seen[old]
        if nonce in self._seen:
            raise NotSigned("nonce")
        self._seen[nonce] = now + 2 * WINDOW

    def _first_seen(self) -> list[tuple[str, float]]:
        """The oldest few: insertion order is age order, so looking at four a time suffices."""
        return [pair for pair, _ in zip(self._seen.items(), range(4), strict=False)]
