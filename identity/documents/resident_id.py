"""The mainland resident ID card: GB 11643-1999, and the 15 digits of GB 11643-1989 before it.

The older number had a year of two digits and no check character. It is the same person's number:
"19" goes before the year and a check character behind, as was done when the cards were replaced
(国发〔1999〕15号), so both forms lead to one canonical number.
"""

from identity.documents import regions
from identity.documents.citizen_number import LENGTH, check_character, judge
from identity.errors import IdNumberCharacters, IdNumberLength, IdNumberRegion

_OLD = 15


def read(plain: str) -> str:
    """The 18 characters of either form. Raises the leaves of ``judge`` and IdNumberRegion."""
    if len(plain) == _OLD:
        return judge(_lengthened(plain), _on_the_mainland)
    if len(plain) != LENGTH:
        raise IdNumberLength(length=len(plain), wanted=LENGTH)
    return judge(plain, _on_the_mainland)


def _lengthened(old: str) -> str:
    if not (old.isascii() and old.isdecimal()):
        raise IdNumberCharacters()
    seventeen = f"{old[:6]}19{old[6:]}"
    return seventeen + check_character(seventeen)


def _on_the_mainland(region: str) -> None:
    """The province must be one; a county that we do not list may be older than our list."""
    if region[:2] not in regions.MAINLAND:
        raise IdNumberRegion()
