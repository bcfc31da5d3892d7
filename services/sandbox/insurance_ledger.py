"""Social insurance contributions: month by month, kind by kind, both shares in fen."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from services.sandbox.life import Life
from services.sandbox.months import latest_posted, rounded
from services.sandbox.wages import SHARES, shares

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


def _month(month: date, base: int, employer: str) -> Iterator[Contribution]:
    for kind in SHARES:
        if both := shares(kind, month):
            mine, theirs = both
            yield Contribution(
                month, kind, base, mine, theirs, paid(base, mine), paid(base, theirs), employer
            )
