"""The life of an application: its states, and which event leads from which to which.

draft ─submit→ submitted ─accept→ accepted ─review→ in-review ─approve→ approved ─collect→ collected
                   │                  │                 ├─refuse→ refused
                   └──── ask-supplement ────────────────┴→ supplement-asked ─answer→ submitted
until it is decided: ─withdraw→ withdrawn
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from config.errors import Conflict


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    SUPPLEMENT_ASKED = "supplement-asked"
    IN_REVIEW = "in-review"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    COLLECTED = "collected"


class Event(StrEnum):
    """What moves an application."""

    SUBMIT = "submit"
    ACCEPT = "accept"
    ASK_SUPPLEMENT = "ask-supplement"
    ANSWER = "answer"
    REVIEW = "review"
    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    COLLECT = "collect"


_OPEN = (State.SUBMITTED, State.ACCEPTED, State.IN_REVIEW)
TRANSITIONS: Mapping[tuple[State, Event], State] = MappingProxyType(
    {
        (State.DRAFT, Event.SUBMIT): State.SUBMITTED,
        (State.DRAFT, Event.WITHDRAW): State.WITHDRAWN,
        (State.SUBMITTED, Event.ACCEPT): State.ACCEPTED,
        (State.SUBMITTED, Event.REFUSE): State.REFUSED,
        (State.ACCEPTED, Event.REVIEW): State.IN_REVIEW,
        (State.IN_REVIEW, Event.APPROVE): State.APPROVED,
        (State.IN_REVIEW, Event.REFUSE): State.REFUSED,
        (State.SUPPLEMENT_ASKED, Event.ANSWER): State.SUBMITTED,
        (State.SUPPLEMENT_ASKED, Event.REFUSE): State.REFUSED,  # never answered
        (State.SUPPLEMENT_ASKED, Event.WITHDRAW): State.WITHDRAWN,
        (State.APPROVED, Event.COLLECT): State.COLLECTED,
        **{(state, Event.ASK_SUPPLEMENT): State.SUPPLEMENT_ASKED for state in _OPEN},
        **{(state, Event.WITHDRAW): State.WITHDRAWN for state in _OPEN},
    }
)
FINISHED = frozenset({State.APPROVED, State.REFUSED, State.WITHDRAWN, State.COLLECTED})
"""Nothing is decided any more; a rating may be given, but for what was withdrawn."""


class TransitionIllegal(Conflict):
    """The fact ``state`` says where the application is."""

    code = "transition-illegal"


def after(state: State, event: Event) -> State:
    """The state an event leads to. Raises TransitionIllegal."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise TransitionIllegal(f"{event} in {state}", state=state.value) from None
