"""Public figures per item and department, from which no single rating can be worked out.

Nothing is told of fewer than ten. What is told of an item changes only when another full ten have
come, so that its figures of yesterday and today differ by ten at least. A department's figures are
the sum of what is told of its items and of nothing else: whoever takes the items from their
department is left with nothing, today as on every other day. A rating belongs to one full ten for
ever.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tortoise.connection import get_connection

from config.database import reaching_database
from services.ratings.grades import GRADES, SATISFIED, UNANSWERED

LEAST = 10
SECONDS = 60
_TOLD = """
    WITH placed AS (
        SELECT department, service, grade,
            row_number() OVER (crowd ORDER BY created_at, id) AS place,
            count(*) OVER crowd / 10 * 10 AS full_tens
        FROM rating WINDOW crowd AS (PARTITION BY department, service, active))
    SELECT department, service, grade, count(*) AS count
    FROM placed WHERE place <= full_tens GROUP BY department, service, grade
"""
Counts = Mapping[int, int]


@dataclass(frozen=True)
class Figures:
    """``grades``: how many gave each (5 … 1), ``unanswered``: how many said nothing; None where
    it is too few to be told.
    """

    grades: Counts | None
    unanswered: int | None

    @property
    def count(self) -> int | None:
        return sum(self.grades.values()) if self.grades else None

    @property
    def average(self) -> float | None:
        """To one place."""
        if not self.grades:
            return None
        total = sum(grade * count for grade, count in self.grades.items())
        return round(total / sum(self.grades.values()), 1)

    @property
    def satisfied(self) -> int | None:
        """Per cent of grades 3 to 5."""
        if not self.grades:
            return None
        good = sum(count for grade, count in self.grades.items() if grade >= SATISFIED)
        return round(100 * good / sum(self.grades.values()))


@dataclass(frozen=True)
class OfDepartment:
    """``items``: those with enough; ``figures``: their sum."""

    figures: Figures
    items: Mapping[str, Figures]


@dataclass(frozen=True)
class Published:
    departments: Mapping[str, OfDepartment]
    as_of: datetime


class PublicFigures:
    """Counted at most once a minute by a worker, whoever asks."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._known: Published | None = None
        self._until = 0.0
        self._counting = asyncio.Lock()

    async def read(self) -> Published:
        """One statement, or none: whoever comes while they are counted waits for that count.

        Raises DatabaseUnavailable.
        """
        async with self._counting:
            if self._known is None or self._clock() >= self._until:
                with reaching_database():
                    rows = await get_connection("default").execute_query_dict(_TOLD)
                self._known = published(Row(**row) for row in rows)
                self._until = self._clock() + SECONDS
            return self._known


@dataclass(frozen=True)
class Row:
    """What may be told: so many of a grade, of an item."""

    department: str
    service: str
    grade: int
    count: int


def published(rows: Iterable[Row]) -> Published:
    """Department by department. A rating whose department is gone is told of nobody."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.department].append(row)
    told = {id: _department(own) for id, own in sorted(found.items()) if id}
    return Published(told, datetime.now(UTC))


def _department(rows: Sequence[Row]) -> OfDepartment:
    items: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        items[row.service].append(row)
    return OfDepartment(_figures(rows), {id: _figures(own) for id, own in sorted(items.items())})


def _figures(rows: Iterable[Row]) -> Figures:
    counts: dict[int, int] = defaultdict(int)
    for row in rows:
        counts[row.grade] += row.count
    grades = {grade: counts[grade] for grade in reversed(GRADES)}
    return Figures(grades if any(grades.values()) else None, counts[UNANSWERED] or None)
