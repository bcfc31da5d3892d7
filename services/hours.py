"""When a department answers: weekly hours as data, and the moment it opens again.

Hours are written ``mon-fri 08:30-17:30; sat 09:00-12:00`` in Asia/Shanghai; nothing written means
always open. An interval may not cross midnight: write two.
"""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from config.texts import text

SHANGHAI = ZoneInfo("Asia/Shanghai")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WRITTEN = re.compile(r"^(\w{3})(?:-(\w{3}))? (\d\d:\d\d)-(\d\d:\d\d)$")
_TO_MIDNIGHT = "24:00"


@dataclass(frozen=True)
class Opening:
    """Open on ``day`` (0 = Monday) from ``start`` until ``end``, the latter excluded."""

    day: int
    start: time
    end: time | None  # None: until midnight

    def holds(self, at: datetime) -> bool:
        return (
            at.weekday() == self.day
            and self.start <= at.time()
            and (self.end is None or at.time() < self.end)
        )


@dataclass(frozen=True)
class Hours:
    """The week of a department."""

    openings: tuple[Opening, ...] = ()

    @classmethod
    def read(cls, written: str) -> "Hours":
        """Hours from their written form; ValueError says which part is not understood."""
        parts = [part.strip().lower() for part in written.split(";") if part.strip()]
        return cls(tuple(opening for part in parts for opening in _openings(part)))

    def opens_at(self, now: datetime) -> datetime | None:
        """None while open; otherwise when it opens next, in Asia/Shanghai."""
        here = now.astimezone(SHANGHAI)
        if not self.openings or any(opening.holds(here) for opening in self.openings):
            return None
        return min(_next(opening, here) for opening in self.openings)


def _openings(part: str) -> list[Opening]:
    match = _WRITTEN.match(part)
    if not match or match[1] not in _DAYS or (match[2] or match[1]) not in _DAYS:
        raise ValueError(f"hours {part!r}: write them like 'mon-fri 08:30-17:30'")
    first, last = _DAYS.index(match[1]), _DAYS.index(match[2] or match[1])
    start = time.fromisoformat(match[3])
    end = None if match[4] == _TO_MIDNIGHT else time.fromisoformat(match[4])
    if end is not None and end <= start:
        raise ValueError(f"hours {part!r}: the end must come after the start")
    return [Opening((first + n) % 7, start, end) for n in range((last - first) % 7 + 1)]


def _next(opening: Opening, here: datetime) -> datetime:
    days = (opening.day - here.weekday()) % 7
    opens = datetime.combine(here.date() + timedelta(days), opening.start, SHANGHAI)
    return opens if opens > here else opens + timedelta(days=7)


def in_words(opens: datetime, now: datetime, locale: str) -> str:
    """``明天 06:00``: an opening time as people say it."""
    there, here = opens.astimezone(SHANGHAI), now.astimezone(SHANGHAI)
    days = (there.date() - here.date()).days
    when = {0: "today", 1: "tomorrow"}.get(days, "later")
    clock, day = there.strftime("%H:%M"), there.date().isoformat()
    return text(f"opens.{when}", locale, time=clock, day=day)
