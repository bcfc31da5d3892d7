"""The second factor: time-based one-time codes (RFC 6238), each good for one use.

Six digits, thirty seconds, SHA-1: what every authenticator app understands.
"""

import time
from dataclasses import dataclass

import pyotp
import segno

ISSUER = "Zhiban"
STEP = 30  # seconds
SECRET_CHARACTERS = 32  # of base32: 160 bits (RFC 4226 §4, R6)
_LATE, _EARLY = 1, 1  # steps a clock may be off (RFC 6238 §5.2)


@dataclass(frozen=True, repr=False)
class Enrolment:
    """Shown once: the secret, the address an authenticator reads, and that as a QR picture."""

    secret: str
    uri: str
    picture: str

    @classmethod
    def fresh(cls, login: str) -> "Enrolment":
        secret = pyotp.random_base32(SECRET_CHARACTERS)
        uri = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)
        return cls(secret, uri, segno.make(uri, error="m").svg_data_uri(scale=5, border=4))

    def __repr__(self) -> str:
        return "Enrolment(…)"


def step_of(secret: str, code: str, used: int, now: float | None = None) -> int | None:
    """The time step whose code this is, if it is later than ``used``; else None.

    Keep the step as used: the same code, and every earlier one, is then refused (§5.2).
    """
    totp, current = pyotp.TOTP(secret), int((now or time.time()) // STEP)
    for step in range(current - _LATE, current + _EARLY + 1):
        if step > used and pyotp.utils.strings_equal(totp.generate_otp(step), code):
            return step
    return None
