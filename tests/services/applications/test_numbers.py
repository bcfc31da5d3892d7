"""Numbers as people say them on the telephone."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from services.applications import numbers

DAY = date(2026, 11, 21)


def test_a_number_holds_its_day_and_a_check_digit():
    number = numbers.made(numbers.APPLICATION, DAY)
    assert number.startswith("ZB261121")
    assert len(number) == 15


@given(st.integers(2, 14), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(place, step):
    """ISO/IEC 7812-1 annex B."""
    number = numbers.made(numbers.TICKET, DAY)
    wrong = str((int(number[place]) + step) % 10)
    assert numbers.read(number[:place] + wrong + number[place + 1 :], numbers.TICKET) is None


@given(st.integers(2, 18), st.integers(1, 9))
def test_where_there_are_more_in_a_day_numbers_are_longer_and_checked_alike(place, step):
    number = numbers.made("ZF", DAY, digits=10)
    assert len(number) == 19 and numbers.read(number, "ZF") == number
    wrong = str((int(number[place]) + step) % 10)
    assert numbers.read(number[:place] + wrong + number[place + 1 :], "ZF") is None


@given(st.text(max_size=60))
def test_whatever_is_said_is_a_number_or_none(said):
    found = numbers.read(said, numbers.APPLICATION)
    assert found is None or found.startswith(numbers.APPLICATION)


def test_it_is_understood_as_people_write_it():
    number = numbers.made(numbers.APPLICATION, DAY)
    written = f" {number[:2].lower()} {number[2:8]}-{number[8:]} "
    assert numbers.read(written, numbers.APPLICATION) == number
    assert numbers.read(number, numbers.TICKET) is None
