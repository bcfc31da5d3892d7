"""A resident's appointments and places in lines, as they see them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Subquery

from config.database import reaching_database
from identity import written_codes
from identity.caller import Caller
from identity.errors import ResidentMissing
from identity.person import mask
from services.asking import Residents
from services.bookings.errors import BookingMissing
from services.bookings.examining import resident_of
from services.bookings.ledger import Room, numbered
from services.bookings.line import ahead_of
from services.bookings.states import IN_LINE, LIVING, MOST_CHANGES, State
from services.models import Booking, BookingParty, BookingWait

SHOWN = 50


@dataclass(frozen=True)
class Mine:
    """``other``: masked name of who else comes, empty while nobody has confirmed; ``code``: for
    the second, while it is held; ``may``: accept, change, cancel.
    """

    row: Booking = field(repr=False)
    first: bool
    other: str
    code: str | None = field(repr=False)
    may: Sequence[str]


@dataclass(frozen=True)
class Waiting:
    """``ahead``: how many stand before them."""

    row: BookingWait = field(repr=False)
    ahead: int


@dataclass(frozen=True)
class Own:
    room: Room
    residents: Residents

    async def listed(self, caller: Caller) -> Sequence[Booking]:
        """The latest times first, fifty at most."""
        resident = resident_of(caller)
        with reaching_database():
            mine = BookingParty.filter(resident_id=resident)
            ids = await mine.values_list("booking_id", flat=True)
            rows = Booking.filter(id__in=list(ids)).order_by("-starts_at")
            return await rows.limit(SHOWN)

    async def offered(self, resident: UUID) -> Sequence[Booking]:
        """Times from lines that they can still accept, the first to be over first."""
        with reaching_database():
            mine = BookingParty.filter(resident_id=resident, living=True).values("booking_id")
            rows = Booking.filter(id__in=Subquery(mine), state=State.OFFERED)
            return await rows.filter(until__gt=self.room.clock()).order_by("until", "id")

    async def lines(self, caller: Caller) -> Sequence[Waiting]:
        """Where they wait, in the order they joined."""
        resident = resident_of(caller)
        with reaching_database():
            rows = BookingWait.filter(resident_id=resident, state__in=IN_LINE)
            return [Waiting(row, await ahead_of(row)) for row in await rows.order_by("id")]

    async def one(self, caller: Caller, number: str) -> Mine:
        """Raises BookingMissing."""
        resident = resident_of(caller)
        with reaching_database():
            row = await Booking.get_or_none(number=numbered(number))
            people = await BookingParty.filter(booking_id=row.id) if row else []
        mine = next((one for one in people if UUID(str(one.resident_id)) == resident), None)
        if row is None or mine is None:
            raise BookingMissing()
        first = mine.place == 1
        held = first and row.state == State.HELD
        return Mine(
            row,
            first,
            await self._other(people, resident),
            written_codes.grouped(self.room.code(UUID(str(row.id)))) if held else None,
            _may(row, self.room.clock()),
        )

    async def _other(self, people: Sequence[BookingParty], resident: UUID) -> str:
        others = [UUID(str(one.resident_id)) for one in people]
        for other in others:
            if other != resident:
                try:
                    return mask((await self.residents.reveal(other)).name)
                except ResidentMissing:  # has left since
                    return ""
        return ""


def _may(row: Booking, at: datetime) -> list[str]:
    if row.state not in LIVING or (row.starts_at <= at and row.state == State.BOOKED):
        return []
    acts = {State.OFFERED: ["accept"], State.BOOKED: ["change"]}.get(State(row.state), [])
    if row.changes >= MOST_CHANGES:
        acts = []
    return [*acts, "cancel"]
