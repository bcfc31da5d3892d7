"""Partial refunds: each part back to its source, exact to the fen, never more than came from it."""

from dataclasses import astuple

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.bills.returns import Sources, shared

FEN = st.integers(0, 10**7)
SOURCES = st.builds(Sources, FEN, FEN, FEN, FEN)


@given(SOURCES, st.integers(-5, 0) | st.integers(1, 10**6))
def test_nothing_and_more_than_is_left_are_refused(left: Sources, over: int):
    with pytest.raises(ValueError, match="left"):
        shared(over if over <= 0 else left.whole + over, left)


@given(SOURCES, st.data())
def test_the_parts_are_the_sum_and_none_is_more_than_came_from_it(
    left: Sources, data: st.DataObject
):
    assume(left.whole)
    fen = data.draw(st.integers(1, left.whole))
    back = shared(fen, left)
    assert back.whole == fen
    assert all(0 <= got <= had for got, had in zip(astuple(back), astuple(left), strict=True))


@given(SOURCES, st.data())
def test_each_part_gives_its_share_to_the_fen(left: Sources, data: st.DataObject):
    assume(left.whole)
    fen = data.draw(st.integers(1, left.whole))
    for got, had in zip(astuple(shared(fen, left)), astuple(left), strict=True):
        assert abs(got * left.whole - had * fen) < left.whole


@given(SOURCES, st.lists(st.integers(1, 10**7), min_size=1, max_size=12))
def test_piece_by_piece_everything_goes_back_where_it_came_from(paid: Sources, pieces: list[int]):
    left, back = paid, [0, 0, 0, 0]
    for piece in [*pieces, paid.whole]:
        fen = min(piece, left.whole)
        if not fen:
            continue
        given_back = shared(fen, left)
        left = left.less(given_back)
        back = [a + b for a, b in zip(back, astuple(given_back), strict=True)]
        assert min(astuple(left)) >= 0
    assert tuple(back) == astuple(paid) and left.whole == 0


def test_half_of_an_even_bill_is_half_of_every_part():
    assert shared(5_000, Sources(4_000, 1_000, 0, 5_000)) == Sources(2_000, 500, 0, 2_500)
