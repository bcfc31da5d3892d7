"""What the flexibly employed pay: base within 60-300 % of the average wage
(国办发〔2019〕13号, 三), 20 % of it (国发〔2005〕38号, 四), to the fen.
"""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.departments.social_insurance import _flexible_rules as rules
from services.sandbox import flexible_insurance
from services.sandbox.wages import average_wage, contribution_year

MONTHS = st.dates(date(2023, 7, 1), date(2026, 12, 1)).map(lambda day: day.replace(day=1))


def test_before_the_table_nothing_is_reckoned():
    with pytest.raises(ValueError, match="before the first"):
        rules.average_wage(date(2023, 6, 1))


@pytest.mark.parametrize(
    ("month", "lowest", "highest"),
    [
        (date(2026, 6, 1), 789_600, 3_948_000),  # 60 and 300 % of 13,160 yuan
        (date(2026, 7, 1), 804_000, 4_020_000),  # of 13,400 yuan
    ],
)
def test_the_limits_of_a_month(month: date, lowest: int, highest: int):
    assert rules.limits([month]) == (lowest, highest)


def test_one_base_for_several_months_fits_each_of_them():
    assert rules.limits([date(2026, 6, 1), date(2026, 7, 1)]) == (804_000, 3_948_000)


@given(st.lists(MONTHS, min_size=1, max_size=12), st.integers(0, 5_000_000))
def test_a_base_is_allowed_exactly_within_60_and_300_percent(months: list[date], base: int):
    lowest, highest = rules.limits(months)
    fits = all(Fraction(60, 100) <= Fraction(base, rules.average_wage(one)) <= 3 for one in months)
    assert (lowest <= base <= highest) == fits


@given(st.integers(1, 100_000_000))
def test_a_month_costs_a_fifth_of_its_base_rounded_half_up(base: int):
    paid, account = rules.payment(base)
    assert abs(Fraction(base, 5) - paid) <= Fraction(1, 2)
    assert abs(Fraction(base * 8, 100) - account) <= Fraction(1, 2) and account < max(paid, 1)


@given(MONTHS, st.integers(1, 5_000_000))
def test_the_office_in_the_sandbox_goes_by_the_same_table(month: date, base: int):
    lowest, highest = rules.limits([month])
    assert average_wage(contribution_year(month)) * 100 == rules.average_wage(month)
    assert (lowest <= base <= highest) == flexible_insurance.allowed(month, base)
