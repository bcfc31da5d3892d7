"""Who pays which part: the two equations and the three kinds of mix, for any amounts."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.bills.mix import Mix, Parts, ReducedTooMuch, Split, SplitBroken, by_cash, by_insurance

FEN = st.integers(0, 10**9)
PARTS = st.builds(Parts, FEN, FEN, FEN, FEN)
OFFICE = "S-1"


def insured(parts: Parts, additions: int, reductions: int) -> Split:
    return by_insurance(parts.whole, additions, reductions, parts, OFFICE)


@st.composite
def splits(draw: st.DrawFn) -> Split:
    """Any split there can be, of all three kinds."""
    if draw(st.booleans()):
        billed, additions = draw(st.integers(1, 10**9)), draw(FEN)
        return by_cash(billed, additions, draw(st.integers(0, billed + additions - 1)))
    parts, additions = draw(PARTS), draw(FEN)
    assume(parts.whole)
    reductions = draw(st.integers(0, parts.medical_cash + additions) | st.just(parts.medical_cash))
    return insured(parts, additions, reductions)


@given(splits())
def test_total_is_what_moves_and_what_is_taken_off(split: Split):
    """total = government + self + other + cash + reductions (FIELD: medical-insurance payment)."""
    parts = split.parts or Parts(0, 0, 0, 0)
    moved = parts.government + parts.own + parts.other + (split.cash or 0)
    assert split.total == moved + split.reductions
    assert split.paid == moved


@given(splits())
def test_total_is_what_was_billed_and_what_was_added(split: Split):
    """total = government + self + other + medical cash + additions."""
    parts = split.parts or Parts(0, 0, 0, 0)
    medical = parts.government + parts.own + parts.other + parts.medical_cash
    assert split.total == medical + split.additions


@given(splits())
def test_each_kind_has_what_it_must_and_nothing_it_must_not(split: Split):
    parts = split.parts
    if split.mix is Mix.CASH_ONLY:
        assert (parts, split.settlement) == (None, None) and split.cash
    elif split.mix is Mix.INSURANCE_ONLY:
        assert parts is not None and split.settlement and split.cash is None
    else:
        assert parts is not None and parts.whole and split.settlement and split.cash


@given(PARTS, FEN, FEN)
def test_the_kind_follows_from_the_cash_that_is_left(parts: Parts, additions: int, off: int):
    assume(parts.whole and off <= parts.medical_cash + additions)
    split = insured(parts, additions, off)
    left = parts.medical_cash + additions - off
    assert split.mix is (Mix.BOTH if left else Mix.INSURANCE_ONLY)
    assert (split.cash or 0) == left


@given(PARTS, FEN, st.integers(1, 10**9))
def test_more_taken_off_than_cash_is_no_split(parts: Parts, additions: int, more: int):
    assume(parts.whole)
    with pytest.raises(ReducedTooMuch):
        insured(parts, additions, parts.medical_cash + additions + more)


@given(st.integers(1, 10**9), FEN, FEN)
def test_nothing_to_pay_in_cash_is_no_cash_bill(billed: int, additions: int, more: int):
    with pytest.raises(SplitBroken):
        by_cash(billed, additions, billed + additions + more)


@given(PARTS, st.integers(-(10**9), 10**9))
def test_parts_that_are_not_what_was_billed_are_refused(parts: Parts, off: int):
    assume(off and parts.whole + off > 0)
    with pytest.raises(SplitBroken, match="billed"):
        by_insurance(parts.whole + off, 0, 0, parts, OFFICE)


FIELDS = ("total", "additions", "reductions", "cash")


@given(splits(), st.sampled_from(FIELDS), st.integers(1, 10**9) | st.integers(-(10**9), -1))
def test_one_changed_fen_breaks_a_rule(split: Split, field: str, off: int):
    with pytest.raises(SplitBroken):
        replace(split, **{field: (getattr(split, field) or 0) + off})


@given(splits(), st.sampled_from(("government", "own", "other", "medical_cash")), st.integers(1, 9))
def test_one_changed_part_breaks_an_equation(split: Split, field: str, more: int):
    assume(split.parts is not None)
    assert split.parts is not None
    wrong = replace(split.parts, **{field: getattr(split.parts, field) + more})
    with pytest.raises(SplitBroken, match="equation"):
        replace(split, parts=wrong)


@given(splits(), st.sampled_from(list(Mix)))
def test_no_split_passes_as_another_kind(split: Split, other: Mix):
    assume(other is not split.mix)
    with pytest.raises(SplitBroken):
        replace(split, mix=other)


@pytest.mark.parametrize(
    "wrong",
    [
        {"settlement": ""},
        {"settlement": None},
        {"parts": None},
        {"cash": None},
        {"total": 1.5},
        {"additions": True},
        {"reductions": -1},
    ],
)
def test_a_missing_field_or_an_amount_that_is_none_is_refused(wrong: dict[str, object]):
    good = insured(Parts(100, 45, 5, 50), 2, 10)
    with pytest.raises(SplitBroken):
        replace(good, **wrong)  # type: ignore[arg-type]


def test_the_example_of_the_interface():
    """2,020 yuan: 1,000 fund, 450 account, 50 others, 500 cash, 20 freight, 100 off."""
    split = insured(Parts(100_000, 45_000, 5_000, 50_000), 2_000, 10_000)
    assert (split.total, split.cash, split.mix) == (202_000, 42_000, Mix.BOTH)
