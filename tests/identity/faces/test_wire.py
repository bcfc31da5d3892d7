"""Frames arrive as they were sent, and nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.faces.wire import Malformed, pack, unpack


@given(st.binary(max_size=200))
def test_any_bytes_are_either_understood_or_malformed(body: bytes):
    try:
        head, parts = unpack(body)
    except Malformed:
        return
    assert unpack(pack(head, parts)) == (head, parts)


@pytest.mark.parametrize("sizes", ["[-1, 3]", "[5]", '"12"', "null", "[1e9]", "{}"])
def test_sizes_that_do_not_fit_are_malformed(sizes: str):
    head = f'{{"sizes": {sizes}}}'.encode()
    with pytest.raises(Malformed):
        unpack(len(head).to_bytes(4, "big") + head + b"ab")


@given(st.lists(st.binary(max_size=50), max_size=9))
def test_parts_arrive_as_they_were_sent(parts: list[bytes]):
    assert unpack(pack({"labels": ["front"]}, parts)) == ({"labels": ["front"]}, parts)
