"""How we sign requests to offices and gateways: an HMAC over method, path, time, nonce, body."""

import hashlib
import hmac
import secrets
import time
from urllib.parse import urlsplit

APP = "zhiban"


def signature(key: bytes, url: str, body: bytes, method: str = "POST") -> dict[str, str]:
    """The headers that make this request ours; each works once, for a few minutes."""
    stamp, nonce = str(int(time.time())), secrets.token_hex(16)
    lines = [method, urlsplit(url).path, stamp, nonce, hashlib.sha256(body).hexdigest()]
    mac = hmac.new(key, "\n".join(lines).encode(), hashlib.sha256).hexdigest()
    return {"X-App": APP, "X-Timestamp": stamp, "X-Nonce": nonce, "X-Signature": mac}
