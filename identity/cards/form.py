"""Card and telephone numbers as people type them, judged by their form before anybody is asked."""

import re

from identity.cards.errors import CardNumberInvalid, CardPhoneInvalid

_PHONE = re.compile(r"1[3-9][0-9]{9}")  # mainland mobile numbers (numbering plan of MIIT)
_CARD = re.compile(r"[0-9]{12,19}")  # ISO/IEC 7812-1
_FULL_WIDTH = {0xFF10 + digit: 0x30 + digit for digit in range(10)}
_BETWEEN = re.compile(r"[\s-]")


def card(given: str) -> str:
    """12 to 19 digits; spaces, hyphens and full-width digits are understood.

    Raises CardNumberInvalid, also for a wrong check digit.
    """
    digits = _plain(given)
    if not _CARD.fullmatch(digits) or not luhn(digits):
        raise CardNumberInvalid()
    return digits


def phone(given: str) -> str:
    """11 digits, with or without +86 before them. Raises CardPhoneInvalid."""
    digits = _plain(given).removeprefix("+86")
    if not _PHONE.fullmatch(digits):
        raise CardPhoneInvalid()
    return digits


def luhn(digits: str) -> bool:
    """Whether the check digit at the end is right (ISO/IEC 7812-1 annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        weighed = int(digit) * (1 + place % 2)
        total += weighed - 9 if weighed > 9 else weighed
    return total % 10 == 0


def _plain(given: str) -> str:
    return _BETWEEN.sub("", given.translate(_FULL_WIDTH))
