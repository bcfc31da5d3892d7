"""The five lines that offices ask to be signed: method, path, time, nonce, digest of the body."""

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass

APP = "zhiban"


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
