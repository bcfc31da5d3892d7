"""The rules of the resident identity card: GB 11643-1999 numbers, and the names that go with them.

A number is refused for the first thing a person can see and mend: its length, a wrong
character, the region, the date of birth, and only then the check character, which says no more
than "one of these is mistyped".
"""

import re
import unicodedata
from datetime import date, datetime
from zoneinfo import ZoneInfo

from identity.errors import (
    DocumentTypeUnknown,
    IdNumberCharacters,
    IdNumberCheck,
    IdNumberDate,
    IdNumberFutureBirth,
    IdNumberLength,
    IdNumberRegion,
    NameInvalid,
)
from identity.person import IdNumber

RESIDENT_ID = "resident-id"
LENGTH = 18
LONGEST_NAME = 50  # characters, not bytes or UTF-16 units
CHINA = ZoneInfo("Asia/Shanghai")

# GB/T 2260 provinces. 81, 82 and 83 open residence permits of Hong Kong, Macao and Taiwan
# residents: another document, with a type of its own.
PROVINCES = frozenset(
    f"{code}"
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65))
    for code in range(first, last + 1)
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_EARLIEST = 1850  # the standard's own example was born in 1880
_FULL_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)}
_DIGITS = frozenset("0123456789")
_DOTS = str.maketrans(dict.fromkeys("•‧∙・･⋅", "·"))
_BETWEEN = frozenset("·-'’. ")
_HAN = (
    "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0002a6df\U0002a700-\U0002ebe0\U0002ebf0-\U0002ee5d"
    "\U0002f800-\U0002fa1f\U00030000-\U000323af"
)
_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}·])\s+(?=[{_HAN}·])")
_DOT_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}])[.．](?=[{_HAN}])")


def parse(document_type: str, number: str) -> IdNumber:
    """A canonical number; full-width characters, spaces and a lower-case x are understood.

    Raises DocumentTypeUnknown, IdNumberLength (fact ``length``), IdNumberCharacters,
    IdNumberRegion, IdNumberDate, IdNumberFutureBirth or IdNumberCheck (GB 11643-1999 §4).
    """
    if document_type != RESIDENT_ID:
        raise DocumentTypeUnknown()
    plain = "".join(number.translate(_FULL_WIDTH).split()).upper()
    if len(plain) != LENGTH:
        raise IdNumberLength(length=len(plain), wanted=LENGTH)
    if not _DIGITS.issuperset(plain[:-1]) or plain[-1] not in _CHECKS:
        raise IdNumberCharacters()
    if plain[:2] not in PROVINCES:
        raise IdNumberRegion()
    _judge_birth(plain[6:14])
    if check_character(plain[:17]) != plain[17]:
        raise IdNumberCheck()
    return IdNumber(plain, RESIDENT_ID)


def check_character(seventeen: str) -> str:
    """The 18th character (ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(seventeen, _WEIGHTS, strict=True))
    return _CHECKS[total % 11]


def name(given: str) -> str:
    """The name as the register writes it: NFC, one kind of middle dot, no stray spaces.

    Raises NameInvalid: nothing left, over 50 characters, or something that is no letter.
    Characters beyond the basic plane (𠮷, 𬱖) are letters like any other.
    """
    plain = " ".join(unicodedata.normalize("NFC", given).split()).translate(_DOTS)
    plain = _DOT_BETWEEN_HAN.sub("·", _BETWEEN_HAN.sub("", plain))
    letters = [character for character in plain if character not in _BETWEEN]
    if not letters or len(plain) > LONGEST_NAME or not all(map(_is_letter, letters)):
        raise NameInvalid(longest=LONGEST_NAME)
    return plain


def _judge_birth(digits: str) -> None:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise IdNumberDate() from None
    if born.year < _EARLIEST:
        raise IdNumberDate()
    if born > datetime.now(CHINA).date():
        raise IdNumberFutureBirth()


def _is_letter(character: str) -> bool:
    return character.isalpha() or character == "〇"  # a numeral to Unicode, a name to its bearer
