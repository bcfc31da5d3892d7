"""Reading the figures: by item, department or region, over some months.

Staff of a department see its counts in their region as they are. Of everybody else's, counts under
FEW are left out and larger ones told in full tens: who subtracts one from another, or this month
from this quarter, is led to a ten at best, never to a one behind whom somebody would be found.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from identity.staff.roles import Member, Role
from services.figures import months
from services.models import Figure

FEW = 10
READING = frozenset({Role.CASEWORKER, Role.LEAD, Role.LISTENER, Role.EDITOR})
By = Literal["item", "department", "region"]


@dataclass
class Sum:
    """Counts over some months. ``own``: of the reader's department and region."""

    own: bool
    submitted: int = 0
    approved: int = 0
    refused: int = 0
    withdrawn: int = 0
    in_time: int = 0
    unanswered: int = 0
    days: Counter[int] = field(default_factory=Counter)
    grades: Counter[int] = field(default_factory=Counter)

    @property
    def decided(self) -> int:
        return self.approved + self.refused

    @property
    def rated(self) -> int:
        return self.grades.total()

    @property
    def median_days(self) -> float | None:
        """Working days from submission to decision, pauses not counted."""
        if not self.days:
            return None
        each = sorted(self.days.elements())
        middle = len(each) // 2
        return float(each[middle]) if len(each) % 2 else (each[middle - 1] + each[middle]) / 2

    @property
    def mean_grade(self) -> float | None:
        if not self.rated:
            return None
        mean = sum(grade * n for grade, n in self.grades.items()) / self.rated
        return round(mean, 2 if self.own else 1)

    @property
    def in_time_percent(self) -> int | None:
        """Of what was decided; of others' in full tens."""
        if not self.decided:
            return None
        share = 100 * self.in_time / self.decided
        return round(share) if self.own else round(share / FEW) * FEW

    def shown(self, count: int) -> int | None:
        """A count; not the reader's own: in full tens, None for a small one, nought as it is."""
        if self.own or count == 0:
            return count
        return count - count % FEW or None

    def add(self, row: Figure) -> None:
        for name in ("submitted", "approved", "refused", "withdrawn", "in_time", "unanswered"):
            setattr(self, name, getattr(self, name) + getattr(row, name))
        self.days.update(_counts(row.days))
        self.grades.update(_counts(row.grades))


@dataclass(frozen=True)
class Report:
    """``rows``: by service id, department id or region code; of regions, also by item."""

    first: date
    last: date
    rows: Mapping[str, Sum]


async def report(member: Member, by: By, count: int, department: str, region: str) -> Report:
    """The last ``count`` months, this one included. Raises StaffRoleMissing."""
    member.need(*READING)
    last = months.this_month()
    first = months.before(last, count - 1)
    found = Figure.filter(month__gte=first, month__lte=last)
    if department:
        found = found.filter(department=department)
    if region:
        found = found.filter(region__startswith=region)
    return Report(first, last, _summed(await found, by, member))


def _summed(rows: Iterable[Figure], by: By, member: Member) -> dict[str, Sum]:
    """A row that mixes what is theirs and what is not counts as not theirs."""
    sums: dict[str, Sum] = {}
    for row in rows:
        key = {"item": row.service, "department": row.department, "region": row.region}[by]
        one = sums.setdefault(key, Sum(own=True))
        one.own = one.own and _own(row, member)
        one.add(row)
    return dict(sorted(sums.items()))


def _own(row: Figure, member: Member) -> bool:
    return row.department in member.departments and (not row.region or member.covers(row.region))


def _counts(written: str) -> Counter[int]:
    return Counter({int(key): count for key, count in json.loads(written).items()})
