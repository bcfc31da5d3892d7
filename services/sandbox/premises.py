"""What every department of the sandbox stands on: a key for its records, its memory, its clock."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from services.sandbox.deeds import Deeds
from services.sandbox.faults import CHINA


def now_in_china() -> datetime:
    return datetime.now(CHINA)


@dataclass(frozen=True)
class Premises:
    """``key`` seeds the records; ``now`` is the clock they run by, in China's time."""

    key: bytes = field(repr=False)
    deeds: Deeds
    now: Callable[[], datetime] = now_in_china

    def today(self) -> date:
        return self.now().date()

    def closed_at(self, hour: int) -> datetime:
        """When the books were last brought up to date, of an office that does it at this hour."""
        now = self.now()
        done = datetime.combine(now.date(), time(hour), CHINA)
        return done if done <= now else done - timedelta(days=1)
