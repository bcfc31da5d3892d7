"""What is asked of the office that keeps plates, whichever department that is."""

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from identity.person import Person


class Vehicle(Protocol):
    """One vehicle on record: its plate, and the frame number that no new plate changes."""

    @property
    def plate(self) -> str: ...

    @property
    def frame(self) -> str: ...


@runtime_checkable
class KeepsPlates(Protocol):
    """A department that can say which vehicles are a person's."""

    async def vehicles(self, person: Person) -> Sequence[Vehicle]:
        """Those on record today; none is an answer. Raises the problems of ``Department.call``."""
        ...


class NoPlateOffice(Exception):
    """None of the departments keeps plates: nothing here can work."""


def keeper(departments: Mapping[str, object]) -> KeepsPlates:
    """The department that keeps plates. Raises NoPlateOffice."""
    for one in departments.values():
        if isinstance(one, KeepsPlates):
            return one
    raise NoPlateOffice("no department answers for vehicles")
