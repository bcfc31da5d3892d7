"""What the flexibly employed pay: dated tables, easy to correct, and where each comes from.

The base is chosen between 60 and 300 % of the province's average wage (国办发〔2019〕13号, 三); the
rate is 20 %, of which 8 go into the personal account (国发〔2005〕38号, 四). Average wages in fen a
month, in force from July to June: Guangdong's yearly notices, from memory.
"""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date

AVERAGE_WAGES: tuple[tuple[date, int], ...] = (
    (date(2023, 7, 1), 1_269_000),
    (date(2024, 7, 1), 1_287_000),
    (date(2025, 7, 1), 1_316_000),
    (date(2026, 7, 1), 1_340_000),
)
LOWEST_PERCENT, HIGHEST_PERCENT = 60, 300
RATE_PERCENT, PERSONAL_PERCENT = 20, 8
_HUNDRED = 100


def average_wage(month: date) -> int:
    """Fen a month; the newest one known for months to come. Raises ValueError before the table."""
    place = bisect_right(AVERAGE_WAGES, month, key=lambda row: row[0]) - 1
    if place < 0:
        raise ValueError("before the first average wage of the table")
    return AVERAGE_WAGES[place][1]


def limits(months: Iterable[date]) -> tuple[int, int]:
    """The lowest and the highest base, in fen, that every one of these months allows.

    Whole fen within the limits: the lowest is rounded up, the highest down.
    """
    wages = [average_wage(month) for month in months]
    lowest = max(-(-wage * LOWEST_PERCENT // _HUNDRED) for wage in wages)
    highest = min(wage * HIGHEST_PERCENT // _HUNDRED for wage in wages)
    return lowest, highest


def payment(base: int) -> tuple[int, int]:
    """What a month costs at a base, in fen, half a fen up; and of it, the personal account's."""
    return _share(base, RATE_PERCENT), _share(base, PERSONAL_PERCENT)


def _share(base: int, percent: int) -> int:
    return (2 * base * percent + _HUNDRED) // (2 * _HUNDRED)
