"""When a mandate permits: its state, its days and its services, for every combination."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from identity.mandate_rows import REVOKED
from identity.mandates import ACCEPTED, OFFERED, REFUSED, permits
from identity.models import Mandate

DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))
STATES = st.sampled_from([OFFERED, ACCEPTED, REFUSED, REVOKED])


def mandate(first: date, length: int, state: str) -> Mandate:
    return Mandate(starts_on=first, ends_on=first + timedelta(days=length), state=state)


@given(DAYS, st.integers(0, 366), STATES, DAYS)
def test_no_day_outside_and_no_other_state_is_permitted(
    first: date, length: int, state: str, day: date
) -> None:
    row = mandate(first, length, state)
    within = first <= day <= first + timedelta(days=length)
    assert permits(row, day) == (within and state == ACCEPTED)


@given(DAYS, st.integers(0, 366))
def test_both_named_days_are_included_and_their_neighbours_are_not(
    first: date, length: int
) -> None:
    row = mandate(first, length, ACCEPTED)
    assert permits(row, row.starts_on) and permits(row, row.ends_on)
    assert not permits(row, row.starts_on - timedelta(days=1))
    assert not permits(row, row.ends_on + timedelta(days=1))
