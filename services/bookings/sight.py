"""What anybody may see of appointments: offices, days with room, times and how many are free."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from config.batch import Batch
from config.database import reaching_database
from services.bookings import seats
from services.bookings.declaration import Appointments, Office
from services.bookings.ledger import Room
from services.bookings.timetable import Slot
from services.items.regions import within


@dataclass(frozen=True)
class Free:
    """A time and how many seats nobody has; ``open``: it can be booked now."""

    slot: Slot
    left: int
    open: bool


@dataclass(frozen=True)
class Day:
    """A day at an office: ``left`` seats in all."""

    day: date
    left: int


@dataclass(frozen=True)
class Seen:
    """One office: its days, and the times of the one that is looked at."""

    office: Office
    days: Sequence[Day]
    day: date | None
    times: Sequence[Free]


Asked = tuple[str, str, tuple[date, ...]]
"""A service, an office and its days."""


class Sight:
    """Those who look at one page at the same moment share one look into the database."""

    def __init__(self, room: Room):
        self.room = room
        self._looks: Batch[Asked, seats.Had] = Batch(_look)

    async def times(self, service: str, office_id: str, day: date | None, locale: str) -> Seen:
        """The office's days, and the times of ``day`` or of the first with room.

        Raises ServiceUnknown, OfficeUnknown or OfficeElsewhere. A moment later it may be
        otherwise: booking says so then.
        """
        _, plan = self.room.service(service)
        office = plan.office(office_id, locale)
        days = plan.timetable.days(self.room.clock())
        had = await self._looks.add((service, office.id, tuple(days)))
        by_day = {one: self._times(plan, office, one, had) for one in days}
        shown = [Day(one, sum(x.left for x in found if x.open)) for one, found in by_day.items()]
        first = next((one.day for one in shown if one.left), None)
        looked = day if day in by_day else first
        return Seen(office, shown, looked, by_day[looked] if looked else ())

    def _times(self, plan: Appointments, office: Office, day: date, had: seats.Had) -> list[Free]:
        at = self.room.clock()
        return [
            Free(
                slot,
                slot.seats - len(had.get(slot.starts_at, frozenset())),
                plan.timetable.bookable(slot, at),
            )
            for slot in plan.slots(office, day)
            if slot.ends_at > at
        ]


async def _look(asked: Sequence[Asked]) -> Sequence[seats.Had]:
    with reaching_database():
        found = {one: await seats.taken(*one) for one in dict.fromkeys(asked)}
    return [found[one] for one in asked]


def near(plan: Appointments, region: str) -> list[Office]:
    """Offices within a region of the tree; all of them for an empty one."""
    return [one for one in plan.offices.values() if within(one.id, [region] if region else [])]


__all__ = ["Day", "Free", "Seen", "Sight", "near"]
