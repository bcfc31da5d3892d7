"""A working life that follows from the number alone: jobs, gaps between them, bases that grow.

Every draw is an HMAC of the number and a label, so the same resident has the same past on every
call and on every day; only the newest month moves. Whoever is born on the 1st to the 24th works
without pauses, so that what is asked of somebody in work can be shown on any day.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from typing import TypeVar

from services.sandbox.fiction import birth_date
from services.sandbox.months import following, span
from services.sandbox.wages import (
    FIRST_YEAR,
    HIGHEST_PERCENT,
    LOWEST_PERCENT,
    average_wage,
    contribution_year,
)

T = TypeVar("T")
_WORKING_AGE = 18
_STEADY_UNTIL = 24
_RETIREMENT = {"male": 60, "female": 55}
_PLACES = ("岭南", "珠江", "南粤", "粤海", "鹏城", "禅城", "香山", "端砚", "鼎湖", "白云")
_BRANDS = ("云帆", "晨星", "锦禾", "恒远", "启明", "汇川", "同德", "万木", "青禾", "远景", "百川")
_TRADES = ("科技", "电子", "物流", "餐饮管理", "服装", "建筑工程", "文化传播", "医疗器械", "软件")


class Dice:
    """Repeatable draws for one number."""

    def __init__(self, key: bytes, number: str):
        self._key = key
        self._number = number.upper().encode()

    def whole(self, label: str, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        digest = hmac.new(self._key, self._number + b"|" + label.encode(), hashlib.sha256).digest()
        return low + int.from_bytes(digest[:8]) % (high - low + 1)

    def pick(self, label: str, choices: Sequence[T]) -> T:
        return choices[self.whole(label, 0, len(choices) - 1)]


@dataclass(frozen=True)
class Job:
    """Months ``first`` to ``last``, both included; the fund rate is the same for both sides."""

    employer: str
    first: date
    last: date
    fund_percent: int


@dataclass(frozen=True)
class Life:
    """``jobs`` run to retirement, also beyond today; ``retired`` is the first month after it."""

    dice: Dice = field(repr=False)
    start: date
    retired: date
    jobs: tuple[Job, ...] = field(repr=False)
    levels: Mapping[int, int] = field(repr=False)  # year → thousandths of the mean wage

    def months(self, until: date) -> list[tuple[date, Job]]:
        """Every month worked up to ``until``, with the job it was worked in."""
        return [
            (month, job) for job in self.jobs for month in span(job.first, min(job.last, until))
        ]

    def base(self, month: date) -> int:
        """The contribution base in yuan: set each July, within 60–300 % of the mean wage."""
        year = contribution_year(month)
        mean = average_wage(year)
        lowest, highest = rounded_up(mean * LOWEST_PERCENT, 100), mean * HIGHEST_PERCENT // 100
        return min(max(mean * self.levels[year] // 1000, lowest), highest)


def rounded_up(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)


def lead(key: bytes, number: str) -> Life | None:
    """The life behind a number made by fiction.py; None for whom no record was ever opened."""
    born = birth_date(number)
    male = int(number[16]) % 2 == 1
    start = date(max(born.year + _WORKING_AGE + (born.month > 7), FIRST_YEAR), 7, 1)
    retired = following(date(born.year + _RETIREMENT["male" if male else "female"], born.month, 1))
    if start >= retired:
        return None
    dice = Dice(key, number)
    pauses = born.day > _STEADY_UNTIL
    jobs = tuple(_career(dice, start, following(retired, -1), pauses=pauses))
    return Life(dice, start, retired, jobs, _levels(dice, start.year, retired.year))


def _levels(dice: Dice, first: int, last: int) -> dict[int, int]:
    """Where a person stands against the mean, rising a little every year."""
    raises = [dice.whole(f"raise {year}", 5, 25) for year in range(first, last)]
    level = dice.whole("level", 650, 1350)
    return dict(zip(range(first, last + 1), accumulate(raises, initial=level), strict=True))


def _career(dice: Dice, start: date, end: date, *, pauses: bool) -> list[Job]:
    jobs: list[Job] = []
    while start <= end:
        n = len(jobs)
        last = min(following(start, dice.whole(f"job {n}", 18, 72) - 1), end)
        jobs.append(Job(_employer(dice, n), start, last, dice.whole(f"fund {n}", 5, 12)))
        rests = pauses and dice.whole(f"pause {n}", 0, 2)
        gap = dice.whole(f"gap {n}", 0, 5) if rests else 0
        start = following(last, 1 + gap)
    return jobs


def _employer(dice: Dice, n: int) -> str:
    place, brand = dice.pick(f"place {n}", _PLACES), dice.pick(f"brand {n}", _BRANDS)
    return f"{place}{brand}{dice.pick(f'trade {n}', _TRADES)}有限公司（虚构）"
