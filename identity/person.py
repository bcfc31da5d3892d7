"""Values that belong to a person and print masked, so that a slip in a log shows nothing."""

from dataclasses import dataclass
from uuid import UUID


def mask(value: str) -> str:
    """First and last character only; of two characters the first, of one nothing."""
    if len(value) <= 1:
        return "*"
    if len(value) == 2:
        return value[0] + "*"
    return value[0] + "*" * (len(value) - 2) + value[-1]


@dataclass(frozen=True, repr=False)
class IdNumber:
    """A document number in canonical form: its kind, its country (ISO 3166) and the characters."""

    value: str
    kind: str = "resident-id"
    country: str = "CN"

    @property
    def masked(self) -> str:
        return mask(self.value)

    @property
    def canonical(self) -> str:
        """What makes a document unique: kind, country, number."""
        return f"{self.kind}|{self.country}|{self.value}"

    def __repr__(self) -> str:
        return f"IdNumber({self.masked})"

    __str__ = __repr__


@dataclass(frozen=True, repr=False)
class Person:
    """A resident in plain words, as departments need to ask for them. Lives for one request."""

    resident: UUID
    name: str
    number: IdNumber

    def __repr__(self) -> str:
        return f"Person({self.resident})"

    __str__ = __repr__


@dataclass(frozen=True, repr=False)
class Photo:
    """A picture of a face (JPEG bytes). Never stored by us, never logged."""

    jpeg: bytes

    def __repr__(self) -> str:
        return f"Photo({len(self.jpeg)} bytes)"

    __str__ = __repr__
