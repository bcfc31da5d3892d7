"""What is asked of the office that shares medical bills out, whichever department that is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable
from uuid import UUID

from identity.person import Person
from services.bills.mix import Parts
from services.bills.returns import Sources

Care = Literal["outpatient", "inpatient", "chronic", "pharmacy"]
Stands = Literal["reckoning", "shared", "settling", "settled", "refused"]


@dataclass(frozen=True)
class Outcome:
    """Where a bill stands at the office. ``parts``: once it is shared out."""

    stands: Stands
    parts: Parts | None = None


@runtime_checkable
class SharesBills(Protocol):
    """A department that pays parts of medical bills. What changes something carries a key, and is
    done once for it. Everything raises NoRecord for who is not insured and what ``call`` does.
    """

    async def share_bill(self, person: Person, key: UUID, care: Care, fen: int) -> str:
        """Begin to reckon; returns the office's own number of the bill."""
        ...

    async def bill_outcome(self, person: Person, settlement: str) -> Outcome:
        """Where it stands; asked again and again."""
        ...

    async def settle_bill(self, person: Person, key: UUID, settlement: str) -> None:
        """Begin to pay the office's parts."""
        ...

    async def return_bill(self, person: Person, key: UUID, settlement: str, back: Sources) -> None:
        """Take the office's parts back; ``back.cash`` is none of theirs."""
        ...


class NoBillOffice(Exception):
    """None of the departments pays parts of medical bills."""


def sharer(departments: Mapping[str, object]) -> SharesBills:
    """The department that shares bills out. Raises NoBillOffice."""
    for one in departments.values():
        if isinstance(one, SharesBills):
            return one
    raise NoBillOffice("no department answers for medical bills")
