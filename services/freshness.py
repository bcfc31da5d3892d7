"""How fresh a department's records are: noted with every call, read once by whoever answers.

A service gets its department's answer as values and need not carry the moment along; a service
that asks several times is as fresh as the oldest of what it was told.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_noted: ContextVar[list[datetime] | None] = ContextVar("noted", default=None)


class Freshness:
    """What was noted while somebody listened."""

    def __init__(self, moments: list[datetime]):
        self._moments = moments

    @property
    def as_of(self) -> datetime:
        """When the oldest of the records were last brought up to date (UTC); now, where no
        department was asked."""
        return min(self._moments, default=datetime.now(UTC)).astimezone(UTC)


@contextmanager
def listening() -> Iterator[Freshness]:
    """Hear of every call of a department that is made inside, in tasks begun inside too."""
    moments: list[datetime] = []
    before = _noted.set(moments)
    try:
        yield Freshness(moments)
    finally:
        _noted.reset(before)


def note(as_of: datetime) -> None:
    """A department said when its records were last brought up to date (with a time zone)."""
    if (moments := _noted.get()) is not None:
        moments.append(as_of)
