"""What is asked of the office that keeps plates, whichever department that is."""

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from config.errors import Problem
from identity.person import Person
from services.errors import DepartmentClosed
from services.hours import in_words
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
    def title(self) -> Words: ...

    async def vehicles(self, person: Person) -> Sequence[Vehicle]:
        """Those on record today; none is an answer. Raises the problems of ``Department.call``."""
        ...


async def held(office: KeepsPlates, person: Person, locale: str) -> Sequence[Vehicle]:
    """The same, with problems that say in the reader's language which office it is.

    Raises NoRecord and the problems of ``Department.call``.
    """
    try:
        return await office.vehicles(person)
    except Problem as problem:
        problem.facts.setdefault("department", office.title[locale])
        if isinstance(problem, DepartmentClosed):
            problem.facts["opens"] = in_words(problem.opens, problem.now, locale)
        raise


class NoPlateOffice(Exception):
    """None of the departments keeps plates: nothing here can work."""


def keeper(departments: Mapping[str, object]) -> KeepsPlates:
    """The department that keeps plates. Raises NoPlateOffice."""
    for one in departments.values():
        if isinstance(one, KeepsPlates):
            return one
    raise NoPlateOffice("no department answers for vehicles")
