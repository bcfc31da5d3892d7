"""The life of a bill, and which event leads from which state to which.

opened ─share→ sharing ─shared→ ready ─confirm→ settling ─settled→ paid ─return→ part-refunded …
   └─────── by cash ────────────→ ready ───── pay (cash only) ──────→ paid      └→ refunded
sharing ─unshared→ opened (insurance says no)     settling ─refused→ failed (the cash goes back)
opened, sharing, ready ─expire→ expired
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from services.bills.errors import BillMoved


class State(StrEnum):
    OPENED = "opened"
    SHARING = "sharing"  # the insurance office is reckoning
    READY = "ready"
    SETTLING = "settling"  # the insurance office is paying its parts
    PAID = "paid"
    PART_REFUNDED = "part-refunded"
    REFUNDED = "refunded"
    FAILED = "failed"
    EXPIRED = "expired"


class Event(StrEnum):
    SHARE = "share"
    SHARED = "shared"
    UNSHARED = "unshared"
    BY_CASH = "by-cash"
    CONFIRM = "confirm"
    PAY = "pay"
    SETTLED = "settled"
    REFUSED = "refused"
    RETURN_PART = "return-part"
    RETURN_REST = "return-rest"
    EXPIRE = "expire"


UNPAID = (State.OPENED, State.SHARING, State.READY)
PAID = (State.PAID, State.PART_REFUNDED)
OVER = (State.FAILED, State.EXPIRED)  # nothing was paid by it: the visit may be billed anew
TRANSITIONS: Mapping[tuple[State, Event], State] = MappingProxyType(
    {
        **{(state, Event.SHARE): State.SHARING for state in UNPAID},
        **{(state, Event.BY_CASH): State.READY for state in UNPAID},
        **{(state, Event.EXPIRE): State.EXPIRED for state in UNPAID},
        (State.SHARING, Event.SHARED): State.READY,
        (State.SHARING, Event.UNSHARED): State.OPENED,
        (State.READY, Event.CONFIRM): State.SETTLING,
        (State.READY, Event.PAY): State.PAID,
        (State.SETTLING, Event.SETTLED): State.PAID,
        (State.SETTLING, Event.REFUSED): State.FAILED,
        **{(state, Event.RETURN_PART): State.PART_REFUNDED for state in PAID},
        **{(state, Event.RETURN_REST): State.REFUNDED for state in PAID},
    }
)


def after(state: str, event: Event) -> State:
    """The state an event leads to. Raises BillMoved."""
    try:
        return TRANSITIONS[State(state), event]
    except KeyError:
        raise BillMoved(f"{event} in {state}", state=state) from None
