"""A department of this process that is closed just now, as its hours say."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from services.department import Department
from services.hours import SHANGHAI, Hours

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@contextmanager
def closed(department: Department) -> Iterator[datetime]:
    """Until nine o'clock in three days, which is given (UTC)."""
    day = datetime.now(SHANGHAI).replace(hour=9, minute=0, second=0, microsecond=0)
    opens, before = day + timedelta(days=3), department.access
    hours = Hours.read(f"{_DAYS[opens.weekday()]} 09:00-10:00")
    department.access = replace(before, hours=hours)
    try:
        yield opens.astimezone(UTC)
    finally:
        department.access = before
