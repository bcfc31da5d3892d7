"""Social insurance contributions: month by month, kind by kind, both shares in fen."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from services.sandbox.life import Life
from services.sandbox.months import latest_posted, rounded
from services.sandbox.wages import SHARES, pension_interest, shares

_HUNDREDTHS = 10_000


@dataclass(frozen=True)
class Contribution:
    """``base`` in yuan; shares in hundredths of a percent; payments in fen."""

    month: date
    kind: str
    base: int
    personal_share: int
    employer_share: int
    personal: int
    employer_side: int
    employer: str


def contributions(life: Life, today: date) -> list[Contribution]:
    """Everything paid up to ``today``, oldest month first."""
    return [
        row
        for month, job in life.months(latest_posted(today))
        for row in _month(month, life.base(month), job.employer)
    ]


def paid(base: int, share: int) -> int:
    """One side's payment in fen for a base in yuan."""
    return rounded(base * 100 * share, _HUNDREDTHS)


def pension_account(rows: Iterable[Contribution], today: date) -> int:
    """The personal account in fen: one's own payments, and interest at the end of every year on
    what was there for it, month by month.
    """
    account, last = 0, 0
    for year, paid_in in groupby(rows, key=lambda row: row.month.year):
        for idle in range(last + 1, year) if last else ():
            account += rounded(account * pension_interest(idle), _HUNDREDTHS)
        account, last = _one_year(account, year, list(paid_in), today), year
    for idle in range(last + 1, today.year) if last else ():
        account += rounded(account * pension_interest(idle), _HUNDREDTHS)
    return account


def _one_year(account: int, year: int, rows: Sequence[Contribution], today: date) -> int:
    """The account at the year's end, or today where the year still runs."""
    added = sum(row.personal for row in rows)
    if year == today.year:
        return account + added
    weighed = account * 12 + sum(row.personal * (12 - row.month.month) for row in rows)
    return account + added + rounded(weighed * pension_interest(year), 12 * _HUNDREDTHS)


def _month(month: date, base: int, employer: str) -> Iterator[Contribution]:
    for kind in SHARES:
        if both := shares(kind, month):
            mine, theirs = both
            yield Contribution(
                month, kind, base, mine, theirs, paid(base, mine), paid(base, theirs), employer
            )
