"""Names as the register writes them."""

import re
import unicodedata

from identity.errors import NameInvalid

LONGEST = 50  # characters, not bytes or UTF-16 units
_DOTS = str.maketrans(dict.fromkeys("•‧∙・･⋅", "·"))
_BETWEEN = frozenset("·-'’. ")
_HAN = (
    "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0002a6df\U0002a700-\U0002ebe0\U0002ebf0-\U0002ee5d"
    "\U0002f800-\U0002fa1f\U00030000-\U000323af"
)
_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}·])\s+(?=[{_HAN}·])")
_DOT_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}])[.．](?=[{_HAN}])")


def name(given: str) -> str:
    """NFC, one kind of middle dot, no stray spaces.

    Raises NameInvalid: nothing left, over 50 characters, or something that is no letter.
    Characters beyond the basic plane (𠮷, 𬱖) are letters like any other.
    """
    plain = " ".join(unicodedata.normalize("NFC", given).split()).translate(_DOTS)
    plain = _DOT_BETWEEN_HAN.sub("·", _BETWEEN_HAN.sub("", plain))
    letters = [character for character in plain if character not in _BETWEEN]
    if not letters or len(plain) > LONGEST or not all(map(_is_letter, letters)):
        raise NameInvalid(longest=LONGEST)
    return plain


def _is_letter(character: str) -> bool:
    """Also marks that have no composed form with their letter (Mn, Mc: names of many scripts)."""
    if character == "〇":  # a numeral to Unicode, a name to its bearer
        return True
    return character.isalpha() or unicodedata.category(character) in ("Mn", "Mc")
