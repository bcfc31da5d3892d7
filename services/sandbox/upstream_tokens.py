"""The network identity's keys and ID tokens (OpenID Connect Core §2), false ones on demand."""

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

HIGH, LOW = "high", "low"
_SECONDS = 120
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256, FIPS 186


@dataclass(frozen=True, repr=False)
class Said:
    """What is known at the end of a sign-in. ``matched`` None: nothing was asked to be compared."""

    client_id: str
    nonce: str
    number: str
    auth_time: int
    matched: bool | None


@dataclass(frozen=True)
class Signer:
    """An ES256 key that a restart does not change: it follows from the sandbox's own root."""

    issuer: str
    secret: bytes = field(repr=False)

    def jwks(self) -> dict[str, Any]:
        return {"keys": [self._public(_key(self.secret))]}

    def token(self, said: Said, fault: str = "") -> str:
        """An ID token; ``fault`` names what is wrong with it (services/sandbox/faults)."""
        claims, key = self._claims(said) | _wrong(fault), _key(self.secret)
        kid = self._public(key)["kid"]
        if fault == "another-key":
            key = ec.generate_private_key(ec.SECP256R1())
        if fault == "unsigned":
            return _joined({"alg": "none", "kid": kid}, claims) + "."  # RFC 7519 §6
        if fault == "symmetric":  # the public key taken for a shared secret (RFC 8725 §2.1)
            secret = json.dumps(self._public(key)).encode()
            signed = _joined({"alg": "HS256", "kid": kid}, claims)
            return f"{signed}.{_base64(hmac.new(secret, signed.encode(), 'sha256').digest())}"
        return jwt.encode(claims, key, algorithm="ES256", headers={"kid": kid})

    def _claims(self, said: Said) -> dict[str, Any]:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": self._pairwise(said),
            "aud": said.client_id,
            "azp": said.client_id,
            "nonce": said.nonce,
            "iat": now,
            "exp": now + _SECONDS,
            "auth_time": said.auth_time,
            "acr": HIGH,
            "amr": ["pin"],
        }
        return claims if said.matched is None else claims | {"identity_matched": said.matched}

    def _pairwise(self, said: Said) -> str:
        """One name a client and person (OpenID Connect Core §8.1)."""
        text = f"sub|{said.client_id}|{said.number}".encode()
        return hmac.new(self.secret, text, hashlib.sha256).hexdigest()

    @staticmethod
    def _public(key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
        members: dict[str, Any] = json.loads(ECAlgorithm.to_jwk(key.public_key()))
        kid = hashlib.sha256(json.dumps(members, sort_keys=True).encode()).hexdigest()[:32]
        return members | {"kid": kid, "use": "sig", "alg": "ES256"}


def _key(secret: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(secret, "big") % (_ORDER - 1) + 1, ec.SECP256R1())


def _wrong(fault: str) -> dict[str, Any]:
    past = int(time.time()) - 3600
    wrong: dict[str, dict[str, Any]] = {
        "wrong-nonce": {"nonce": "another"},
        "wrong-issuer": {"iss": "https://elsewhere.example"},
        "another-audience": {"aud": "https://elsewhere.example"},
        "another-party": {"azp": "https://elsewhere.example"},
        "expired": {"iat": past, "exp": past + _SECONDS},
        "long-ago": {"auth_time": past},
        "low-level": {"acr": LOW},
        "no-verdict": {"identity_matched": "true"},
    }
    return wrong.get(fault, {})


def _joined(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return ".".join(_base64(json.dumps(part).encode()) for part in (header, claims))


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
