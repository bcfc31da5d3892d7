"""Months as people in China count them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from services.clocks import today
from services.hours import SHANGHAI


def first_of(day: date) -> date:
    return day.replace(day=1)


def after(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def before(month: date, count: int = 1) -> date:
    """The month so many earlier."""
    whole = month.year * 12 + month.month - 1 - count
    return date(whole // 12, whole % 12 + 1, 1)


def between(first: date, last: date) -> Iterator[date]:
    """Both included."""
    while first <= last:
        yield first
        first = after(first)


def bounds(month: date) -> tuple[datetime, datetime]:
    """From its first moment to the first one after it."""
    return _midnight(month), _midnight(after(month))


def this_month() -> date:
    return first_of(today())


def day_of(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)
