"""Interest to the fen by the dated table: 1.50 % since 21 February 2016 (银发〔2016〕43号),
credited on 30 June; a year of 360 days, months of 30.
"""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.departments.provident_fund import _rates
from services.departments.provident_fund._rates import RATES, days, interest, rate_on, stretches
from services.sandbox.fiction import draw_number
from services.sandbox.fund_ledger import keep
from services.sandbox.life import lead

JUNE = date(2021, 6, 30)
DAYS = st.dates(date(2016, 7, 1), date(2030, 12, 31))


def test_days_before_the_first_rate_are_refused_not_guessed():
    with pytest.raises(ValueError, match="2016-02-21"):
        interest([(date(2016, 2, 20), 100)], JUNE)


def test_the_rate_in_force_is_that_of_the_notice():
    assert RATES[0] == (date(2016, 2, 21), 150)
    assert rate_on(date(2016, 2, 21)) == 150
    assert [row[0] for row in RATES] == sorted(row[0] for row in RATES)


@pytest.mark.parametrize(
    ("balances", "fen"),
    [
        ([(date(2020, 6, 30), 100_000_00)], 1_500_00),  # a whole year
        ([(date(2020, 12, 30), 100_000_00)], 750_00),  # half of one
        ([(date(2021, 6, 29), 100_000_00)], 4_17),  # a day: 4.1666 yuan
        ([(date(2021, 6, 30), 100_000_00)], 0),  # booked on the day itself
        ([(date(2020, 6, 30), 1)], 0),  # 0.015 fen
        ([(date(2020, 6, 30), 33)], 0),  # 0.495 fen
        ([(date(2020, 6, 30), 100)], 2),  # 1.5 fen: half up
        ([(date(2020, 6, 30), 100_000_00), (date(2020, 12, 30), 0)], 750_00),
    ],
)
def test_interest_by_hand(balances, fen):
    assert interest(balances, JUNE) == fen


def test_a_new_rate_is_one_more_row_and_cuts_the_year():
    rates = (*RATES, (date(2020, 12, 30), 100))
    assert interest([(date(2020, 6, 30), 100_000_00)], JUNE, rates) == 750_00 + 500_00
    cut = [
        (one.since, one.until, one.rate) for one in stretches([(date(2020, 6, 30), 1)], JUNE, rates)
    ]
    assert cut == [
        (date(2020, 6, 30), date(2020, 12, 30), 150),
        (date(2020, 12, 30), JUNE, 100),
    ]


@pytest.mark.parametrize(
    ("since", "until", "counted"),
    [
        (date(2019, 6, 30), date(2020, 6, 30), 360),  # a year with 29 February
        (date(2020, 6, 30), date(2021, 6, 30), 360),
        (date(2020, 2, 28), date(2020, 2, 29), 1),
        (date(2020, 2, 29), date(2020, 3, 1), 2),  # February ends on a thirtieth of its own
        (date(2021, 2, 28), date(2021, 3, 1), 3),
        (date(2020, 12, 30), date(2020, 12, 31), 0),  # the 31st is the 30th
        (date(2020, 12, 31), date(2021, 1, 1), 1),
    ],
)
def test_a_leap_year_bears_no_day_more(since, until, counted):
    assert days(since, until) == counted


def test_rates_that_change_around_the_29th_of_february_cut_at_their_own_day():
    """By hand: 239 days at 1.50 %, 121 at 2.00 %; before and after the day itself."""
    rates = (*RATES, (date(2024, 2, 29), 200))
    balances = [(date(2023, 6, 30), 100_000_00)]
    assert (rate_on(date(2024, 2, 28), rates), rate_on(date(2024, 2, 29), rates)) == (150, 200)
    exact = 100_000_00 * (239 * 150 + 121 * 200) / 360 / 10_000
    assert interest(balances, date(2024, 6, 30), rates) == round(exact)


def test_a_rate_that_begins_on_the_day_of_credit_is_of_the_next_year():
    rates = (*RATES, (JUNE, 999))
    assert interest([(date(2020, 6, 30), 100_000_00)], JUNE, rates) == 1_500_00


@given(since=DAYS, more=st.integers(0, 2000))
def test_every_month_has_thirty_days(since, more):
    until = since + timedelta(more)
    assert days(since, until.replace(day=1)) + days(until.replace(day=1), until) == days(
        since, until
    )
    assert days(date(since.year, 1, 1), date(since.year + 1, 1, 1)) == 360


@given(balance=st.integers(0, 10**9), start=DAYS, parts=st.lists(st.integers(0, 400), max_size=5))
def test_cutting_the_time_changes_no_fen(balance, start, parts):
    """A stretch without a movement earns the same however it is cut."""
    marks, day = [(start, balance)], start
    for part in parts:
        day += timedelta(part)
        marks.append((day, balance))
    end = day + timedelta(30)
    assert interest(marks, end) == interest([(start, balance)], end)


@given(
    born=st.dates(date(1970, 1, 1), date(1995, 12, 31)), year=st.integers(_rates.FIRST_YEAR, 2025)
)
def test_the_centre_and_we_reckon_the_same_interest(born, year):
    """Two independent sums: the sandbox's ledger day by day, ours from its movements."""
    life = lead(b"k" * 32, draw_number("male", born))
    assert life is not None
    last, first = date(year, 6, 30), date(year - 1, 6, 30)
    movements = keep(life, last).movements
    before = [one for one in movements if one.day <= first]
    marks = [(first, before[-1].balance)] if before else []
    marks += [(one.day, one.balance) for one in movements if first < one.day < last]
    credited = [one.amount for one in movements if one.day == last and one.kind == "interest"]
    assert [interest(marks, last)] == credited or not marks
