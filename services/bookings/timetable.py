"""When an office sees people: its weekly hours on working days, cut into times of one length."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from services.clocks import is_working_day, today
from services.hours import SHANGHAI, Hours, Opening

_MIDNIGHT = time(0)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Slot:
    """A time at which ``seats`` may be seen at once."""

    starts_at: datetime
    ends_at: datetime
    seats: int


@dataclass(frozen=True)
class Timetable:
    """``hours`` as ``services.hours`` reads them, ``minutes`` for one appointment, ``ahead``: how
    many days from today can be booked, ``notice``: how long before the beginning at least. Closed
    on holidays of the official calendar (``services.clocks``).
    """

    hours: Hours
    minutes: int
    ahead: int
    notice: timedelta

    def days(self, now: datetime) -> list[date]:
        """Those that can be booked, today first."""
        first = today(now)
        found = (first + _DAY * n for n in range(self.ahead + 1))
        return [day for day in found if is_working_day(day)]

    def slots(self, day: date, seats: int) -> list[Slot]:
        """Every time of a day, in order; none on a day that is not worked."""
        if not is_working_day(day):
            return []
        openings = (one for one in self.hours.openings if one.day == day.weekday())
        found = (slot for one in openings for slot in self._cut(day, one, seats))
        return sorted(found, key=lambda slot: slot.starts_at)

    def bookable(self, slot: Slot, now: datetime) -> bool:
        """Neither too soon nor too far away."""
        last = today(now) + _DAY * self.ahead
        return slot.starts_at >= now + self.notice and today(slot.starts_at) <= last

    def _cut(self, day: date, opening: Opening, seats: int) -> Iterator[Slot]:
        length = timedelta(minutes=self.minutes)
        begins = datetime.combine(day, opening.start, SHANGHAI)
        closes = datetime.combine(day, opening.end or _MIDNIGHT, SHANGHAI)
        closes += timedelta(0) if opening.end else _DAY
        while begins + length <= closes:
            yield Slot(begins.astimezone(UTC), (begins + length).astimezone(UTC), seats)
            begins += length
