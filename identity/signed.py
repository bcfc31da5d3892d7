"""How we sign requests to offices and gateways: an HMAC over method, path, time, nonce, body."""

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

APP = "zhiban"
"""The name under which offices and gateways know us."""


@dataclass(frozen=True)
class Signed:
    """One signature (HMAC-SHA256, 32 bytes) with the moment and nonce it is good for."""

    timestamp: str
    nonce: str
    mac: bytes


def sign(key: bytes, method: str, path: str, body: bytes) -> Signed:
    """A new signature; every attempt needs its own, since a nonce counts once."""
    timestamp, nonce = str(int(time.time())), secrets.token_hex(16)
    lines = "\n".join([method, path, timestamp, nonce, hashlib.sha256(body).hexdigest()])
    return Signed(timestamp, nonce, hmac.new(key, lines.encode(), hashlib.sha256).digest())


def signature(key: bytes, url: str, body: bytes, method: str = "POST") -> dict[str, str]:
    """The headers that make this request ours; each works once, for a few minutes."""
    signed = sign(key, method, urlsplit(url).path, body)
    return {
        "X-App": APP,
        "X-Timestamp": signed.timestamp,
        "X-Nonce": signed.nonce,
        "X-Signature": signed.mac.hex(),
    }
