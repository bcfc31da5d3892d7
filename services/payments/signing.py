"""Signatures as WeChat Pay's API v3 asks them of both sides, by RSA (PKCS #1 v1.5) or ECDSA.

Ours: method, path with query, time, nonce, body, each on a line. Theirs: time, nonce, body. What
they seal is AES-256-GCM under the API v3 key. Source: its public documentation (签名生成, 签名验证,
证书和回调报文解密); ECDSA in place of RSA is ours, for the shared national cryptography to come.
"""

import base64
import binascii
import secrets
import time
from collections.abc import Mapping
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from services.payments.merchant import Merchant

WINDOW = 300  # seconds by which clocks may differ, and a message be old
HEADERS = (
    "wechatpay-serial", "wechatpay-signature", "wechatpay-timestamp", "wechatpay-nonce",
)  # fmt: skip
_SCHEMES = {True: "WECHATPAY2-SHA256-RSA2048", False: "WECHATPAY2-SHA256-ECDSA"}


class NotSigned(Exception):
    """Why a message is not believed: clock, serial, signature or seal."""


def authorization(merchant: Merchant, method: str, path: str, body: bytes) -> str:
    """The header that says who asks; new for every request."""
    at, nonce = str(int(time.time())), secrets.token_hex(16)
    message = f"{method}\n{path}\n{at}\n{nonce}\n".encode() + body + b"\n"
    key = merchant.key
    if isinstance(key, rsa.RSAPrivateKey):
        signature = key.sign(message, padding.PKCS1v15(), SHA256())
    else:
        signature = key.sign(message, ec.ECDSA(SHA256()))
    parts = {
        "mchid": merchant.id,
        "nonce_str": nonce,
        "signature": base64.b64encode(signature).decode(),
        "timestamp": at,
        "serial_no": merchant.serial,
    }
    named = ",".join(f'{name}="{value}"' for name, value in parts.items())
    return f"{_SCHEMES[isinstance(key, rsa.RSAPrivateKey)]} {named}"


def serial_of(headers: Mapping[str, str]) -> str:
    """Of the certificate that a message says it is signed by, once its time is one of these
    minutes. Raises NotSigned.
    """
    at = headers.get("wechatpay-timestamp", "")
    if not (at.isascii() and at.isdigit() and len(at) <= 12):
        raise NotSigned("clock")
    if abs(time.time() - int(at)) > WINDOW:
        raise NotSigned("clock")
    return headers.get("wechatpay-serial", "")


def verify(certificate: x509.Certificate, headers: Mapping[str, str], body: bytes) -> None:
    """Raises NotSigned unless the certificate's key signed this."""
    at, nonce = (headers.get(f"wechatpay-{name}", "") for name in ("timestamp", "nonce"))
    message = f"{at}\n{nonce}\n".encode() + body + b"\n"
    key = certificate.public_key()
    try:
        signature = base64.b64decode(headers.get("wechatpay-signature", ""), validate=True)
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, message, padding.PKCS1v15(), SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, message, ec.ECDSA(SHA256()))
        else:
            raise NotSigned("kind of key")
    except (InvalidSignature, binascii.Error, ValueError):
        raise NotSigned("signature") from None


def opened(api_key: bytes, sealed: Mapping[str, Any]) -> bytes:
    """What the provider sealed for us. Raises NotSigned."""
    try:
        nonce, added = str(sealed["nonce"]), str(sealed.get("associated_data") or "")
        ciphertext = base64.b64decode(str(sealed["ciphertext"]), validate=True)
        return AESGCM(api_key).decrypt(nonce.encode(), ciphertext, added.encode())
    except (KeyError, ValueError, binascii.Error, InvalidTag):
        raise NotSigned("seal") from None
