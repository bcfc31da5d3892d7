"""What is asked of the office that keeps plates, whichever department that is."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol, runtime_checkable

from config.errors import Problem
from config.texts import DEFAULT_LOCALE
from identity.person import Person
from services.access import Access
from services.asking import in_hours, told
from services.errors import DepartmentClosed
from services.schema import Words


class Vehicle(Protocol):
    """One vehicle on record: its plate, and the frame number that no new plate changes."""

    @property
    def plate(self) -> str: ...

    @property
    def frame(self) -> str: ...


@runtime_checkable
class KeepsPlates(Protocol):
    """A department that can say which vehicles are a person's."""

    @property
    def id(self) -> str: ...

    @property
    def title(self) -> Words: ...

    @property
    def access(self) -> Access: ...

    async def vehicles(self, person: Person) -> Sequence[Vehicle]:
        """Those on record today; none is an answer. Raises the problems of ``Department.call``."""
        ...


def check_open(office: KeepsPlates, locale: str = DEFAULT_LOCALE) -> None:
    """Before it is asked, and before a read is on record that nobody makes.

    Raises DepartmentClosed.
    """
    try:
        in_hours(office, datetime.now(UTC))
    except DepartmentClosed as closed:
        raise told(closed, office.title, locale) from None


async def held(office: KeepsPlates, person: Person, locale: str) -> Sequence[Vehicle]:
    """Its vehicles, with problems that say in the reader's language which office it is.

    Raises NoRecord and the problems of ``Department.call``.
    """
    try:
        return await office.vehicles(person)
    except Problem as problem:
        raise told(problem, office.title, locale) from problem.__cause__


class NoPlateOffice(Exception):
    """None of the departments keeps plates: nothing here can work."""


def keeper(departments: Mapping[str, object]) -> KeepsPlates:
    """The department that keeps plates. Raises NoPlateOffice."""
    for one in departments.values():
        if isinstance(one, KeepsPlates):
            return one
    raise NoPlateOffice("no department answers for vehicles")
