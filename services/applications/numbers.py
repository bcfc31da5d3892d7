"""Numbers that people say on the telephone: two letters, the day, six digits and a check digit.

``ZB2611210482913``. The last digit is Luhn's (ISO/IEC 7812-1 annex B): it finds every single wrong
digit and nearly every swap. A number opens nothing: every read is bound to the resident.
"""

import re
import secrets
from datetime import date

APPLICATION, TICKET = "ZB", "HP"
_FORM = re.compile(r"[A-Z]{2}[0-9]{13,17}")


def made(prefix: str, day: date, *, digits: int = 6) -> str:
    """A new one, with up to ten ``digits`` after the day. Two of a day may be the same: whoever
    keeps them must look.
    """
    drawn = f"{day:%y%m%d}{secrets.randbelow(10**digits):0{digits}d}"
    return f"{prefix}{drawn}{_check(drawn)}"


def read(said: str, prefix: str) -> str | None:
    """As it is kept, without spaces and hyphens; None for what cannot be one of ours."""
    number = re.sub(r"[\s-]", "", said[:40]).upper()
    if not _FORM.fullmatch(number) or not number.startswith(prefix):
        return None
    return number if number[-1] == _check(number[2:-1]) else None


def _check(digits: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)
