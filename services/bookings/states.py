"""The life of an appointment: its states, and which event leads from which to which.

offered ─accept→ held ─confirm→ booked ─arrive→ arrived
   │              │                ├─miss→ no-show
   ├─expire→ lapsed ←─expire───────┤  └─expire→ unrecorded  (nobody wrote down whether they came)
   └───────────cancel→ cancelled ←─┘

A place in a line: waiting ─offer→ offered ─take→ taken, ─pass→ passed; waiting ─leave→ left.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from config.errors import Conflict


class State(StrEnum):
    OFFERED = "offered"  # to the first in the line, who has not accepted yet
    HELD = "held"  # by one of two; the other has to confirm
    BOOKED = "booked"
    ARRIVED = "arrived"
    NO_SHOW = "no-show"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    UNRECORDED = "unrecorded"


class Event(StrEnum):
    ACCEPT = "accept"
    CONFIRM = "confirm"
    ARRIVE = "arrive"
    MISS = "miss"
    CANCEL = "cancel"
    EXPIRE = "expire"


class Line(StrEnum):
    """Where a place in a line is."""

    WAITING = "waiting"
    OFFERED = "offered"
    TAKEN = "taken"
    PASSED = "passed"
    LEFT = "left"


TRANSITIONS: Mapping[tuple[State, Event], State] = MappingProxyType(
    {
        (State.OFFERED, Event.ACCEPT): State.HELD,
        (State.OFFERED, Event.CANCEL): State.CANCELLED,
        (State.OFFERED, Event.EXPIRE): State.LAPSED,
        (State.HELD, Event.CONFIRM): State.BOOKED,
        (State.HELD, Event.CANCEL): State.CANCELLED,
        (State.HELD, Event.EXPIRE): State.LAPSED,
        (State.BOOKED, Event.CANCEL): State.CANCELLED,
        (State.BOOKED, Event.ARRIVE): State.ARRIVED,
        (State.BOOKED, Event.MISS): State.NO_SHOW,
        (State.BOOKED, Event.EXPIRE): State.UNRECORDED,
    }
)
SEATED = (State.OFFERED, State.HELD, State.BOOKED, State.ARRIVED)
"""They have their seat; the unique index ``booking_seat`` names the same."""
LIVING = (State.OFFERED, State.HELD, State.BOOKED)
"""Something may still come of them: a resident has one of a service at a time."""
PASSING = (State.OFFERED, State.HELD)
"""Over by themselves at ``until``."""
IN_LINE = (Line.WAITING, Line.OFFERED)

HOLD = timedelta(minutes=30)  # in which the second of two confirms
OFFER = timedelta(hours=2)  # in which who waited accepts
LEAST = timedelta(minutes=10)  # a seat with less time left is given to nobody
GRACE = timedelta(minutes=10)  # after the beginning; then it may be written down that nobody came
MOST_CHANGES = 3
MOST_LINES = 3


class BookingMoved(Conflict):
    """The fact ``state`` says where the appointment is."""

    code = "booking-moved"


def after(state: str, event: Event) -> State:
    """The state an event leads to. Raises BookingMoved."""
    try:
        return TRANSITIONS[State(state), event]
    except KeyError:
        raise BookingMoved(f"{event} in {state}", state=state) from None
