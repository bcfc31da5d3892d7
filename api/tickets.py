"""A resident's tickets: a wrong field reported, followed, and whether the answer settles it."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, StringConstraints

from api.ask import Ask
from api.case_shapes import OfficeNamed, ServiceNamed, Text, TicketNumber
from api.me import resident_of
from api.routes import Access, Routes
from api.verifications import Private
from config.texts import text
from services.errors import ServiceUnknown
from services.models import Ticket
from services.tickets.ledger import Said
from services.tickets.own import Seen
from services.tickets.states import Kind

routes = Routes("tickets")

ONE = "/v1/tickets/{number}"


class ReportSent(Private):
    """``field``: its name in the service's answer; ``words``: what is wrong with it."""

    field: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    words: Annotated[Text, StringConstraints(min_length=1, max_length=1000)]


class Satisfaction(Private):
    settled: bool


class TicketLine(BaseModel):
    """``due_on``: until when it is to be answered; ``late``: that day has passed unanswered."""

    number: str
    kind: str
    kind_title: str
    service: ServiceNamed
    department: OfficeNamed
    field: str
    state: str
    state_title: str
    due_on: date
    late: bool
    created_at: datetime
    answered_at: datetime | None
    may: list[str]

    @classmethod
    def members(cls, row: Ticket, ask: Ask[None, None]) -> dict[str, object]:
        catalogue, locale = ask.parts.catalogue, ask.locale
        office = catalogue.departments.get(row.department)
        title = office.title[locale] if office else row.department
        return {
            "number": row.number,
            "kind": row.kind,
            "kind_title": text(f"ticket.kind.{row.kind}", locale),
            "service": _service(row.service, ask),
            "department": OfficeNamed(id=row.department, title=title),
            "field": row.field,
            "state": row.state,
            "state_title": text(f"ticket.state.{row.state}", locale),
            "due_on": row.due_on,
            "late": row.escalated_at is not None and row.answered_at is None,
            "created_at": row.created_at,
            "answered_at": row.answered_at,
            "may": ["satisfaction"] if row.state == "answered" else [],
        }


class TicketShown(TicketLine):
    """``words``: the resident's own; ``called``: reached or not-reached, when the office called;
    ``answer``: its kind (a code), in a word, and in the office's words.
    """

    words: str
    called: str | None
    called_at: datetime | None
    answer: str | None
    answer_title: str | None
    answer_words: str

    @classmethod
    def of(cls, seen: Seen, ask: Ask[None, None]) -> "TicketShown":
        row = seen.row
        return cls.model_validate(
            cls.members(row, ask)
            | {
                "words": seen.words,
                "called": row.call_back or None,
                "called_at": row.called_at,
                "answer": row.answer or None,
                "answer_title": text(f"ticket.answer.{row.answer}", ask.locale)
                if row.answer
                else None,
                "answer_words": seen.told,
            }
        )


class TicketList(BaseModel):
    """The youngest first, a hundred at most."""

    tickets: list[TicketLine]


@routes.post(
    "/v1/services/{id}/reports",
    Access.OWN_APP,
    "Say that a field of the service's answer is wrong; its owner hears of it",
    status=201,
    body=ReportSent,
    answer=TicketNumber,
    idempotent=True,
)
async def report(ask: Ask[ReportSent, None]) -> TicketNumber:
    service = ask.parts.catalogue.service(ask.path["id"])
    said = Said(Kind.FIELD, service, ask.body.words, ask.body.field)
    made = await ask.parts.counter.tickets.report(
        ask.caller, resident_of(ask.caller), said, ask.once
    )
    return TicketNumber(number=made)


@routes.get("/v1/tickets", Access.OWN_APP, "The resident's tickets", answer=TicketList)
async def listed(ask: Ask[None, None]) -> TicketList:
    rows = await ask.parts.counter.tickets.listed(resident_of(ask.caller))
    lines = [TicketLine.model_validate(TicketLine.members(row, ask)) for row in rows]
    return TicketList(tickets=lines)


@routes.get(ONE, Access.OWN_APP, "One ticket, with what was answered", answer=TicketShown)
async def show(ask: Ask[None, None]) -> TicketShown:
    seen = await ask.parts.counter.tickets.one(resident_of(ask.caller), ask.path["number"])
    return TicketShown.of(seen, ask)


@routes.post(
    f"{ONE}/satisfaction",
    Access.OWN_APP,
    "Say whether the answer settles it; if not, it is looked at again",
    status=204,
    body=Satisfaction,
)
async def satisfied(ask: Ask[Satisfaction, None]) -> None:
    await ask.parts.counter.tickets.satisfied(
        ask.caller, resident_of(ask.caller), ask.path["number"], settled=ask.body.settled
    )


def _service(id: str, ask: Ask[None, None]) -> ServiceNamed:
    """One that is offered no more keeps its id only."""
    try:
        service = ask.parts.catalogue.service(id)
    except ServiceUnknown:
        return ServiceNamed(id=id, title=id, icon="file")
    return ServiceNamed(id=id, title=service.title[ask.locale], icon=service.icon)
