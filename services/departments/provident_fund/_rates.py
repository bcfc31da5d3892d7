"""Interest on provident fund accounts: the dated table of rates, and exact sums by it.

When the central bank changes the rate, add a row to ``RATES``: the days before it keep the old
one. Reckoned on each day's balance, a year of 360 days and months of 30, and credited on 30 June
(住房公积金管理条例 art. 21 and common practice of the centres, from memory).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

# (in force from, hundredths of a percent a year)
RATES: tuple[tuple[date, int], ...] = (
    (date(2016, 2, 21), 150),  # 银发〔2016〕43号: one rate for old and new money
)
FIRST_YEAR = 2017  # the fund year that ended on 30 June 2017 is the first under one rate
CREDITED = (6, 30)  # month and day
_YEAR_DAYS, _MONTH_DAYS = 360, 30
_WHOLE = _YEAR_DAYS * 10_000

Rates = Sequence[tuple[date, int]]


@dataclass(frozen=True)
class Stretch:
    """Days of one balance (fen) at one rate: ``since`` counts, ``until`` does not."""

    since: date
    until: date
    balance: int
    rate: int

    @property
    def accrued(self) -> int:
        """Interest in fen, times 360 × 10,000."""
        return self.balance * days(self.since, self.until) * self.rate


def interest(balances: Sequence[tuple[date, int]], until: date, rates: Rates = RATES) -> int:
    """Interest in fen, half up, on what was there from the first day up to ``until``.

    ``balances``: the days on which the balance changed and what it was from then on (fen), oldest
    first. Raises ValueError for days before the first rate.
    """
    accrued = sum(one.accrued for one in stretches(balances, until, rates))
    return (2 * accrued + _WHOLE) // (2 * _WHOLE)


def stretches(
    balances: Sequence[tuple[date, int]], until: date, rates: Rates = RATES
) -> Iterator[Stretch]:
    """The time up to ``until``, cut where the balance or the rate changed."""
    if balances and balances[0][0] < rates[0][0]:
        raise ValueError(f"no rate is known before {rates[0][0]}")
    for (since, balance), (end, _) in pairwise([*balances, (until, 0)]):
        cuts = [day for day, _ in rates if since < day < end]
        for start, stop in pairwise([since, *cuts, end]):
            yield Stretch(start, stop, balance, rate_on(start, rates))


def rate_on(day: date, rates: Rates = RATES) -> int:
    """The rate in force on a day, in hundredths of a percent a year."""
    return next(rate for since, rate in reversed(rates) if since <= day)


def days(since: date, until: date) -> int:
    """Days between two dates where every month has thirty; the 31st counts as the 30th."""
    whole = (until.year - since.year) * 12 + until.month - since.month
    return whole * _MONTH_DAYS + min(until.day, _MONTH_DAYS) - min(since.day, _MONTH_DAYS)
