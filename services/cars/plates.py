"""Number plates of mainland China: how they are written (GA 36, from memory) and shown.

A province's character, a letter of the place, five characters (six for new energy), of which the
last may say what for: 学, 警, 港, 澳, 领, 挂, 使. Neither I nor O is used.
"""

import re
import unicodedata

from services.cars.errors import PlateInvalid

_PROVINCES = "京津沪渝冀晋蒙辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川贵云藏陕甘青宁新"
_FORM = re.compile(
    rf"[{_PROVINCES}][A-HJ-NP-Z]"
    r"(?:[A-HJ-NP-Z0-9]{4}[A-HJ-NP-Z0-9学警港澳领挂使]|[A-HJ-NP-Z0-9]{6})"
)
_LONGEST = 24  # characters as people type them
_SHOWN = 2


def read(said: str) -> str:
    """The plate as it is kept: no spaces, no dot, no hyphen, capitals. Raises PlateInvalid."""
    plain = unicodedata.normalize("NFKC", said[:_LONGEST]).upper()
    plate = re.sub(r"[\s·•.\-]", "", plain)
    if not _FORM.fullmatch(plate):
        raise PlateInvalid()
    return plate


def masked(plate: str) -> str:
    """``粤A***45``: enough for who stands before the car, too little to look its owner up."""
    hidden = "*" * (len(plate) - 2 * _SHOWN)
    return f"{plate[:_SHOWN]}{hidden}{plate[-_SHOWN:]}"
