"""Loans, medical bills and withheld tax of the sandbox's people: right to the fen, every day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.sandbox.faults import CHINA
from services.sandbox.fiction import draw_number
from services.sandbox.insurance_ledger import contributions, pension_account
from services.sandbox.life import Life, lead
from services.sandbox.loan_ledger import TERM, Loan, annuity, borrow
from services.sandbox.medical_ledger import treat
from services.sandbox.tax_ledger import BRACKETS, declared, tax

KEY = b"k" * 32
TODAY = date(2026, 11, 21)
BORN = st.dates(date(1966, 1, 1), date(2003, 12, 31))


def life_of(born: date) -> Life:
    found = lead(KEY, draw_number("male", born))
    assert found is not None
    return found


def test_an_equal_payment_is_that_of_the_formula():
    assert annuity(1_000_000_00, 325, 360) == 4_352_06  # 3.25 %, thirty years: well known


@pytest.mark.parametrize("born", [date(1985, 3, 5), date(2005, 9, 2)])
def test_odd_days_and_short_careers_have_no_loan(born):
    assert borrow(life_of(born), born, TODAY) is None


@given(born=BORN)
def test_a_loan_is_what_was_granted_less_what_was_repaid(born):
    assume(born.day % 2 == 0)
    loan = borrow(life_of(born), born, TODAY)
    if loan is None:
        return
    assert loan.granted == loan.left + sum(one.principal for one in loan.repaid)
    assert all(one.principal > 0 and one.interest >= 0 for one in loan.repaid)
    assert loan.due > TODAY and len(loan.repaid) < TERM


def test_a_loan_is_repaid_to_the_last_fen_in_its_last_month():
    loan = Loan(100_000_00, date(2003, 1, 5), 450, annuity(100_000_00, 450, TERM), 100_000_00)
    while loan.left:
        loan.repay(loan.due)
    assert (len(loan.repaid), loan.left) == (TERM, 0)
    assert loan.repaid[-1].day == date(2023, 1, 20)


@given(born=BORN, days=st.integers(0, 400))
def test_a_bill_is_the_sum_of_its_parts_and_the_account_never_runs_dry_below_nothing(born, days):
    now = datetime(2026, 1, 1, 12, tzinfo=CHINA) + timedelta(days)
    medical = treat(life_of(born), now)
    assert all(one.total == one.fund + one.account + one.cash for one in medical.bills)
    assert all(min(one.fund, one.account, one.cash) >= 0 for one in medical.bills)
    paid_in = sum(fen for _, fen in medical.credits)
    assert medical.balance == paid_in - sum(one.account for one in medical.bills) >= 0
    assert all(one.at <= now for one in medical.bills)
    assert [one.at for one in medical.bills] == sorted(one.at for one in medical.bills)


@pytest.mark.parametrize(
    ("yuan", "fen"),
    [
        (-1, 0),
        (0, 0),
        (36_000, 1_080_00),
        (144_000, 11_880_00),
        (300_000, 43_080_00),
        (420_000, 73_080_00),
        (660_000, 145_080_00),
        (960_000, 250_080_00),
        (1_000_000, 268_080_00),
    ],
)
def test_tax_is_that_of_the_seven_brackets(yuan, fen):
    """个人所得税法, first table."""
    assert tax(yuan * 100) == fen


def test_the_brackets_meet_at_their_edges():
    for (most, percent, quick), (_, next_percent, next_quick) in pairwise(BRACKETS):
        assert most * percent - quick * 100 == most * next_percent - next_quick * 100


@given(born=BORN, year=st.integers(2019, 2026))
def test_a_years_tax_with_one_employer_is_that_of_its_whole(born, year):
    rows = declared(life_of(born), year, TODAY)
    assert all(row.withheld >= 0 and row.income > 0 for row in rows)
    assert [row.month for row in rows] == sorted({row.month for row in rows})
    assert all(row.month < TODAY.replace(day=1) for row in rows)


@dataclass(frozen=True)
class Row:
    month: date
    personal: int


def test_a_pension_account_by_hand():
    """800 yuan in January and in July 2023 at 3.97 %, idle in 2024 at 2.62 %."""
    rows = [Row(date(2023, 1, 1), 800_00), Row(date(2023, 7, 1), 800_00)]
    end_of_2023 = 1600_00 + round((800_00 * 11 + 800_00 * 5) * 397 / 120_000)
    assert pension_account(rows, date(2024, 5, 1)) == end_of_2023
    assert pension_account(rows, date(2025, 1, 1)) == end_of_2023 + round(
        end_of_2023 * 262 / 10_000
    )


@given(born=BORN)
def test_a_pension_account_holds_at_least_what_was_paid(born):
    rows = [row for row in contributions(life_of(born), TODAY) if row.kind == "110"]
    assert pension_account(rows, TODAY) >= sum(row.personal for row in rows)
