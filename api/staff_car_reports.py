"""What owners reported of who asked them to move a car, before staff of the office that keeps
plates: role ``listener``, and leads. No plate, no owner, and nothing of who asked."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from api.ask import Ask
from api.routes import Access, Routes
from api.staff_case import ChoiceShown, SaidWords
from api.staff_door import member_of
from api.verifications import Private
from config.texts import text
from identity.staff.roles import Role
from services.cars.reports import OUTCOMES, Outcome, Report

routes = Routes("staff")

_ROLES = frozenset({Role.LISTENER, Role.LEAD})


class ReportQuery(BaseModel):
    """Nothing said: what nobody has settled yet."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    settled: bool = False


class ReportShown(BaseModel):
    """``why``: what the owner says it was; ``kind`` and ``reason``: how and for what they were
    asked; ``owners``: how many have reported the same caller within a month; ``barred``: that
    caller reaches nobody for now.
    """

    id: UUID
    why: str
    why_title: str
    kind: str
    kind_title: str
    reason: str
    reason_title: str
    asked_at: datetime
    reported_at: datetime
    answer: str | None
    answer_title: str | None
    owners: int
    barred: bool
    settled_at: datetime | None
    outcome: str | None
    outcome_title: str | None

    @classmethod
    def of(cls, found: Report, locale: str) -> "ReportShown":
        row = found.row

        def title(what: str, code: str) -> str | None:
            return text(f"car.{what}.{code}", locale) if code else None

        return cls.model_validate(
            {
                "id": row.id,
                "why": row.report,
                "why_title": title("report", row.report),
                "kind": row.kind,
                "kind_title": title("kind", row.kind),
                "reason": row.reason,
                "reason_title": title("reason", row.reason),
                "asked_at": row.created_at,
                "reported_at": row.reported_at,
                "answer": row.answer or None,
                "answer_title": title("answer", row.answer),
                "owners": found.owners,
                "barred": found.barred,
                "settled_at": row.settled_at,
                "outcome": row.outcome or None,
                "outcome_title": title("outcome", row.outcome),
            }
        )


class ReportList(BaseModel):
    """``outcomes``: what a report can be settled with."""

    reports: list[ReportShown]
    outcomes: list[ChoiceShown]


class ReportSettlement(Private):
    """``words`` are told to the owner who reported."""

    outcome: Outcome
    words: SaidWords


@routes.get(
    "/staff/car-reports",
    Access.STAFF,
    "Abuses of one-key move-car that owners reported: what waits, or what was settled",
    roles=_ROLES,
    query=ReportQuery,
    answer=ReportList,
)
async def listed(ask: Ask[None, ReportQuery]) -> ReportList:
    reports = ask.parts.launch.car_reports
    found = await reports.listed(member_of(ask), settled=ask.query.settled)
    return ReportList(
        reports=[ReportShown.of(one, ask.locale) for one in found],
        outcomes=[
            ChoiceShown(code=one, title=text(f"car.outcome.{one}", ask.locale)) for one in OUTCOMES
        ],
    )


@routes.post(
    "/staff/car-reports/{id}/settlement",
    Access.STAFF,
    "Say whether a report stands; the owner is told in these words",
    roles=_ROLES,
    status=204,
    body=ReportSettlement,
)
async def settle(ask: Ask[ReportSettlement, None]) -> None:
    reports, sent = ask.parts.launch.car_reports, ask.body
    await reports.settle(member_of(ask), ask.path["id"], sent.outcome, sent.words)
