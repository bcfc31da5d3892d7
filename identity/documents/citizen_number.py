"""The eighteen characters that GB 11643-1999 gave the resident ID card, and others took over.

Six characters say where, eight the date of birth, three the order (its last digit is odd for
men), the last is a check character. A number is refused for the first thing a person can see and
mend: its length, a wrong character, the region, the date of birth, and only then the check
character, which says no more than "one of these is mistyped".
"""

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from identity.errors import (
    IdNumberCharacters,
    IdNumberCheck,
    IdNumberDate,
    IdNumberFutureBirth,
    IdNumberLength,
)

LENGTH = 18
CHINA = ZoneInfo("Asia/Shanghai")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_EARLIEST = 1850  # the standard's own example was born in 1880
_DIGITS = frozenset("0123456789")


def judge(plain: str, region: Callable[[str], None]) -> str:
    """The number itself, if it is one; ``region`` refuses the six characters it does not like.

    Raises IdNumberLength (facts ``length``, ``wanted``), IdNumberCharacters, IdNumberDate,
    IdNumberFutureBirth or IdNumberCheck (GB 11643-1999 §4).
    """
    if len(plain) != LENGTH:
        raise IdNumberLength(length=len(plain), wanted=LENGTH)
    if not _DIGITS.issuperset(plain[:-1]) or plain[-1] not in _CHECKS:
        raise IdNumberCharacters()
    region(plain[:6])
    _judge_birth(plain[6:14])
    if check_character(plain[:17]) != plain[17]:
        raise IdNumberCheck()
    return plain


def check_character(seventeen: str) -> str:
    """The 18th character (ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(seventeen, _WEIGHTS, strict=True))
    return _CHECKS[total % 11]


def birth_date(number: str) -> date:
    """The date of birth in a number that was judged."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def is_male(number: str) -> bool:
    """An odd order number is a man's (GB 11643-1999 §4.1)."""
    return int(number[16]) % 2 == 1


def _judge_birth(digits: str) -> None:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise IdNumberDate() from None
    if born.year < _EARLIEST:
        raise IdNumberDate()
    if born > datetime.now(CHINA).date():
        raise IdNumberFutureBirth()
