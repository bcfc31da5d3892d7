"""Wages and the tax withheld from them, month by month, to the fen.

Withheld by the year's running total (国家税务总局公告2018年第61号, in force since 1 January 2019):
income less 5,000 yuan a month and one's own insurance and fund, by the table of seven brackets,
less what was withheld before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from services.sandbox.fund_ledger import side
from services.sandbox.insurance_ledger import paid
from services.sandbox.life import Job, Life
from services.sandbox.months import following, rounded
from services.sandbox.wages import SHARES, shares

FIRST = date(2019, 1, 1)
FREE_A_MONTH = 500_000  # fen
# (up to, in yuan of the running total; percent; quick deduction in yuan)
BRACKETS: tuple[tuple[float, int, int], ...] = (
    (36_000, 3, 0),
    (144_000, 10, 2_520),
    (300_000, 20, 16_920),
    (420_000, 25, 31_920),
    (660_000, 30, 52_920),
    (960_000, 35, 85_920),
    (float("inf"), 45, 181_920),
)
_BONUS_PERCENT = 8  # of the base: what is paid beside the wage the base was set by


@dataclass(frozen=True)
class Wage:
    """One month's wage, its tax, and who paid; fen."""

    month: date
    employer: str
    income: int
    withheld: int


def declared(life: Life, year: int, today: date) -> list[Wage]:
    """The months of a year declared by ``today``: each in the month after it."""
    last = min(date(year, 12, 1), following(today.replace(day=1), -2 if today.day < 16 else -1))
    months = [(month, job) for month, job in life.months(last) if month.year == year]
    return list(_withheld(life, months)) if year >= FIRST.year else []


def _withheld(life: Life, months: list[tuple[date, Job]]) -> Iterator[Wage]:
    """An employer starts its running total anew."""
    total, before, employer = 0, 0, ""
    for month, job in months:
        if job.employer != employer:
            total, before, employer = 0, 0, job.employer
        income = rounded(life.base(month) * 100 * (100 + _BONUS_PERCENT), 100)
        total += income - FREE_A_MONTH - own_shares(life.base(month), month, job)
        withheld = max(tax(total) - before, 0)
        before += withheld
        yield Wage(month, employer, income, withheld)


def own_shares(base: int, month: date, job: Job) -> int:
    """One's own insurance and fund for a base in yuan; fen."""
    insurance = sum(
        paid(base, both[0]) for both in (shares(kind, month) for kind in SHARES) if both
    )
    return insurance + side(base, job.fund_percent)


def tax(total: int) -> int:
    """Tax on a running total in fen, half up."""
    if total <= 0:
        return 0
    percent, quick = next((p, q) for most, p, q in BRACKETS if total <= most * 100)
    return rounded(total * percent, 100) - quick * 100
