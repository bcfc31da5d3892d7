"""Documents people prove themselves with: which there are, and how their numbers are read.

One file a family; all of them take what somebody typed and give one canonical form, so that a
person is found by their document however they wrote it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from identity.documents import (
    citizen_number,
    foreign_card,
    passport,
    residence_permit,
    resident_id,
    travel_permit,
)
from identity.documents.names import name
from identity.documents.typed import plain
from identity.errors import DocumentTypeUnknown
from identity.person import IdNumber

__all__ = ["FORMAT", "KINDS", "PROVEN", "RESIDENT_ID", "Kind", "born", "is_male", "name", "parse"]

RESIDENT_ID = "resident-id"
FORMAT = 2  # the level of a document of which only the form was judged
PROVEN = 3  # from here on a document says whose record this is
FACE = 4
LONGEST = 64


@dataclass(frozen=True)
class Kind:
    """One kind of document; its title in words is ``document.<id>``.

    ``level``: what the document reaches on the holder's own device; any kind reaches 5 at a window.
    ``register``: the population register can match it. ``country``: who issues it (ISO 3166-1
    alpha-2), empty where the holder says so. ``lifelong``: its number never changes.
    """

    id: str
    example: str
    level: int
    country: str
    lifelong: bool
    read: Callable[[str], str]

    @property
    def register(self) -> bool:
        return self.level >= FACE


_ALL = (
    Kind(RESIDENT_ID, "11010519491231002X", FACE, "CN", True, resident_id.read),
    Kind(
        "hong-kong-macao-residence",
        "810000199801230036",
        FACE,
        "CN",
        True,
        residence_permit.of(residence_permit.HONG_KONG, residence_permit.MACAO),
    ),
    Kind(
        "taiwan-residence",
        "830000199201300022",
        FACE,
        "CN",
        True,
        residence_permit.of(residence_permit.TAIWAN),
    ),
    Kind("foreign-permanent-resident", "911124198108030024", FACE, "CN", False, foreign_card.read),
    Kind(
        "hong-kong-macao-travel-permit",
        "H12345678",
        FORMAT,
        "CN",
        False,
        travel_permit.read_hong_kong_macao,
    ),
    Kind("taiwan-travel-permit", "12345678", FORMAT, "CN", False, travel_permit.read_taiwan),
    Kind("passport", "E12345678", FORMAT, "", False, passport.read),
)
KINDS: Mapping[str, Kind] = {kind.id: kind for kind in _ALL}


def parse(document_type: str, number: str, country: str = "") -> IdNumber:
    """A canonical number; full-width characters, spaces and lower case are understood.

    ``country`` counts for passports only. Raises DocumentTypeUnknown, the IdNumber leaves of
    identity.errors, DocumentNumberForm or CountryUnknown.
    """
    kind = KINDS.get(document_type)
    if kind is None:
        raise DocumentTypeUnknown()
    issuer = kind.country or passport.country(country)
    return IdNumber(kind.read(plain(number)), kind.id, issuer)


def born(number: IdNumber) -> date | None:
    """The date of birth that the number carries, if its kind carries one."""
    return citizen_number.birth_date(number.value) if _carries_birth(number) else None


def is_male(number: IdNumber) -> bool | None:
    """The sex that the number carries, if its kind carries one."""
    return citizen_number.is_male(number.value) if _carries_birth(number) else None


def _carries_birth(number: IdNumber) -> bool:
    return KINDS[number.kind].register and len(number.value) == citizen_number.LENGTH
