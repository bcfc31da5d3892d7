"""Who we are at the payment provider: merchant, app, and three keys.

Requests are signed by our own key; what comes back is verified by the provider's certificates,
which arrive sealed under the API v3 key, as callbacks do. Outside production an absent address
means the sandbox's provider, whose keys both sides derive.
"""

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from config.settings import RefusedToStart, Settings

OFFICE = "wechat-pay"
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256, FIPS 186
_API_KEY_BYTES = 32
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Merchant:
    """``url`` without a slash at its end; ``serial``: of our own certificate there."""

    url: str
    app: str
    id: str
    serial: str
    key: PrivateKey = field(repr=False)
    api_key: bytes = field(repr=False)


def merchant(settings: Settings) -> Merchant | None:
    """As set, else the sandbox's; None in production where nothing is set: nothing can be paid.

    Raises RefusedToStart for settings that do not go together.
    """
    if settings.pay_url:
        return _as_set(settings)
    return None if settings.environment == "production" else _played(settings)


def _as_set(settings: Settings) -> Merchant:
    if settings.environment == "production" and not settings.pay_url.startswith("https://"):
        raise RefusedToStart("PAY_URL: production needs an https address")
    names = settings.pay_app, settings.pay_merchant, settings.pay_serial
    api_key = settings.pay_api_key.get_secret_value().encode()
    if not all(names) or len(api_key) != _API_KEY_BYTES:
        raise RefusedToStart("PAY_APP, PAY_MERCHANT, PAY_SERIAL and PAY_API_KEY go with PAY_URL")
    return Merchant(settings.pay_url.rstrip("/"), *names, _read(settings), api_key)


def _read(settings: Settings) -> PrivateKey:
    try:
        key = load_pem_private_key(settings.pay_key.get_secret_value().encode(), None)
    except ValueError:
        raise RefusedToStart("PAY_KEY is not the PEM of a private key") from None
    if not isinstance(key, PrivateKey):
        raise RefusedToStart("PAY_KEY is neither an RSA nor an EC key")
    return key


def _played(settings: Settings) -> Merchant:
    secret = settings.sandbox_secret(f"{OFFICE} merchant")
    key = ec.derive_private_key(int.from_bytes(secret, "big") % (_ORDER - 1) + 1, ec.SECP256R1())
    api_key = settings.sandbox_secret(f"{OFFICE} api v3")
    url = f"{settings.sandbox_url}/{OFFICE}"
    return Merchant(url, "wx-sandbox", "1900000001", "5A4E4442", key, api_key)
