"""Birthdays: the day before and the day after, leap days, and numbers that state no date."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from identity import ages
from identity.documents.citizen_number import check_character
from identity.person import IdNumber

DAY = timedelta(days=1)
births = st.dates(date(1900, 1, 1), date(2150, 12, 31))
limits = st.sampled_from([ages.GUARDED, ages.OF_AGE])


def numbered(born: date) -> IdNumber:
    seventeen = f"440524{born:%Y%m%d}001"
    return IdNumber(seventeen + check_character(seventeen))


@pytest.mark.parametrize("number", ["", "E12345678", "H12345678", "USA110000850101", "4" * 18])
def test_a_number_without_a_date_says_nothing_of_age(number: str):
    assert ages.born(IdNumber(number, "passport")) is None
    assert not ages.is_under(IdNumber(number, "passport"), ages.OF_AGE)


@given(births)
def test_a_number_states_its_birth_date(born: date):
    assert ages.born(numbered(born)) == born


@given(births, limits)
@example(date(2012, 2, 29), ages.GUARDED)
@example(date(2008, 2, 29), ages.OF_AGE)
def test_the_day_before_the_birthday_is_under_and_the_birthday_is_not(born: date, age: int):
    number, day = numbered(born), ages.birthday(born, age)
    assert ages.is_under(number, age, day - DAY)
    assert not ages.is_under(number, age, day)
    assert not ages.is_under(number, age, day + DAY)


@given(births, limits, st.integers(0, 40_000))
def test_nobody_grows_younger(born: date, age: int, days: int):
    later = born + timedelta(days=days)
    assert ages.is_under(numbered(born), age, later) >= ages.is_under(
        numbered(born), age, later + DAY
    )


@given(births, limits)
def test_a_birthday_is_the_same_day_of_the_year(born: date, age: int):
    day = ages.birthday(born, age)
    assert (day.year, day.month) == (born.year + age, born.month)
    assert day.day == born.day or (born.month, born.day, day.day) == (2, 29, 28)


@pytest.mark.parametrize(
    ("born", "age", "day"),
    [
        (date(2012, 2, 29), 14, date(2026, 2, 28)),
        (date(2008, 2, 29), 18, date(2026, 2, 28)),
        (date(2012, 3, 1), 14, date(2026, 3, 1)),
        (date(2012, 11, 21), 14, date(2026, 11, 21)),
    ],
)
def test_birthdays_by_the_calendar(born: date, age: int, day: date):
    assert ages.birthday(born, age) == day


@given(births)
def test_the_fourteenth_birthday_follows_from_the_eighteenth(born: date):
    assert ages.fourteenth(ages.birthday(born, ages.OF_AGE)) == ages.birthday(born, ages.GUARDED)
