"""HTTP message signatures (RFC 9421) as the tax department asks for them.

Signed with HMAC-SHA256 (§3.3.3) are the method, the path and the digest of the body (RFC 9530),
with the moment, a nonce and our name as parameters.
"""

import base64
import hashlib
import hmac
import secrets
import time

_COVERED = '("@method" "@path" "content-digest")'


def headers(key: bytes, app: str, method: str, path: str, body: bytes) -> dict[str, str]:
    """Content-Digest, Signature-Input and Signature of one request; new for every attempt."""
    digest = f"sha-256=:{_encoded(hashlib.sha256(body).digest())}:"
    created, nonce = int(time.time()), secrets.token_hex(16)
    parameters = f'{_COVERED};created={created};nonce="{nonce}";keyid="{app}"'
    mac = hmac.new(key, base(method, path, digest, parameters), hashlib.sha256).digest()
    return {
        "Content-Digest": digest,
        "Signature-Input": f"sig={parameters}",
        "Signature": f"sig=:{_encoded(mac)}:",
    }


def base(method: str, path: str, digest: str, parameters: str) -> bytes:
    """The signature base (§2.5): a line for each covered component, then the parameters."""
    lines = [
        f'"@method": {method}',
        f'"@path": {path}',
        f'"content-digest": {digest}',
        f'"@signature-params": {parameters}',
    ]
    return "\n".join(lines).encode()


def _encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
