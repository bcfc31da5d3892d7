"""Documents a resident of the sandbox may have: what their numbers begin with, and whose names.

All have eighteen characters with the birth date in the same place, so that the offices' records
follow from any of them: the resident ID card, the residence permits of Hong Kong, Macao and
Taiwan residents, and the foreign permanent resident card of 2023.
"""

import secrets
from typing import Literal, get_args

from services.sandbox.regions import GUANGDONG

Kind = Literal[
    "resident-id",
    "hong-kong-macao-residence",
    "taiwan-residence",
    "foreign-permanent-resident",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
_HONG_KONG_MACAO, _TAIWAN = ("810000", "820000"), "830000"
_NATIONALITIES = ("840", "826", "250", "276", "392", "410", "643", "702")  # ISO 3166-1 numeric
_FIRST = ("Anna", "Elena", "Maria", "Sofia", "James", "Martin", "Peter", "Thomas")
_LAST = ("Novak", "Meyer", "Rossi", "Silva", "Brown", "Costa", "Larsen", "Moreau")


def draw_region(kind: Kind) -> str:
    """The first six characters of a number of this kind."""
    if kind == "resident-id":
        return secrets.choice(list(GUANGDONG))
    if kind == "hong-kong-macao-residence":
        return secrets.choice(_HONG_KONG_MACAO)
    if kind == "taiwan-residence":
        return _TAIWAN
    return "944" + secrets.choice(_NATIONALITIES)


def draw_foreign_name() -> str:
    return f"{secrets.choice(_FIRST)} {secrets.choice(_LAST)}"


def kind_of(number: str) -> Kind:
    """The kind of document a number made here stands on."""
    if number.startswith("9"):
        return "foreign-permanent-resident"
    if number.startswith(_TAIWAN):
        return "taiwan-residence"
    if number.startswith(_HONG_KONG_MACAO):
        return "hong-kong-macao-residence"
    return "resident-id"
