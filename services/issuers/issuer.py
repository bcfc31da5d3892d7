"""One issuer as it signs: its key, its certificate, and how others read its public half."""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey, RSAKey

from services.issuers.certificates import Key, Parent


@dataclass(frozen=True, repr=False)
class Issuer:
    """A key that signs now. ``chain_der``: the certificates above its own, the root last;
    ``department``: its id, empty for the house; ``name``: as its seal says it, in Chinese; ``iss``:
    as what it signs names it.
    """

    kid: str
    key: Key
    certificate_der: bytes
    chain_der: tuple[bytes, ...]
    department: str
    name: str
    iss: str
    active_from: datetime
    not_after: datetime

    @property
    def certificate(self) -> x509.Certificate:
        return x509.load_der_x509_certificate(self.certificate_der)

    @property
    def as_parent(self) -> Parent:
        return Parent(self.key, self.certificate)

    @property
    def signing_key(self) -> ec.EllipticCurvePrivateKey:
        """The key of a department: P-256, for ES256."""
        assert isinstance(self.key, ec.EllipticCurvePrivateKey), "the time stamp's key is another"
        return self.key

    def jwk(self) -> dict[str, Any]:
        """The public half (RFC 7517) with its certificates, the root left out."""
        members = ECKey.import_key(_pem(self.key)).as_dict(private=False)
        chain = [self.certificate_der, *self.chain_der[:-1]]
        return {**members, "kid": self.kid, "use": "sig", "alg": "ES256", "x5c": _encoded(chain)}

    def __repr__(self) -> str:
        return f"Issuer({self.department or 'house'}, {self.kid})"


def thumbprint(key: Key) -> str:
    """RFC 7638: how a key is named."""
    kind = ECKey if isinstance(key, ec.EllipticCurvePrivateKey) else RSAKey
    return str(kind.import_key(_pem(key)).thumbprint())


def private_der(key: Key) -> bytes:
    """PKCS #8, to be sealed at once."""
    return key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _pem(key: Key) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _encoded(chain: list[bytes]) -> list[str]:
    return [base64.b64encode(one).decode() for one in chain]
