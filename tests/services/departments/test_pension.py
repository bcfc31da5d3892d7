"""The estimate of a pension, by hand: 国发〔2005〕38号, and retirement ages by the decision of
13 September 2024 in force since 1 January 2025.
"""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.departments.social_insurance._pension import Past, estimate
from services.departments.social_insurance._pension_rules import (
    BASES,
    MONTHS_NEEDED,
    PAYOUT_MONTHS,
    base_on,
    months_needed,
    payout_months,
    retirement_age,
    retires_in,
)

TODAY = date(2026, 11, 21)
PAST = Past(
    sex="male",
    born=date(1985, 3, 5),
    months=216,
    account=100_000_00,
    base=10_000_00,
    index=Fraction(1),
    newest=Fraction(2),
)


@pytest.mark.parametrize(
    ("sex", "post", "born", "age"),
    [
        ("male", "managerial", date(1964, 12, 31), (60, 0)),
        ("male", "ordinary", date(1965, 1, 1), (60, 1)),
        ("male", "ordinary", date(1965, 4, 30), (60, 1)),
        ("male", "ordinary", date(1965, 5, 1), (60, 2)),
        ("male", "managerial", date(1976, 8, 31), (62, 11)),
        ("male", "managerial", date(1976, 9, 1), (63, 0)),
        ("male", "managerial", date(2001, 1, 1), (63, 0)),
        ("female", "managerial", date(1969, 12, 1), (55, 0)),
        ("female", "managerial", date(1970, 1, 1), (55, 1)),
        ("female", "managerial", date(1981, 9, 1), (58, 0)),
        ("female", "ordinary", date(1974, 12, 1), (50, 0)),
        ("female", "ordinary", date(1975, 2, 1), (50, 1)),
        ("female", "ordinary", date(1975, 3, 1), (50, 2)),
        ("female", "ordinary", date(1984, 11, 1), (55, 0)),
    ],
)
def test_retirement_ages_are_those_of_the_decisions_tables(sex, post, born, age):
    assert divmod(retirement_age(born, sex, post), 12) == age


def test_the_month_of_retirement_crosses_the_year():
    assert retires_in(date(1965, 12, 31), "male", "ordinary") == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("day", "months"),
    [
        (date(2029, 12, 31), 180),
        (date(2030, 1, 1), 186),
        (date(2038, 6, 1), 234),
        (date(2039, 1, 1), 240),
        (date(2060, 1, 1), 240),
    ],
)
def test_months_needed_grow_by_half_a_year_until_twenty_years(day, months):
    assert months_needed(day) == months


def test_the_tables_are_in_order_of_their_dates():
    for table in (BASES, MONTHS_NEEDED):
        assert [row[0] for row in table] == sorted(row[0] for row in table)
    assert list(PAYOUT_MONTHS.values()) == sorted(PAYOUT_MONTHS.values(), reverse=True)
    assert (payout_months(60 * 12 + 11), payout_months(40 * 12), payout_months(99 * 12)) == (
        139,
        195,
        101,
    )


def test_an_estimate_by_hand():
    """Born in March 1985: 63 in March 2048; 256 more months at index 2 and 800 yuan each."""
    found = estimate(PAST, TODAY, "managerial", paying_on=True)
    assert (found.retires, found.months, found.needed) == (date(2048, 3, 1), 216 + 256, 240)
    index = Fraction(216 * 1 + 256 * 2, 472)
    assert found.index == index
    assert found.account == 100_000_00 + 256 * 800_00
    exact = base_on(TODAY) * (1 + index) / 2 * Fraction(472, 12) / 100
    assert abs(found.basic - exact) <= Fraction(1, 2)
    assert found.personal == round(found.account / 117)
    assert found.monthly == found.basic + found.personal and found.enough


def test_who_stops_paying_keeps_what_is_there_and_no_more():
    found = estimate(PAST, TODAY, "managerial", paying_on=False)
    assert (found.months, found.account, found.index) == (216, 100_000_00, 1)
    assert not found.enough


def test_who_is_past_the_age_and_not_retired_pays_for_no_month_to_come():
    late = replace(PAST, born=date(1960, 1, 1))
    assert estimate(late, TODAY, "ordinary", paying_on=True).months == PAST.months


def test_nothing_paid_is_nothing_to_estimate():
    nothing = replace(PAST, months=0, account=0, base=0)
    found = estimate(nothing, TODAY, "ordinary", paying_on=False)
    assert (found.monthly, found.enough) == (0, False)


@given(
    born=st.dates(date(1966, 1, 1), date(2004, 12, 31)),
    months=st.integers(0, 480),
    account=st.integers(0, 10**8),
    index=st.fractions(Fraction(3, 5), 3, max_denominator=10_000),
)
def test_more_paid_never_means_less_pension(born, months, account, index):
    past = replace(PAST, born=born, months=months, account=account, index=index, newest=index)
    stopped = estimate(past, TODAY, "managerial", paying_on=False)
    paying = estimate(past, TODAY, "managerial", paying_on=True)
    assert paying.monthly >= stopped.monthly
    richer = estimate(replace(past, account=account + 100), TODAY, "managerial", paying_on=False)
    assert richer.monthly >= stopped.monthly
