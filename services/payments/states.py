"""The life of a payment: its states, and which event leads from which to which.

opened ─begin→ paying ─pay→ paid ─return→ part-refunded ─return→ refunded
   └──────────────┴─close→ closed (nobody paid in time)
   └──────────────┴─fail→ failed (what was taken is another sum, and goes back)
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from config.errors import Conflict


class State(StrEnum):
    OPENED = "opened"
    PAYING = "paying"  # the provider knows of it
    PAID = "paid"
    PART_REFUNDED = "part-refunded"
    REFUNDED = "refunded"
    CLOSED = "closed"
    FAILED = "failed"


class Event(StrEnum):
    """What moves a payment."""

    BEGIN = "begin"
    PAY = "pay"
    RETURN_PART = "return-part"
    RETURN_REST = "return-rest"
    CLOSE = "close"
    FAIL = "fail"


class RefundState(StrEnum):
    ASKED = "asked"  # here, not yet at the provider
    SENT = "sent"  # the provider is at it
    DONE = "done"
    FAILED = "failed"  # the provider cannot; staff see to it


UNPAID = (State.OPENED, State.PAYING)
PAID = (State.PAID, State.PART_REFUNDED)
LIVING = (*UNPAID, *PAID)
TRANSITIONS: Mapping[tuple[State, Event], State] = MappingProxyType(
    {
        (State.OPENED, Event.BEGIN): State.PAYING,
        (State.OPENED, Event.PAY): State.PAID,
        (State.PAYING, Event.PAY): State.PAID,
        **{(state, Event.CLOSE): State.CLOSED for state in UNPAID},
        **{(state, Event.FAIL): State.FAILED for state in UNPAID},
        **{(state, Event.RETURN_PART): State.PART_REFUNDED for state in PAID},
        **{(state, Event.RETURN_REST): State.REFUNDED for state in PAID},
    }
)


class PaymentMoved(Conflict):
    """The payment is in another state. The fact ``state`` says in which."""

    code = "payment-moved"


def after(state: State, event: Event) -> State:
    """The state an event leads to. Raises PaymentMoved."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise PaymentMoved(f"{event} in {state}", state=state.value) from None
