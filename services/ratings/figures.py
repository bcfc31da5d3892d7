"""Public figures per item and department, from which no single rating can be worked out.

Nothing is told of fewer than ten. What is told of an item changes only when another full ten have
come, so that its figures of yesterday and today differ by ten at least. A department's figures are
the sum of what is told of its items, and of full tens of the ratings of all its smaller items
together: whoever takes the items from their department is left with nothing, or with a crowd.
"""

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
    WITH sized AS (
        SELECT id, department, service, active, grade, created_at,
            count(*) OVER (PARTITION BY service, active) < 10 AS small
        FROM rating),
    placed AS (
        SELECT department, service, grade, small,
            row_number() OVER (crowd ORDER BY created_at, id) AS place,
            count(*) OVER crowd / 10 * 10 AS full_tens
        FROM sized WINDOW crowd AS (
            PARTITION BY department, active, CASE WHEN small THEN '' ELSE service END))
    SELECT department, service, small, grade, count(*) AS count
    FROM placed WHERE place <= full_tens GROUP BY department, service, small, grade
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
    """``items``: those with enough; ``others``: whether smaller ones are in the sum."""

    figures: Figures
    items: Mapping[str, Figures]
    others: bool


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

    async def read(self) -> Published:
        """One statement, or none. Raises DatabaseUnavailable."""
        if self._known is None or self._clock() >= self._until:
            with reaching_database():
                rows = await get_connection("default").execute_query_dict(_TOLD)
            self._known = published(Row(**row) for row in rows)
            self._until = self._clock() + SECONDS
        return self._known


@dataclass(frozen=True)
class Row:
    """What may be told: so many of a grade, of an item, or of a ``small`` one among others."""

    department: str
    service: str
    small: bool
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
        if not row.small:
            items[row.service].append(row)
    told = {id: _figures(own) for id, own in sorted(items.items())}
    return OfDepartment(_figures(rows), told, any(row.small for row in rows))


def _figures(rows: Iterable[Row]) -> Figures:
    counts: dict[int, int] = defaultdict(int)
    for row in rows:
        counts[row.grade] += row.count
    grades = {grade: counts[grade] for grade in reversed(GRADES)}
    enough, silent = sum(grades.values()) >= LEAST, counts[UNANSWERED]
    return Figures(grades if enough else None, silent if silent >= LEAST else None)
