"""The life of a ticket (GB/T 39735: a bad rating is called back about, and answered in time).

open ─take→ taken ─call→ called-back ─answer→ answered ─settle→ settled
  ↑ give-back ┘                                   └reopen→ reopened ─take→ taken …
A wrong field needs no call back: its owner looks, and answers. What is answered and stays without a
word for fifteen days is settled by the clock.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from config.errors import Conflict, Invalid, Missing


class Kind(StrEnum):
    RATING = "rating"  # a grade of 1 or 2
    COMPLAINT = "complaint"
    FIELD = "field"  # a field of an answer that is wrong


class State(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    CALLED_BACK = "called-back"
    ANSWERED = "answered"
    SETTLED = "settled"
    REOPENED = "reopened"


class Event(StrEnum):
    TAKE = "take"
    GIVE_BACK = "give-back"
    CALL = "call"
    ANSWER = "answer"
    SETTLE = "settle"
    REOPEN = "reopen"


TRANSITIONS: Mapping[tuple[State, Event], State] = MappingProxyType(
    {
        (State.OPEN, Event.TAKE): State.TAKEN,
        (State.REOPENED, Event.TAKE): State.TAKEN,
        (State.TAKEN, Event.GIVE_BACK): State.OPEN,
        (State.CALLED_BACK, Event.GIVE_BACK): State.OPEN,
        (State.TAKEN, Event.CALL): State.CALLED_BACK,
        (State.CALLED_BACK, Event.CALL): State.CALLED_BACK,
        (State.TAKEN, Event.ANSWER): State.ANSWERED,
        (State.CALLED_BACK, Event.ANSWER): State.ANSWERED,
        (State.ANSWERED, Event.SETTLE): State.SETTLED,
        (State.ANSWERED, Event.REOPEN): State.REOPENED,
    }
)
WAITING = (State.OPEN, State.REOPENED)
UNANSWERED = (State.OPEN, State.REOPENED, State.TAKEN, State.CALLED_BACK)
HELD = (State.TAKEN, State.CALLED_BACK)
CALLED = (Kind.RATING, Kind.COMPLAINT)
WORKING_DAYS = 15  # from being opened to the answer (GB/T 39735)
SILENCE = timedelta(days=15)
REACHED = ("reached", "not-reached")
ANSWERS = ("put-right", "explained", "not-upheld", "passed-on")


class TicketMissing(Missing):
    """No such ticket for this caller."""

    code = "ticket-missing"


class TicketMoved(Conflict):
    """The fact ``state`` says where the ticket is."""

    code = "ticket-moved"


class TicketTaken(Conflict):
    """A colleague is at work on it."""

    code = "ticket-taken"


class TicketNotTaken(Conflict):
    """Only who has taken a ticket works on it."""

    code = "ticket-not-taken"


class CallBackNeeded(Conflict):
    """The resident is called before a rating or a complaint is answered."""

    code = "call-back-needed"


class TicketAnswerInvalid(Invalid):
    """Not one of the answers there are, or no words."""

    code = "ticket-answer-invalid"


class TicketOpenAlready(Conflict):
    """There is one about the same thing. Fact ``number``."""

    code = "ticket-open-already"


class TicketsTooMany(Conflict):
    """Fact ``most``: how many may be open at once."""

    code = "tickets-too-many"


class FieldUnknown(Invalid):
    """The service's answer has no such field."""

    code = "field-unknown"


def after(state: str, event: Event) -> State:
    """The state an event leads to. Raises TicketMoved."""
    try:
        return TRANSITIONS[State(state), event]
    except KeyError:
        raise TicketMoved(f"{event} in {state}", state=state) from None
