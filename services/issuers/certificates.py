"""The house's X.509 certificates (RFC 5280), one profile for each use.

root → authority → stamp, licence, seal
     → people    → one for each document that a resident signs

Departments sign with P-256; the time stamps' key is RSA, because readers of PDF know it best.
Nothing here is written down: ``services.issuers.keys`` keeps what is made.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

Use = Literal["root", "authority", "people", "stamp", "licence", "seal"]
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336
PARENTS: Mapping[Use, Use] = {
    "authority": "root",
    "people": "root",
    "stamp": "authority",
    "licence": "authority",
    "seal": "authority",
}
_YEAR = timedelta(days=365)
LIVES: Mapping[Use, timedelta] = {
    "root": 25 * _YEAR,
    "authority": 12 * _YEAR,
    "people": 12 * _YEAR,
    "stamp": 6 * _YEAR,
    "licence": 5 * _YEAR,
    "seal": 3 * _YEAR,
}
RENEWED: Mapping[Use, timedelta] = {
    "root": 13 * _YEAR,
    "authority": 6 * _YEAR + timedelta(days=1),
    "people": _YEAR,
    "stamp": _YEAR,
    "licence": _YEAR,
    "seal": timedelta(days=60),
}
"""How long before its end a key gets its successor: nothing outlives who certified it."""
PERSON_LIFE = timedelta(minutes=15)
_SKEW = timedelta(minutes=5)


@dataclass(frozen=True)
class Holder:
    """Whom a certificate names. ``code``: a unified social credit code, or for a person the number
    of the signature; never the number of a document. ``address``: of the issuer, as a URI.
    """

    name: str
    organisation: str
    code: str = ""
    address: str = ""


@dataclass(frozen=True, repr=False)
class Parent:
    """Who certifies: the key and its own certificate."""

    key: Key
    certificate: x509.Certificate


def new_key(use: Use) -> Key:
    """RSA takes a part of a second: call it off the event loop."""
    if use == "stamp":
        return rsa.generate_private_key(public_exponent=65537, key_size=3072)
    return ec.generate_private_key(ec.SECP256R1())


def certify(
    use: Use, key: Key, holder: Holder, at: datetime, parent: Parent | None = None
) -> x509.Certificate:
    """A certificate of the house; the root's own signs itself. Raises ValueError for a life that
    would outlast its parent's.
    """
    made = _begun(holder, key.public_key(), parent, at - _SKEW, at + LIVES[use])
    if use in ("root", "authority", "people"):
        made = _with_authority(made, None if use == "root" else 0)
    else:
        made = _with_signing(made, use)
    return made.sign(parent.key if parent else key, hashes.SHA256())


def certify_person(
    key: ec.EllipticCurvePublicKey, name: str, signature: UUID, at: datetime, parent: Parent
) -> x509.Certificate:
    """For one document: its life is over before anybody could use the key again."""
    holder = Holder(name, "", code=str(signature))
    made = _begun(holder, key, parent, at - timedelta(minutes=1), at + PERSON_LIFE)
    return _with_signing(made, "seal").sign(parent.key, hashes.SHA256())


def named(holder: Holder) -> x509.Name:
    """The subject: country, organisation, code and name, as far as there are any."""
    parts = [
        (NameOID.COUNTRY_NAME, "CN"),
        (NameOID.ORGANIZATION_NAME, holder.organisation),
        (NameOID.SERIAL_NUMBER, holder.code),
        (NameOID.COMMON_NAME, holder.name),
    ]
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts if value])


def _begun(
    holder: Holder,
    public: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
    parent: Parent | None,
    begins: datetime,
    ends: datetime,
) -> x509.CertificateBuilder:
    if parent and ends > parent.certificate.not_valid_after_utc:
        raise ValueError("a certificate would outlast the one above it")
    subject = named(holder)
    signer = parent.certificate.public_key() if parent else public
    assert isinstance(signer, ec.EllipticCurvePublicKey | rsa.RSAPublicKey)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(parent.certificate.subject if parent else subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer), critical=False)
    )
    if not holder.address:
        return made
    names = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(holder.address)])
    return made.add_extension(names, critical=False)


def _with_authority(made: x509.CertificateBuilder, below: int | None) -> x509.CertificateBuilder:
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=below), critical=True)
    return made.add_extension(_usage(certifies=True), critical=True)


def _with_signing(made: x509.CertificateBuilder, use: Use) -> x509.CertificateBuilder:
    made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    made = made.add_extension(_usage(certifies=False), critical=True)
    if use == "stamp":  # alone and critical, or it counts for nothing (RFC 3161 §2.3)
        only = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        return made.add_extension(only, critical=True)
    return made.add_extension(x509.ExtendedKeyUsage([DOCUMENT_SIGNING]), critical=False)


def _usage(*, certifies: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certifies,
        content_commitment=not certifies,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certifies,
        crl_sign=certifies,
        encipher_only=False,
        decipher_only=False,
    )
