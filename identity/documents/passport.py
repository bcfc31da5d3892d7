"""Passports of any country: ICAO Doc 9303 leaves a number nine characters, letters and digits.

A number means something only together with the country that issued it.
"""

import csv
import re
from functools import cache
from pathlib import Path

from identity.documents.errors import CountryUnknown, DocumentNumberForm

_FORM = re.compile(r"(?=.*[0-9])[A-Z0-9]{5,9}")
_COUNTRIES = Path(__file__).with_name("countries.csv")


def read(plain: str) -> str:
    """Five to nine letters and digits, one digit at least. Raises DocumentNumberForm."""
    if not _FORM.fullmatch(plain):
        raise DocumentNumberForm(example="E12345678")
    return plain


def country(given: str) -> str:
    """The alpha-2 code of ISO 3166-1, in capitals. Raises CountryUnknown."""
    code = given.strip().upper()
    if code not in _alpha2():
        raise CountryUnknown()
    return code


@cache
def _alpha2() -> frozenset[str]:
    """ISO 3166-1 as of the package iso3166 3.0.0 (September 2026)."""
    with _COUNTRIES.open(encoding="utf-8", newline="") as file:
        return frozenset(row["alpha2"] for row in csv.DictReader(file))
