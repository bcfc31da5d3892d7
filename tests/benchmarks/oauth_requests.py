"""Requests of a client that authenticates by private_key_jwt and proves its key (DPoP), as bytes.

Every one is signed anew, because each assertion and each proof is good once.
"""

import base64
import hashlib
import itertools
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ES256 = ec.ECDSA(hashes.SHA256())
_counted = itertools.count()
_RUN = secrets.token_hex(6)


@dataclass
class Requests:
    """``root``: the issuer, and what proofs are for; ``pem``: the private key of the client, which
    serves for assertions and proofs alike.
    """

    root: str
    client: str
    pem: str = field(repr=False)
    nonce: str = ""

    def __post_init__(self) -> None:
        key = load_pem_private_key(self.pem.encode(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        self._key = key
        self._jwk = jwk(key)
        self.host = urlsplit(self.root).netloc

    def tokens(self, path: str, **more: str) -> bytes:
        """A token by client_credentials."""
        given = {"grant_type": "client_credentials"} | more
        return self._post(path, given, f"DPoP: {self.proof('POST', path)}\r\n")

    def introspection(self, path: str, token: str) -> bytes:
        return self._post(path, {"token": token})

    def proof(self, method: str, path: str, token: str = "") -> str:
        """RFC 9449 §4.2; ``token``: the access token it is shown with."""
        said: dict[str, Any] = {"jti": _fresh(), "htm": method, "htu": self.root + path}
        said["iat"] = int(time.time())
        if self.nonce:
            said["nonce"] = self.nonce
        if token:
            said["ath"] = _encoded(hashlib.sha256(token.encode()).digest())
        return self._signed({"typ": "dpop+jwt", "alg": "ES256", "jwk": self._jwk}, said)

    def assertion(self) -> str:
        now = int(time.time())
        said = {"iss": self.client, "sub": self.client, "aud": self.root, "jti": _fresh()}
        return self._signed({"alg": "ES256", "kid": "sign"}, said | {"iat": now, "exp": now + 60})

    def form(self, given: dict[str, str]) -> dict[str, str]:
        """With who asks."""
        return given | {"client_assertion_type": TYPE, "client_assertion": self.assertion()}

    def _post(self, path: str, given: dict[str, str], headers: str = "") -> bytes:
        body = urlencode(self.form(given)).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: {self.host}\r\n{headers}"
        kind = "Content-Type: application/x-www-form-urlencoded\r\n"
        return f"{head}{kind}Content-Length: {len(body)}\r\n\r\n".encode() + body

    def _signed(self, header: dict[str, Any], said: dict[str, Any]) -> str:
        parts = [_encoded(json.dumps(one).encode()) for one in (header, said)]
        r, s = decode_dss_signature(self._key.sign(".".join(parts).encode(), _ES256))
        return ".".join([*parts, _encoded(r.to_bytes(32, "big") + s.to_bytes(32, "big"))])


def jwk(key: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    """The public half (RFC 7518 §6.2.1)."""
    point = key.public_key().public_numbers()
    x, y = (_encoded(one.to_bytes(32, "big")) for one in (point.x, point.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def _fresh() -> str:
    return f"{_RUN}-{next(_counted)}"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
