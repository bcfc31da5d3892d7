"""Signatures of both sides as WeChat Pay's API v3 asks them, by RSA and ECDSA; what is sealed."""

import base64
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from config.settings import RefusedToStart, Settings
from services.payments import signing
from services.payments.merchant import Merchant, merchant
from services.payments.signing import NotSigned

RSA_KEY = rsa.generate_private_key(65537, 2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
API_KEY = b"k" * 32
BODY = '{"摘要":"社保"}'.encode()
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def certificate(key: Key) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "platform")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    made = made.public_key(key.public_key()).serial_number(7)
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    return made.sign(key, SHA256())


def told(key: Key, **other: str) -> dict[str, str]:
    """A message of the platform's."""
    at, nonce = str(int(time.time())), "nonce"
    message = f"{at}\n{nonce}\n".encode() + BODY + b"\n"
    signed = (
        key.sign(message, padding.PKCS1v15(), SHA256())
        if isinstance(key, rsa.RSAPrivateKey)
        else key.sign(message, ec.ECDSA(SHA256()))
    )
    return {
        "wechatpay-serial": "7",
        "wechatpay-timestamp": at,
        "wechatpay-nonce": nonce,
        "wechatpay-signature": base64.b64encode(signed).decode(),
    } | other


@pytest.mark.parametrize("key", [RSA_KEY, EC_KEY], ids=["RSA", "ECDSA"])
def test_a_request_is_signed_over_method_path_time_nonce_and_body(key: Key):
    ours = Merchant("https://pay.example", "wx1", "190", "5A4E", key, API_KEY)
    header = signing.authorization(ours, "POST", "/v3/pay?a=1", BODY)
    parts = dict(re.findall(r'(\w+)="([^"]*)"', header))
    assert (parts["mchid"], parts["serial_no"]) == ("190", "5A4E")
    message = f"POST\n/v3/pay?a=1\n{parts['timestamp']}\n{parts['nonce_str']}\n".encode()
    signature, whole = base64.b64decode(parts["signature"]), message + BODY + b"\n"
    if isinstance(key, rsa.RSAPrivateKey):
        assert header.startswith("WECHATPAY2-SHA256-RSA2048 ")
        key.public_key().verify(signature, whole, padding.PKCS1v15(), SHA256())
    else:
        key.public_key().verify(signature, whole, ec.ECDSA(SHA256()))
    assert signing.authorization(ours, "POST", "/v3/pay?a=1", BODY) != header


@pytest.mark.parametrize("key", [RSA_KEY, EC_KEY], ids=["RSA", "ECDSA"])
def test_what_the_platform_signed_is_believed_and_nothing_else(key: Key):
    signing.verify(certificate(key), told(key), BODY)
    other = RSA_KEY if key is EC_KEY else EC_KEY
    wrong: list[tuple[Key, dict[str, str], bytes]] = [
        (key, told(key), BODY + b" "),
        (key, told(key, **{"wechatpay-nonce": "another"}), BODY),
        (key, told(key, **{"wechatpay-signature": "%%"}), BODY),
        (key, told(key, **{"wechatpay-signature": ""}), BODY),
        (other, told(key), BODY),
    ]
    for by, headers, body in wrong:
        with pytest.raises(NotSigned):
            signing.verify(certificate(by), headers, body)


@pytest.mark.parametrize("at", ["", "now", "１２", "0", "-5", "9" * 12, "9" * 400])
def test_a_time_that_is_none_of_these_minutes_is_refused(at: str):
    with pytest.raises(NotSigned, match="clock"):
        signing.serial_of({"wechatpay-timestamp": at, "wechatpay-serial": "7"})


def test_what_is_sealed_opens_with_the_api_key_and_its_own_words_only():
    sealed: dict[str, Any] = {
        "nonce": "n" * 12,
        "associated_data": "transaction",
        "ciphertext": base64.b64encode(
            AESGCM(API_KEY).encrypt(b"n" * 12, b"secret", b"transaction")
        ).decode(),
    }
    assert signing.opened(API_KEY, sealed) == b"secret"
    for key, other in (
        (b"x" * 32, {}),
        (API_KEY, {"associated_data": "refund"}),
        (API_KEY, {"nonce": "m" * 12}),
        (API_KEY, {"nonce": ""}),
        (API_KEY, {"ciphertext": "%%"}),
    ):
        with pytest.raises(NotSigned, match="seal"):
            signing.opened(key, sealed | other)
    with pytest.raises(NotSigned):
        signing.opened(API_KEY, {})


def pem(key: Key) -> SecretStr:
    form = PrivateFormat.PKCS8
    return SecretStr(key.private_bytes(Encoding.PEM, form, NoEncryption()).decode())


SET: dict[str, Any] = {
    "pay_url": "https://pay.example/",
    "pay_app": "wx1",
    "pay_merchant": "190",
    "pay_serial": "5A4E",
    "pay_key": pem(RSA_KEY),
    "pay_api_key": SecretStr("k" * 32),
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"pay_key": SecretStr("no key")},
        {"pay_api_key": SecretStr("short")},
        {"pay_merchant": ""},
        {"environment": "production", "pay_url": "http://pay.example"},
    ],
    ids=", ".join,
)
def test_settings_that_do_not_go_together_stop_the_start(settings: Settings, wrong):
    with pytest.raises(RefusedToStart, match="PAY_"):
        merchant(settings.model_copy(update=SET | wrong))


def test_in_production_nothing_is_paid_where_nothing_is_set(settings: Settings):
    assert merchant(settings.model_copy(update={"environment": "production"})) is None


def test_a_merchant_is_as_it_is_set_and_shows_no_key(settings: Settings):
    ours = merchant(settings.model_copy(update=SET))
    assert ours and (ours.url, ours.id) == ("https://pay.example", "190")
    assert "kkk" not in repr(ours) and "PRIVATE" not in repr(ours)
