"""Driving licences and violations of the sandbox's people: they follow from the number.

Everybody has a licence by twenty-five; now and then a month has a violation in it. Whoever is born
on the 1st to the 24th drives mildly and never loses all points, so that their licence can be shown
on any day. Fines and points after the ministry's list, simplified and from memory.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from services.sandbox.faults import CHINA
from services.sandbox.fiction import birth_date
from services.sandbox.life import Dice
from services.sandbox.months import following, span

ALL_POINTS = 12
_FROM_AGE, _ONE_IN, _DAYS_OPEN, _MILD_UNTIL = 18, 7, 45, 24
_KINDS = (
    ("违反规定停放机动车", 200_00, 0),
    ("不按规定车道行驶", 100_00, 1),
    ("违反禁止标线指示", 100_00, 1),
    ("超过规定时速百分之二十以上未达百分之五十", 200_00, 6),
    ("行经人行横道未减速", 200_00, 3),
)
_MILD = tuple(kind for kind in _KINDS if kind[2] <= 1)
_ROADS = ("环市东路", "广州大道中", "深南大道", "佛山一环", "西部沿海高速", "港湾大道")


@dataclass(frozen=True)
class Violation:
    """``fine`` in fen."""

    number: str
    at: datetime
    place: str
    what: str
    fine: int
    points: int
    handled: bool


@dataclass(frozen=True)
class Licence:
    """``cycle``: when the present twelve months of points began."""

    file: str
    first: date
    until: date
    cycle: date


def licence(key: bytes, number: str, today: date) -> Licence | None:
    """The licence of somebody with this number; None for whoever has none yet: everybody of
    twenty-five does.
    """
    born, dice = birth_date(number), Dice(key, number)
    year = born.year + _FROM_AGE + dice.whole("licence", 0, 6)
    first = date(year, dice.whole("licence month", 1, 12), dice.whole("licence day", 1, 28))
    if first <= born.replace(day=1, year=born.year + _FROM_AGE):
        first = first.replace(year=first.year + 1)  # nobody before eighteen
    if first > today:
        return None
    cycle = first.replace(year=today.year)
    cycle = cycle if cycle <= today else cycle.replace(year=today.year - 1)
    ends = first.replace(year=first.year + 6)
    until = ends if ends > today else first.replace(year=first.year + _renewed(first, today))
    return Licence(f"44{dice.whole('licence file', 10**9, 10**10 - 1)}", first, until, cycle)


def violations(key: bytes, number: str, first: date, last: date, today: date) -> list[Violation]:
    """Those of the months from ``first`` to ``last``, oldest first."""
    held = licence(key, number, today)
    if held is None:
        return []
    dice = Dice(key, number)
    months = span(max(first, following(held.first.replace(day=1))), last)
    hit = [month for month in months if not dice.whole(f"violation {month}", 0, _ONE_IN - 1)]
    kinds = _MILD if birth_date(number).day <= _MILD_UNTIL else _KINDS
    return [one for month in hit if (one := _one(dice, kinds, month, today)).at.date() < today]


def points(key: bytes, number: str, cycle: date, today: date) -> int:
    """Those of settled violations since ``cycle``: points count when a violation is settled."""
    rows = violations(key, number, cycle.replace(day=1), today.replace(day=1), today)
    return sum(row.points for row in rows if row.handled and row.at.date() >= cycle)


def _renewed(first: date, today: date) -> int:
    """Six years, then ten, then for long (机动车驾驶证申领和使用规定)."""
    return 16 if today < first.replace(year=first.year + 16) else 60


def _one(dice: Dice, kinds: Sequence[tuple[str, int, int]], month: date, today: date) -> Violation:
    what, fine, points = dice.pick(f"violation kind {month}", kinds)
    minute = dice.whole(f"violation minute {month}", 0, 24 * 60 - 1)
    day = month.replace(day=dice.whole(f"violation day {month}", 1, 28))
    settled = dice.whole(f"violation settled {month}", 10, _DAYS_OPEN)
    return Violation(
        f"4401{day:%y%m%d}{dice.whole(f'violation number {month}', 0, 99_999):05d}",
        datetime.combine(day, time(minute // 60, minute % 60), CHINA),
        dice.pick(f"violation road {month}", _ROADS),
        what,
        fine,
        points,
        day + timedelta(days=settled) <= today,
    )
