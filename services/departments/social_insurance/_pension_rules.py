"""What pensions are reckoned by: dated tables, easy to correct, and where each comes from.

Retirement ages and months needed: decision of the Standing Committee of the National People's
Congress of 13 September 2024, in force since 1 January 2025. Formula and months of payment:
国发〔2005〕38号 and its annex. Calculation bases: the province's yearly notices, from memory.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from typing import Literal

Sex = Literal["male", "female"]
Post = Literal["managerial", "ordinary"]

# Monthly calculation base (计发基数) in fen, in force from; Guangdong.
BASES: tuple[tuple[date, int], ...] = (
    (date(2022, 1, 1), 867_500),
    (date(2023, 1, 1), 902_800),
    (date(2024, 1, 1), 930_700),
    (date(2025, 1, 1), 949_300),
)
PERSONAL_PERCENT = 8  # of the base, into the personal account

# Whole years of age at retirement → months that the personal account is paid out over.
PAYOUT_MONTHS: dict[int, int] = {
    50: 195, 51: 190, 52: 185, 53: 180, 54: 175, 55: 170, 56: 164, 57: 158, 58: 152,
    59: 145, 60: 139, 61: 132, 62: 125, 63: 117, 64: 109, 65: 101,
}  # fmt: skip

# Months of contribution that a pension needs, for those who retire from that day on.
MONTHS_NEEDED: tuple[tuple[date, int], ...] = (
    (date(1998, 7, 1), 180),
    *((date(2030 + n, 1, 1), 186 + 6 * n) for n in range(10)),
)


@dataclass(frozen=True)
class Ages:
    """The age (months) before the reform, how many months of birth make one of delay, the most
    delay, and the month of birth from which on it counts.
    """

    before: int
    step: int
    most: int
    since: date


AGES: dict[tuple[Sex, Post], Ages] = {
    ("male", "managerial"): Ages(60 * 12, 4, 36, date(1965, 1, 1)),
    ("male", "ordinary"): Ages(60 * 12, 4, 36, date(1965, 1, 1)),
    ("female", "managerial"): Ages(55 * 12, 4, 36, date(1970, 1, 1)),
    ("female", "ordinary"): Ages(50 * 12, 2, 60, date(1975, 1, 1)),
}


def retirement_age(born: date, sex: Sex, post: Post) -> int:
    """Months of age: one more for every four (two) months of birth since the reform's first."""
    ages = AGES[sex, post]
    later = _months(ages.since, born) + 1
    delay = -(-later // ages.step) if later > 0 else 0
    return ages.before + min(delay, ages.most)


def retires_in(born: date, sex: Sex, post: Post) -> date:
    """First day of the month in which the age is reached."""
    month = born.year * 12 + born.month - 1 + retirement_age(born, sex, post)
    return date(month // 12, month % 12 + 1, 1)


def months_needed(day: date) -> int:
    """Months of contribution needed by who retires on this day."""
    return _in_force(MONTHS_NEEDED, day)


def base_on(day: date) -> int:
    """The calculation base in fen; the newest one known for days to come."""
    return _in_force(BASES, day)


def payout_months(age: int) -> int:
    """For an age in months, by its whole years; beyond the table its nearest end."""
    years = age // 12
    return PAYOUT_MONTHS[min(max(years, min(PAYOUT_MONTHS)), max(PAYOUT_MONTHS))]


def _in_force(table: tuple[tuple[date, int], ...], day: date) -> int:
    place = bisect_right(table, day, key=lambda row: row[0]) - 1
    return table[max(place, 0)][1]


def _months(since: date, until: date) -> int:
    return (until.year - since.year) * 12 + until.month - since.month
