"""What a resident of the sandbox carries: a PIN of the network identity, a bank card, a telephone.

All three follow from the number by HMAC, like the records of the offices: nothing is kept. Those of
test residents are the same in every sandbox.
"""

import hashlib
import hmac
from dataclasses import dataclass, field

from services.sandbox import test_residents

_ISSUER = "999900"  # 9: left to national standards bodies (ISO/IEC 7812-1), so no bank's
_PHONE = "19900"


@dataclass(frozen=True)
class Belongings:
    """``pin`` 6 digits, ``card`` 19 with a Luhn check digit, ``phone`` 11."""

    pin: str = field(repr=False)
    card: str = field(repr=False)
    phone: str = field(repr=False)


def belongings(key: bytes, number: str) -> Belongings:
    """What the holder of this number carries; anybody's number has an answer."""
    if always := test_residents.known(number):
        first = _ISSUER + always.card
        return Belongings(always.pin, first + luhn_digit(first), always.phone)
    first = _ISSUER + _digits(key, f"card|{number}", 12)
    return Belongings(
        _digits(key, f"pin|{number}", 6),
        first + luhn_digit(first),
        _PHONE + _digits(key, f"phone|{number}", 6),
    )


def luhn_digit(digits: str) -> str:
    """The check digit that follows these (ISO/IEC 7812-1 annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def _digits(key: bytes, what: str, count: int) -> str:
    drawn = hmac.new(key, what.encode(), hashlib.sha256).digest()
    return str(int.from_bytes(drawn, "big") % 10**count).zfill(count)
