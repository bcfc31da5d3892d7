"""Number plates as GA 36 writes them: what is read, what is refused, how little is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cars import plates
from services.cars.errors import PlateInvalid

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
SIGNS = LETTERS + "0123456789"
PLATES = st.builds(
    lambda head, tail: f"粤{head}{tail}",
    st.sampled_from(LETTERS),
    st.one_of(st.text(SIGNS, min_size=n, max_size=n) for n in (5, 6)),
)


@pytest.mark.parametrize(
    "said",
    ["", "粤", "A12345", "粤A1234", "粤A1234567", "粤I12345", "粤A1O345", "粤A12学45", "香A12345",
     "粤A1234 学1", "粤A12345\n粤B1", "https://evil.example", "粤A" + "1" * 300],
)  # fmt: skip
def test_what_is_no_plate_is_refused(said: str):
    with pytest.raises(PlateInvalid):
        plates.read(said)


@pytest.mark.parametrize(
    ("said", "kept"),
    [("粤A12345", "粤A12345"), (" 粤a·12 345 ", "粤A12345"), ("粤Ｂ１２３４５", "粤B12345"),
     ("粤AD12345", "粤AD12345"), ("粤B1234学", "粤B1234学"), ("京A-0000警", "京A0000警")],
)  # fmt: skip
def test_a_plate_is_read_however_it_is_typed(said: str, kept: str):
    assert plates.read(said) == kept


@given(PLATES)
def test_a_plate_is_shown_by_its_place_and_its_last_two(plate: str):
    shown = plates.masked(plates.read(plate))
    assert len(shown) == len(plate) and shown.count("*") == len(plate) - 4
    assert (shown[:2], shown[-2:]) == (plate[:2], plate[-2:])
