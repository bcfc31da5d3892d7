"""Corrections on a supervisor's desk: what waits, and the decision with its reason."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from api.ask import Ask
from api.corrections import CorrectionShown
from api.routes import Access, Routes
from api.staff_door import member_of
from api.verifications import Private
from identity.corrections import CorrectionMissing, Waiting
from identity.staff.roles import Role

routes = Routes("staff")

_SUPERVISOR = frozenset({Role.SUPERVISOR})


class CorrectionWaiting(CorrectionShown):
    """``name`` and ``id_number`` of the resident are masked."""

    name: str
    id_number: str

    @classmethod
    def on_the_desk(cls, waiting: Waiting, locale: str) -> "CorrectionWaiting":
        shown = CorrectionShown.of(waiting.asked, locale).model_dump()
        return cls(**shown, name=waiting.name, id_number=waiting.number)


class CorrectionsWaiting(BaseModel):
    corrections: list[CorrectionWaiting]


class CorrectionJudged(Private):
    """``reason`` goes with the decision and is told to the resident in its words."""

    decision: Literal["made", "declined"]
    reason: Literal[
        "corrected", "corrected-elsewhere", "already-right", "register-first", "not-shown"
    ]


@routes.get(
    "/staff/corrections",
    Access.STAFF,
    "Corrections that nobody decided yet; the residents see that they were read",
    roles=_SUPERVISOR,
    answer=CorrectionsWaiting,
)
async def waiting(ask: Ask[None, None]) -> CorrectionsWaiting:
    found = await ask.parts.own.corrections.waiting(member_of(ask))
    shown = [CorrectionWaiting.on_the_desk(one, ask.locale) for one in found]
    return CorrectionsWaiting(corrections=shown)


@routes.post(
    "/staff/corrections/{id}/decide",
    Access.STAFF,
    "Decide a correction; never one's own",
    roles=_SUPERVISOR,
    body=CorrectionJudged,
    status=204,
)
async def decide(ask: Ask[CorrectionJudged, None]) -> None:
    try:
        named = UUID(ask.path["id"])
    except ValueError:
        raise CorrectionMissing() from None
    judged = ask.body
    await ask.parts.own.corrections.decide(member_of(ask), named, judged.decision, judged.reason)
