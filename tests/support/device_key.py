"""A device key as a browser keeps it, and the proofs it makes (RFC 9449), well formed or not."""

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from identity.dpop import thumbprint
from tests.support.log_capture import personal


def _fresh() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass
class DeviceKey:
    """``root`` is the public address of the house."""

    root: str
    private: Any = field(default_factory=_fresh, repr=False)

    @property
    def thumbprint(self) -> str:
        return thumbprint(self.private.public_key())

    @property
    def jwk(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(ECAlgorithm.to_jwk(self.private.public_key()))
        return found

    def proof(
        self,
        method: str,
        path: str,
        token: str = "",
        *,
        header: dict[str, Any] | None = None,
        algorithm: str = "ES256",
        **claims: Any,
    ) -> str:
        """An honest proof; ``header`` and ``claims`` replace members, None removes one."""
        honest: dict[str, Any] = {
            "jti": secrets.token_urlsafe(12),
            "htm": method,
            "htu": self.root + path.partition("?")[0],
            "iat": int(time.time()),
        }
        if token:
            digest = hashlib.sha256(token.encode()).digest()
            honest["ath"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        said = {name: each for name, each in (honest | claims).items() if each is not None}
        top = {"typ": "dpop+jwt", "jwk": self.jwk} | (header or {})
        return personal(jwt.encode(said, self.private, algorithm=algorithm, headers=top))

    def headers(self, method: str, path: str, token: str = "") -> dict[str, str]:
        """The headers of a request with this key's proof; with a token, bound to it."""
        made = {"DPoP": self.proof(method, path, token)}
        return made | ({"Authorization": f"DPoP {token}"} if token else {})
