"""What residents ask for, and what they are answered."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from identity.caller import Caller
from services.bookings.seats import Place
from services.bookings.timetable import Slot
from services.idempotency import Once


class Receipt(BaseModel):
    """``code``: for the second person, who has until ``until`` to confirm; None where one person
    comes alone, or both are there.
    """

    number: str
    state: str
    code: str | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Wish:
    """A time at an office, and what is stated."""

    service: str
    office: str
    starts_at: datetime
    statements: tuple[str, ...] = ()


@dataclass(frozen=True)
class Taking:
    """Somebody before a gate."""

    caller: Caller
    resident: UUID
    place: Place
    slot: Slot
    statements: tuple[str, ...]
    once: Once | None
