"""Promised and statutory clocks: Chinese working days, with official holidays and make-up workdays.

The day on which a time begins is not counted (民法典 art. 201). Official days come from the package
``holidays``; for a year whose arrangement the State Council has not published yet it knows the
holidays of the law and no make-up workdays: such days are an estimate, a day or two off at most,
and whoever shows them should be ready to see them move.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import holidays

from services.hours import SHANGHAI

_CALENDAR = holidays.country_holidays("CN")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Clock:
    """The last days in time, and since when they stand still (None: they run)."""

    promised_on: date
    statutory_on: date
    paused_on: date | None = None

    @classmethod
    def started(cls, day: date, promised_days: int, statutory_days: int) -> "Clock":
        """From the day of submission; 0 working days end on that day, or the next one worked."""
        return cls(add_working_days(day, promised_days), add_working_days(day, statutory_days))

    def paused(self, day: date) -> "Clock":
        return Clock(self.promised_on, self.statutory_on, self.paused_on or day)

    def resumed(self, day: date) -> "Clock":
        """What was left when it paused is left from ``day`` on; what was over stays over."""
        if self.paused_on is None:
            return self
        return Clock(
            _moved(self.promised_on, self.paused_on, day),
            _moved(self.statutory_on, self.paused_on, day),
        )

    def days_left(self, day: date) -> int:
        """Working days after today, up to the promised one; negative when it has passed."""
        return working_days_between(self.paused_on or day, self.promised_on)


def today(now: datetime | None = None) -> date:
    """The day it is in China."""
    return (now or datetime.now(UTC)).astimezone(SHANGHAI).date()


@lru_cache(8192)
def is_working_day(day: date) -> bool:
    """Neither weekend nor holiday, or a weekend that is worked."""
    return bool(_CALENDAR.is_working_day(day))


def add_working_days(day: date, count: int) -> date:
    """The ``count``-th working day after ``day``; for 0 ``day`` itself or the next one worked.

    Raises ValueError for a negative count.
    """
    if count < 0:
        raise ValueError("working days are counted forward")
    while count or not is_working_day(day):
        day += _DAY
        count -= count > 0 and is_working_day(day)
    return day


def working_days_between(first: date, last: date) -> int:
    """Working days after ``first`` up to and with ``last``; negative the other way round."""
    if last < first:
        return -working_days_between(last, first)
    return sum(is_working_day(first + _DAY * n) for n in range(1, (last - first).days + 1))


def nearly_over(left: int, total: int) -> bool:
    """Whether a quarter of the time is left, or less; of a short one its last working day."""
    return 0 <= left <= max(1, total // 4) < total


def _moved(end: date, paused: date, resumed: date) -> date:
    if end < paused:
        return end
    return add_working_days(resumed, working_days_between(paused, end))
