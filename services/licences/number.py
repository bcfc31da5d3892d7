"""Numbers of electronic licences (GB/T 36904, from public code).

``1.2.156.3005.2`` . type 21 . issuer 18 . serial . version 3 . check; the check character is that
of ISO 7064 MOD 37,36 over type, issuer, serial and version without the dots.
"""

import re
from dataclasses import dataclass

PREFIX = "1.2.156.3005.2"
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NUMBER = re.compile(
    r"1\.2\.156\.3005\.2\.([0-9A-Z]{21})\.([0-9A-Z]{18})\.([0-9A-Z]{1,32})\.([0-9]{3})\.([0-9A-Z])"
)
_LAST_VERSION = 999


class NumberInvalid(ValueError):
    """Not a number of an electronic licence; says why, and never the number."""


@dataclass(frozen=True, repr=False)
class LicenceNumber:
    """``type``: the catalogue's owner (GB 32100, 18) and 3 digits; ``issuer``: GB 32100;
    ``serial``: capital letters and digits; ``version`` counts from 1.
    """

    type: str
    issuer: str
    serial: str
    version: int

    @property
    def written(self) -> str:
        """Raises NumberInvalid for parts of another form."""
        parts = (self.type, self.issuer, self.serial, f"{self.version:03d}")
        if not 0 < self.version <= _LAST_VERSION or not _NUMBER.fullmatch(
            whole := ".".join((PREFIX, *parts, "0"))
        ):
            raise NumberInvalid("a part of another form")
        return whole[:-1] + check_character("".join(parts))

    def __repr__(self) -> str:
        return f"LicenceNumber(version {self.version})"


def parse(written: str) -> LicenceNumber:
    """The parts of a number. Raises NumberInvalid."""
    found = _NUMBER.fullmatch(written)
    if not found:
        raise NumberInvalid("another form")
    *parts, check = found.groups()
    if check_character("".join(parts)) != check:
        raise NumberInvalid("another check character")
    type, issuer, serial, version = parts
    return LicenceNumber(type, issuer, serial, int(version))


def check_character(body: str) -> str:
    """ISO 7064:2003 §9, hybrid system MOD 37,36."""
    product = 36
    for character in body:
        product = (product + _ALPHABET.index(character)) % 36 or 36
        product = product * 2 % 37
    return _ALPHABET[(37 - product) % 36]


def serial_of(written: str) -> str:
    """A department's own number as a serial: its letters and digits, nothing between them."""
    return "".join(one for one in written.upper() if one in _ALPHABET)[:32]
