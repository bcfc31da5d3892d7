"""Dated tables the records are computed from. Easy to correct, and only the sandbox uses them.

Wages: monthly mean of employed persons in urban non-private units of Guangzhou, in yuan, after
the city's yearly statistics bulletins, rounded and from memory; each row is in force from
1 July of its year. Interest: 1.50 % since 21 February 2016 (银发〔2016〕43号); the rows before it
are simplified to one rate for all balances. Insurance shares: personal ones after the State
Council's decisions, employers' ones rounded from Guangdong practice.
"""

from bisect import bisect_right
from datetime import date
from itertools import pairwise

AVERAGE_WAGES: tuple[tuple[int, int], ...] = (
    (1999, 1330),
    (2000, 1480),
    (2001, 1590),
    (2002, 1910),
    (2003, 2150),
    (2004, 2360),
    (2005, 2590),
    (2006, 2820),
    (2007, 3030),
    (2008, 3350),
    (2009, 3780),
    (2010, 4100),
    (2011, 4540),
    (2012, 4790),
    (2013, 5310),
    (2014, 5810),
    (2015, 6190),
    (2016, 6760),
    (2017, 7430),
    (2018, 8220),
    (2019, 9320),
    (2020, 10290),
    (2021, 11260),
    (2022, 12020),
    (2023, 12690),
    (2024, 12870),
    (2025, 13160),
    (2026, 13400),
)
FIRST_YEAR = AVERAGE_WAGES[0][0]
LOWEST_PERCENT, HIGHEST_PERCENT = 60, 300

# (in force from, basis points a year)
INTEREST: tuple[tuple[date, int], ...] = (
    (date(1999, 7, 1), 171),
    (date(2010, 12, 26), 225),
    (date(2011, 7, 7), 310),
    (date(2012, 7, 6), 260),
    (date(2015, 10, 24), 110),
    (date(2016, 2, 21), 150),
)

# kind (AAE140) → rows of (in force from, personal, employer) in hundredths of a percent
SHARES: dict[str, tuple[tuple[date, int, int], ...]] = {
    "110": (
        (date(1999, 7, 1), 800, 1400),
        (date(2022, 1, 1), 800, 1500),
        (date(2024, 1, 1), 800, 1600),
    ),
    "310": ((date(1999, 7, 1), 200, 550),),
    "210": ((date(1999, 7, 1), 50, 80),),
    "410": ((date(2004, 1, 1), 0, 20),),
    "510": ((date(2004, 1, 1), 0, 85),),
}


# Interest on personal pension accounts in hundredths of a percent, by year (memory of the yearly
# national notices since 2016; one rate for the years before).
PENSION_INTEREST: dict[int, int] = {
    2016: 831, 2017: 712, 2018: 829, 2019: 761, 2020: 604, 2021: 669, 2022: 612, 2023: 397,
    2024: 262, 2025: 150,
}  # fmt: skip
_BEFORE, _SINCE = 250, 150


def pension_interest(year: int) -> int:
    return PENSION_INTEREST.get(year, _BEFORE if year < min(PENSION_INTEREST) else _SINCE)


def contribution_year(month: date) -> int:
    """Bases are set anew each July: the year in which the base of this month was set."""
    return month.year if month.month >= 7 else month.year - 1


def average_wage(year: int) -> int:
    """Yuan a month, for the contribution year beginning in July of ``year``."""
    place = bisect_right(AVERAGE_WAGES, (year, 10**9)) - 1
    return AVERAGE_WAGES[max(place, 0)][1]


def interest_rates(start: date, end: date) -> list[tuple[date, date, int]]:
    """The days from ``start`` up to ``end``, cut where the yearly rate (basis points) changed."""
    cuts = [day for day, _ in INTEREST if start < day < end]
    edges = [start, *cuts, end]
    return [(a, b, _rate(a)) for a, b in pairwise(edges) if a < b]


def shares(kind: str, month: date) -> tuple[int, int] | None:
    """Personal and employer share in hundredths of a percent; None before the kind existed."""
    rows = [row for row in SHARES[kind] if row[0] <= month]
    return (rows[-1][1], rows[-1][2]) if rows else None


def _rate(day: date) -> int:
    return next((rate for since, rate in reversed(INTEREST) if since <= day), INTEREST[0][1])
