"""Working days in China: weekends, holidays, make-up workdays, and clocks that pause.

Days of 2024 to 2026: the State Council's notices of holidays (国办发明电〔2023〕7号, 〔2024〕12号,
〔2025〕7号).
"""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.clocks import (
    Clock,
    add_working_days,
    is_working_day,
    nearly_over,
    today,
    working_days_between,
)

days = st.dates(date(2024, 1, 1), date(2026, 12, 31))


def test_a_negative_number_of_days_is_refused():
    with pytest.raises(ValueError, match="forward"):
        add_working_days(date(2026, 2, 13), -1)


@pytest.mark.parametrize("day", ["2024-02-10", "2025-10-06", "2026-01-02", "2026-02-23"])
def test_a_holiday_is_no_working_day(day):
    assert not is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2024-02-04", "2025-01-26", "2026-01-04", "2026-02-28"])
def test_a_weekend_that_is_worked_is_a_working_day(day):
    worked = date.fromisoformat(day)
    assert worked.weekday() >= 5
    assert is_working_day(worked)


@pytest.mark.parametrize(
    ("day", "count", "end"),
    [
        ("2025-12-31", 1, "2026-01-04"),  # New Year 1 to 3 January, Sunday the 4th is worked
        ("2025-12-31", 2, "2026-01-05"),
        ("2026-02-13", 1, "2026-02-14"),  # Saturday, worked
        ("2026-02-14", 1, "2026-02-24"),  # Spring Festival, 15 to 23 February
        ("2026-02-13", 5, "2026-02-27"),
        ("2026-02-13", 6, "2026-02-28"),  # Saturday, worked
        ("2026-09-30", 3, "2026-10-10"),  # National Day 1 to 7 October; the 10th is worked
    ],
)
def test_days_across_new_year_spring_festival_and_national_day(day, count, end):
    """The day on which a time begins is not counted (民法典 art. 201)."""
    assert add_working_days(date.fromisoformat(day), count) == date.fromisoformat(end)


def test_nothing_to_wait_for_ends_on_the_day_itself_or_the_next_one_worked():
    assert add_working_days(date(2026, 11, 20), 0) == date(2026, 11, 20)
    assert add_working_days(date(2026, 2, 16), 0) == date(2026, 2, 24)


@given(days, st.integers(0, 40))
def test_counting_forward_and_back_agree(day, count):
    end = add_working_days(day, count)
    assert is_working_day(end)
    assert working_days_between(day, end) == count + (count == 0 and end != day)
    assert working_days_between(end, day) == -working_days_between(day, end)


def test_a_paused_clock_stands_still_and_has_left_what_it_had():
    clock = Clock.started(date(2026, 11, 16), 5, 20)  # a Monday
    assert clock.promised_on == date(2026, 11, 23)
    paused = clock.paused(date(2026, 11, 18))
    assert paused.days_left(date(2026, 12, 24)) == paused.days_left(date(2026, 11, 18)) == 3
    resumed = paused.resumed(date(2026, 12, 24))
    assert resumed.days_left(date(2026, 12, 24)) == 3
    assert resumed.promised_on == date(2026, 12, 29)
    assert resumed.paused_on is None


def test_a_pause_over_spring_festival_gives_no_working_day_away():
    clock = Clock.started(date(2026, 2, 11), 5, 20)
    assert clock.promised_on == date(2026, 2, 25)
    resumed = clock.paused(date(2026, 2, 13)).resumed(date(2026, 2, 14))
    assert resumed.promised_on == date(2026, 2, 26)  # the 14th was worked, and was the resident's


def test_what_was_over_before_the_pause_stays_over():
    late = Clock(date(2026, 11, 10), date(2026, 12, 10)).paused(date(2026, 11, 12))
    resumed = late.resumed(date(2026, 12, 1))
    assert resumed.promised_on == date(2026, 11, 10)
    assert resumed.statutory_on > date(2026, 12, 10)


def test_a_clock_that_runs_is_resumed_as_it_is():
    clock = Clock(date(2026, 11, 10), date(2026, 12, 10))
    assert clock.resumed(date(2026, 11, 11)) == clock


@given(days, st.integers(0, 30), st.integers(0, 60), st.integers(0, 60))
def test_a_pause_never_takes_time_away(day, count, before, length):
    clock = Clock.started(day, count, count)
    paused_on = date.fromordinal(day.toordinal() + before)
    resumed_on = date.fromordinal(paused_on.toordinal() + length)
    resumed = clock.paused(paused_on).resumed(resumed_on)
    assert resumed.promised_on >= clock.promised_on
    if paused_on <= clock.promised_on:
        left = working_days_between(paused_on, clock.promised_on)
        assert resumed.promised_on == add_working_days(resumed_on, left)


@pytest.mark.parametrize(
    ("left", "total", "near"),
    [(6, 20, False), (5, 20, True), (0, 20, True), (-1, 20, False), (1, 3, True), (2, 3, False),
     (1, 1, False), (0, 0, False)],
)  # fmt: skip
def test_a_quarter_of_the_time_or_its_last_day_is_nearly_over(left, total, near):
    assert nearly_over(left, total) is near


def test_the_day_is_that_of_china():
    assert today(datetime(2026, 12, 31, 16, 0, tzinfo=UTC)) == date(2027, 1, 1)
    assert today(datetime(2026, 12, 31, 15, 59, tzinfo=UTC)) == date(2026, 12, 31)
