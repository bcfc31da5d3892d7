"""Yuan to fen is exact, or refused; the source of the form is the offices' decimal strings."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.money import fen


@pytest.mark.parametrize(
    "wrong", ["", "abc", "1.234", "1,000.00", "NaN", "Infinity", "1e400", "12.3.4", "９９九"]
)
def test_what_is_no_exact_sum_of_fen_is_refused(wrong):
    with pytest.raises(ValueError, match="amount"):
        fen(wrong)


@pytest.mark.parametrize("wrong", [12.34, 100, None, True, ["1"], Decimal("1.00")])
def test_only_a_decimal_string_is_read(wrong):
    with pytest.raises(ValueError, match="decimal string"):
        fen(wrong)


@given(st.decimals(places=3, min_value=-(10**9), max_value=10**9))
def test_a_third_decimal_is_refused_unless_it_is_nothing(amount):
    if amount % Decimal("0.01"):
        with pytest.raises(ValueError, match="two decimals"):
            fen(str(amount))
    else:
        assert fen(str(amount)) * Decimal("0.01") == amount


@given(st.integers(-(10**13), 10**13))
def test_fen_written_as_yuan_and_read_again_are_the_same(amount):
    sign = "-" if amount < 0 else ""
    assert fen(f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02d}") == amount
