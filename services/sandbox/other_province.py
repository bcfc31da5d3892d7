"""Another province, whose seals and licences count with ours, and the keeper of the trust list.

Its keys follow from the sandbox's root and its certificates from fixed dates, so a restart changes
neither. ``GET /trust-list`` is the keeper's signed list; ``GET /other-province/document/<kind>`` a
sealed document of the province: ``good``, ``changed`` (a byte of it), ``expired`` (sealed with a
certificate that was over), ``stranger`` (certified by somebody who is on no list).
"""

import asyncio
import base64
import hashlib
import hmac
import io
import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import jwt
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fpdf import FPDF
from jwt.algorithms import ECAlgorithm
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore
from sanic import HTTPResponse, Request, Sanic
from sanic.response import raw, text

from services.sandbox.faults import Faults

ID, LIST = "other-province", "trust-list"
NAME = {"zh-CN": "临江省政务服务平台", "en": "Linjiang Province"}
KINDS = ("good", "changed", "expired", "stranger")
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256, FIPS 186
_YEARS = {"root": (2020, 2045), "seal": (2024, 2044), "expired": (2020, 2023)}
_LIST_SECONDS = 7 * 86_400
Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Province:
    """``address``: the name of the issuer; ``secret``: where its keys follow from."""

    address: str
    secret: bytes = field(repr=False)

    def key(self, purpose: str) -> Key:
        """``root``, ``seal``, ``licence``: the same after every start."""
        return key_of(hmac.new(self.secret, purpose.encode(), hashlib.sha256).digest())

    def root(self, purpose: str = "root") -> x509.Certificate:
        key = self.key(purpose)
        return _certificate(key, key, _name("root"), "root", authority=True)

    def leaf(self, purpose: str, years: str = "seal", root: str = "root") -> x509.Certificate:
        return _certificate(self.key(purpose), self.key(root), _name(purpose), years)

    def listed(self) -> dict[str, Any]:
        """As the keeper names it."""
        return {
            "id": self.address,
            "name": NAME,
            "roots": [base64.b64encode(_der(self.root())).decode()],
            "keys": {"keys": [self.jwk("licence")]},
            "ended_at": None,
        }

    def jwk(self, purpose: str) -> dict[str, Any]:
        """Public, with its certificate."""
        members: dict[str, Any] = json.loads(ECAlgorithm.to_jwk(self.key(purpose).public_key()))
        chain = [base64.b64encode(_der(self.leaf(purpose))).decode()]
        kid = hashlib.sha256(json.dumps(members, sort_keys=True).encode()).hexdigest()[:32]
        return members | {"kid": kid, "use": "sig", "alg": "ES256", "x5c": chain}

    async def document(self, kind: str) -> bytes:
        """A sealed PDF; see the module."""
        root = "stranger" if kind == "stranger" else "root"
        leaf = self.leaf("seal", "expired" if kind == "expired" else "seal", root)
        made = await _sealed(_page(), self.key("seal"), leaf, self.root(root))
        return made.replace(b"Linjiang", b"Linjiing", 1) if kind == "changed" else made


@dataclass(frozen=True)
class Keeper:
    """Who keeps the list: every list has a greater number than those before."""

    key: Key = field(repr=False)
    province: Province

    def signed(self, *, forged: bool = False) -> str:
        """``forged``: by somebody else."""
        now = int(time.time())
        claims = {
            "number": now,
            "iat": now,
            "exp": now + _LIST_SECONDS,
            "issuers": [self.province.listed()],
        }
        key = ec.generate_private_key(ec.SECP256R1()) if forged else self.key
        return jwt.encode(claims, key, algorithm="ES256", headers={"typ": "trust-list+jwt"})


def open_other_province(
    app: Sanic[Any, Any], province: Province, keeper: Keeper, faults: Faults
) -> None:
    async def trust_list(_: Request[Any, Any]) -> HTTPResponse:
        fault = faults.take(LIST)
        if fault is not None:
            await fault.delay()
            if fault.kind in ("error", "closed"):
                return text("Internal Server Error", status=500)
        return text(
            keeper.signed(forged=fault is not None and fault.kind == "malformed"),
            content_type="application/jwt",
        )

    async def document(_: Request[Any, Any], kind: str) -> HTTPResponse:
        if kind not in KINDS:
            return text("no such document", status=404)
        return raw(await province.document(kind), content_type="application/pdf")

    app.add_route(trust_list, f"/{LIST}", methods=["GET"], name="trust_list")
    app.add_route(document, f"/{ID}/document/<kind:str>", methods=["GET"], name="other_document")


def key_of(secret: bytes) -> Key:
    """A P-256 key that follows from 32 bytes."""
    return ec.derive_private_key(int.from_bytes(secret, "big") % (_ORDER - 1) + 1, ec.SECP256R1())


def _name(purpose: str) -> x509.Name:
    parts = ((NameOID.COUNTRY_NAME, "CN"), (NameOID.ORGANIZATION_NAME, NAME["zh-CN"]))
    said = [x509.NameAttribute(oid, value) for oid, value in parts]
    return x509.Name([*said, x509.NameAttribute(NameOID.COMMON_NAME, f"Linjiang {purpose}")])


def _certificate(
    key: Key, above: Key, subject: x509.Name, years: str, *, authority: bool = False
) -> x509.Certificate:
    first, last = _YEARS[years]
    public = key.public_key()
    usage = x509.KeyUsage(
        not authority, not authority, False, False, False, authority, authority, False, False
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(_name("root"))
        .public_key(public)
        .serial_number(int.from_bytes(hashlib.sha256(_raw(public) + years.encode()).digest()[:8]))
        .not_valid_before(datetime(first, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(last, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(authority, None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(above.public_key()), critical=False
        )
        .sign(above, hashes.SHA256(), ecdsa_deterministic=True)
    )


def _page() -> bytes:
    page = FPDF()
    page.set_compression(False)
    page.add_page()
    page.set_font("helvetica", size=16)
    page.cell(text="Linjiang Province: certificate of residence (sandbox)")
    return bytes(page.output())


async def _sealed(page: bytes, key: Key, leaf: x509.Certificate, root: x509.Certificate) -> bytes:
    store = SimpleCertificateStore.from_certs([_asn1(root)])  # type: ignore[no-untyped-call]
    private = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    signer = signers.SimpleSigner(_asn1(leaf), asn1_keys.PrivateKeyInfo.load(private), store)
    about = signers.PdfSignatureMetadata(
        field_name="Seal", subfilter=fields.SigSeedSubFilter.PADES, md_algorithm="sha256"
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(page))
    made = await asyncio.wait_for(signers.async_sign_pdf(writer, about, signer), 30)
    return bytes(made.getvalue())


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(_der(certificate))


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def _raw(public: ec.EllipticCurvePublicKey) -> bytes:
    return public.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint
    )
