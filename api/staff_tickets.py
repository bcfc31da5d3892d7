"""Bad ratings, complaints and wrong fields before those who answer them: role ``listener``, and
leads."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.ask import Ask
from api.reads import field_title
from api.routes import Access, Routes
from api.staff_case import ChoiceShown, SaidWords
from api.staff_cases import ServiceNamed
from api.staff_door import member_of
from api.verifications import Private
from config.texts import text
from identity.staff.roles import Role
from services.models import Ticket
from services.tickets.desk import Opened
from services.tickets.states import ANSWERS, CALLED, REACHED, TRANSITIONS, Event, State

routes = Routes("staff")

_ROLES = frozenset({Role.LISTENER, Role.LEAD})
_ONE = "/staff/tickets/{number}"
_ACTS = {Event.TAKE: "take", Event.GIVE_BACK: "release", Event.CALL: "call", Event.ANSWER: "answer"}


class TicketQuery(BaseModel):
    """Nothing said: what nobody has answered yet."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    state: Literal["", *(state.value for state in State)] = ""  # type: ignore[valid-type]
    mine: bool = False


class TicketLine(BaseModel):
    """Nothing of the resident's own. ``due_on``: the last working day in time."""

    number: str
    kind: str
    kind_title: str
    service: ServiceNamed
    state: str
    state_title: str
    region: str
    due_on: date
    created_at: datetime
    escalated: bool
    taken: bool
    mine: bool

    @classmethod
    def of(cls, row: Ticket, ask: Ask[None, TicketQuery] | Ask[None, None]) -> "TicketLine":
        locale = ask.locale
        return cls(
            number=row.number,
            kind=row.kind,
            kind_title=text(f"ticket.kind.{row.kind}", locale),
            service=_service(row, ask),
            state=row.state,
            state_title=text(f"ticket.state.{row.state}", locale),
            region=row.region,
            due_on=row.due_on,
            created_at=row.created_at,
            escalated=row.escalated_at is not None,
            taken=row.staff_id is not None,
            mine=row.staff_id == member_of(ask).id,
        )


class TicketList(BaseModel):
    """The most urgent first."""

    tickets: list[TicketLine]


class TicketOpened(TicketLine):
    """``words``: what the resident wrote; ``told``: what they were answered; ``phone``: to call
    back, for who has taken it; ``field``: the title of the one that is wrong; ``may``: take,
    release, call, answer; ``must_call``: before it is answered."""

    words: str
    told: str
    phone: str | None
    field: str
    application: str
    grade: int | None
    tags: list[str]
    call_back: str
    must_call: bool
    may: list[str]
    answers: list[ChoiceShown]
    outcomes: list[ChoiceShown]

    @classmethod
    def opened(cls, found: Opened, ask: Ask[None, None]) -> "TicketOpened":
        row, locale = found.row, ask.locale
        said = row.call_back and text(f"ticket.call.{row.call_back}", locale)
        return cls(
            **TicketLine.of(row, ask).model_dump(),
            words=found.words,
            told=found.told,
            phone=found.phone,
            field=field_title(ask.parts, row.service, row.field, locale) if row.field else "",
            application=found.application,
            grade=found.grade,
            tags=[text(f"rating.tag.{tag}", locale) for tag in found.tags],
            call_back=said,
            must_call=row.kind in CALLED and not row.call_back,
            may=_may(found),
            answers=_choices("answer", ANSWERS, locale),
            outcomes=_choices("call", REACHED, locale),
        )


class Call(Private):
    outcome: Literal["reached", "not-reached"]


class TicketAnswer(Private):
    """``answer``: one of ``answers``; ``words`` are told to the resident."""

    answer: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    words: SaidWords


@routes.get(
    "/staff/tickets",
    Access.STAFF,
    "What is to be answered for one's departments and region, the most urgent first",
    roles=_ROLES,
    query=TicketQuery,
    answer=TicketList,
)
async def listed(ask: Ask[None, TicketQuery]) -> TicketList:
    found = await ask.parts.work.tickets.waiting(
        member_of(ask), state=ask.query.state, mine=ask.query.mine
    )
    return TicketList(tickets=[TicketLine.of(row, ask) for row in found])


@routes.get(
    _ONE,
    Access.STAFF,
    "One with its words; that it was read is recorded first, and its resident sees it",
    roles=_ROLES,
    answer=TicketOpened,
)
async def show(ask: Ask[None, None]) -> TicketOpened:
    found = await ask.parts.work.tickets.one(member_of(ask), ask.path["number"])
    return TicketOpened.opened(found, ask)


@routes.post(f"{_ONE}/taking", Access.STAFF, "Take it", roles=_ROLES, status=204)
async def take(ask: Ask[None, None]) -> None:
    await ask.parts.work.tickets.take(member_of(ask), ask.path["number"])


@routes.post(f"{_ONE}/release", Access.STAFF, "Give it back", roles=_ROLES, status=204)
async def give_back(ask: Ask[None, None]) -> None:
    await ask.parts.work.tickets.give_back(member_of(ask), ask.path["number"])


@routes.post(
    f"{_ONE}/call",
    Access.STAFF,
    "Say that the resident was called back, and whether they were reached",
    roles=_ROLES,
    status=204,
    body=Call,
)
async def called(ask: Ask[Call, None]) -> None:
    await ask.parts.work.tickets.called(member_of(ask), ask.path["number"], ask.body.outcome)


@routes.post(
    f"{_ONE}/answer",
    Access.STAFF,
    "Answer it; the resident is told, and says whether it is settled",
    roles=_ROLES,
    status=204,
    body=TicketAnswer,
)
async def answer(ask: Ask[TicketAnswer, None]) -> None:
    sent, number = ask.body, ask.path["number"]
    await ask.parts.work.tickets.answer(member_of(ask), number, sent.answer, sent.words)


def _service(row: Ticket, ask: Ask[None, TicketQuery] | Ask[None, None]) -> ServiceNamed:
    """One that is offered no more keeps its id: its tickets are answered all the same."""
    entry = ask.parts.catalogue.entries.get(row.service)
    if entry is None:
        return ServiceNamed(id=row.service, title=row.service, icon="")
    return ServiceNamed(id=entry.id, title=entry.title[ask.locale], icon=entry.icon)


def _may(found: Opened) -> list[str]:
    row = found.row
    able = [act for event, act in _ACTS.items() if (State(row.state), event) in TRANSITIONS]
    return able if found.mine else [act for act in able if act == "take"]


def _choices(kind: str, codes: tuple[str, ...], locale: str) -> list[ChoiceShown]:
    return [ChoiceShown(code=code, title=text(f"ticket.{kind}.{code}", locale)) for code in codes]
