"""Weekly hours as data, in China's time; and how an opening is said."""

from datetime import datetime

import pytest

from services.hours import SHANGHAI, Hours, in_words

WEEK = Hours.read("mon-fri 08:30-17:30; sat 09:00-12:00")


def at(day: int, clock: str) -> datetime:
    """November 2026: the 2nd is a Monday."""
    return datetime.fromisoformat(f"2026-11-{day:02d}T{clock}").replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "wrong",
    ["08:00-10:00", "mon 10:00-08:00", "mon-xyz 08:00-09:00", "mon 8-9", "mon 25:00-26:00"],
)
def test_hours_that_nobody_understands_are_refused(wrong):
    with pytest.raises(ValueError):
        Hours.read(wrong)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (at(2, "08:29"), at(2, "08:30")),
        (at(2, "17:30"), at(3, "08:30")),
        (at(6, "18:00"), at(7, "09:00")),
        (at(7, "12:00"), at(9, "08:30")),
        (at(8, "10:00"), at(9, "08:30")),
    ],
)
def test_closed_says_when_it_opens(now, opens):
    assert WEEK.opens_at(now) == opens


@pytest.mark.parametrize("now", [at(2, "08:30"), at(6, "17:29"), at(7, "11:59")])
def test_open_within_its_hours(now):
    assert WEEK.opens_at(now) is None


def test_no_hours_means_always_open():
    assert Hours.read("").opens_at(at(8, "03:00")) is None


def test_midnight_may_end_a_day():
    late = Hours.read("mon-sun 06:00-24:00")
    assert late.opens_at(at(2, "23:59")) is None
    assert late.opens_at(at(3, "00:00")) == at(3, "06:00")


def test_an_opening_is_said_as_people_say_it():
    now = at(2, "22:00")
    assert in_words(at(2, "23:00"), now, "zh-CN") == "今天 23:00"
    assert in_words(at(3, "06:00"), now, "en") == "tomorrow at 06:00"
    assert in_words(at(9, "06:00"), now, "en") == "on 2026-11-09 at 06:00"
