"""The payment provider's keys: its certificate, its signatures, what it seals, and whom it knows.

Like WeChat Pay's API v3. All keys follow from the sandbox's own root, so a restart changes nothing
and the house derives the merchant's side of them.
"""

import base64
import hashlib
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

ID = "wechat-pay"
MERCHANT, APP, MERCHANT_SERIAL = "1900000001", "wx-sandbox", "5A4E4442"
WINDOW = 300
_SCHEME = "WECHATPAY2-SHA256-ECDSA "
_PARTS = re.compile(r'(\w+)="([^"]*)"')
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256, FIPS 186
_BORN = datetime(2026, 1, 1, tzinfo=UTC)


class NotSigned(Exception):
    """Why a merchant's request is not believed."""


def _key(secret: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(secret, "big") % (_ORDER - 1) + 1, ec.SECP256R1())


@dataclass(frozen=True)
class Keys:
    """``secret(purpose)`` is what ``SandboxSettings.sandbox_secret`` gives for it."""

    merchant: ec.EllipticCurvePrivateKey = field(repr=False)
    platform: ec.EllipticCurvePrivateKey = field(repr=False)
    api: bytes = field(repr=False)

    @classmethod
    def of(cls, merchant: bytes, platform: bytes, api: bytes) -> "Keys":
        return cls(_key(merchant), _key(platform), api)

    @property
    def serial(self) -> str:
        return f"{self._number:X}"

    def check(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> None:
        """Raises NotSigned unless the merchant signed this within these minutes."""
        given = headers.get("authorization", "")
        parts = dict(_PARTS.findall(given))
        if not given.startswith(_SCHEME) or parts.get("mchid") != MERCHANT:
            raise NotSigned("merchant")
        at, nonce = parts.get("timestamp", ""), parts.get("nonce_str", "")
        if not at.isdigit() or abs(time.time() - int(at)) > WINDOW:
            raise NotSigned("clock")
        message = f"{method}\n{path}\n{at}\n{nonce}\n".encode() + body + b"\n"
        try:
            signature = base64.b64decode(parts.get("signature", ""), validate=True)
            self.merchant.public_key().verify(signature, message, ec.ECDSA(SHA256()))
        except (ValueError, InvalidSignature):
            raise NotSigned("signature") from None

    def signed(self, body: bytes, *, fault: str = "") -> dict[str, str]:
        """The headers that prove who speaks; ``fault``: what is wrong with them."""
        at = str(int(time.time()) - (2 * WINDOW if fault == "stale" else 0))
        nonce = secrets.token_hex(16)
        message = f"{at}\n{nonce}\n".encode() + body + b"\n"
        key = ec.generate_private_key(ec.SECP256R1()) if fault == "forged" else self.platform
        signature = key.sign(message, ec.ECDSA(SHA256()))
        return {
            "Wechatpay-Serial": "DEADBEEF" if fault == "stranger" else self.serial,
            "Wechatpay-Timestamp": at,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Signature": base64.b64encode(signature).decode(),
        }

    def sealed(self, plain: bytes, added: str, kind: str = "") -> dict[str, Any]:
        """What only the merchant can open."""
        nonce = secrets.token_hex(6)
        ciphertext = AESGCM(self.api).encrypt(nonce.encode(), plain, added.encode())
        return {
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": base64.b64encode(ciphertext).decode(),
            "nonce": nonce,
            "associated_data": added,
            "original_type": kind,
        }

    def certificate(self) -> bytes:
        """PEM, for the two years after its making; signed by itself."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Sandbox payment platform")])
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.platform.public_key())
            .serial_number(self._number)
            .not_valid_before(_BORN)
            .not_valid_after(_BORN + timedelta(days=3650))
        )
        return made.sign(self.platform, SHA256()).public_bytes(Encoding.PEM)

    @property
    def _number(self) -> int:
        public = self.platform.public_key().public_numbers()
        return int.from_bytes(hashlib.sha256(f"{public.x}".encode()).digest()[:8], "big") | 1 << 62
