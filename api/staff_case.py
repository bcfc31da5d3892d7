"""One case in its holder's hands: read with its purpose on record, accepted, asked for more,
decided, passed on."""

from typing import Annotated, Any, Literal
from urllib.parse import quote
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from api.ask import Ask
from api.replies import Reply
from api.routes import Access, Routes
from api.staff_cases import ONE
from api.staff_door import member_of
from api.verifications import Private
from services.applications.reach import WORKING
from services.applications.staff_view import Choice
from services.applications.states import TRANSITIONS, Event, State
from services.applications.work import Opened, Seen
from services.materials.errors import MaterialMissing

routes = Routes("staff")

_SHOWN = ("image/jpeg", "image/png")
# What a resident uploaded is opened as nothing but a picture or a file: no script, no origin.
_CAGED = {
    "cache-control": "no-store",
    "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
}
_ACTS = {
    "accept": Event.ACCEPT,
    "supplement": Event.ASK_SUPPLEMENT,
    "approve": Event.APPROVE,
    "refuse": Event.REFUSE,
}
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]
SaidWords = Annotated[Words, StringConstraints(min_length=2)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Version = Annotated[int, Field(ge=0, le=2**31 - 1)]


class ChoiceShown(BaseModel):
    code: str
    title: str

    @classmethod
    def each(cls, choices: tuple[Choice, ...]) -> "list[ChoiceShown]":
        return [cls(code=one.code, title=one.title) for one in choices]


class Applicant(BaseModel):
    """The name in full, the document's number masked."""

    name: str
    id_number: str


class CaseOpened(BaseModel):
    """``case``: as GET /v1/applications/{number} has it; ``question``: the form's JSON Schema;
    ``version`` goes back with every step, so that nothing is decided that was not seen;
    ``may``: take, accept, supplement, approve, refuse, again, escalate, release; ``advice``: what
    the rules would say of it."""

    case: dict[str, Any]
    applicant: Applicant
    question: dict[str, Any]
    version: int
    waits_for: str
    mine: bool
    may: list[str]
    advice: list[str]
    reasons: list[ChoiceShown]
    materials: list[ChoiceShown]
    fields: list[ChoiceShown]

    @classmethod
    def of(cls, opened: Opened) -> "CaseOpened":
        choices = opened.choices
        return cls(
            case=dict(opened.file),
            applicant=Applicant(**opened.applicant),
            question=choices.question,
            version=opened.version,
            waits_for=opened.waits_for,
            mine=opened.holds,
            may=_may(opened),
            advice=list(opened.advice),
            reasons=ChoiceShown.each(choices.reasons),
            materials=ChoiceShown.each(choices.materials),
            fields=ChoiceShown.each(choices.fields),
        )


class Step(Private):
    """``version`` as it was shown; ``words`` for the case and its resident."""

    version: Version
    words: Words = ""


class SupplementWanted(Step):
    """``wanted``: kinds of material and names of fields; ``words``: what is missing and why."""

    wanted: Annotated[list[Code], Field(min_length=1, max_length=20)]
    words: SaidWords


class CaseDecision(Step):
    """``reasons``: codes of the service; a refusal has one at least."""

    outcome: Literal["approve", "refuse"]
    reasons: Annotated[list[Code], Field(default_factory=list, max_length=10)]


class Escalation(Step):
    words: SaidWords


@routes.get(
    ONE,
    Access.STAFF,
    "The whole case; that it was opened is recorded first, and its resident sees it",
    roles=WORKING,
    answer=CaseOpened,
)
async def show(ask: Ask[None, None]) -> CaseOpened:
    opened = await ask.parts.work.cases.open(member_of(ask), ask.path["number"], ask.locale)
    return CaseOpened.of(opened)


@routes.get(
    f"{ONE}/materials/{{id}}",
    Access.STAFF,
    "One document of the case, as it was given; opening it is recorded",
    roles=WORKING,
)
async def material(ask: Ask[None, None]) -> Reply:
    try:
        wanted = UUID(ask.path["id"])
    except ValueError:
        raise MaterialMissing() from None
    found = await ask.parts.work.cases.material(member_of(ask), ask.path["number"], wanted)
    kind = "inline" if found.media_type in _SHOWN else "attachment"
    named = f"{kind}; filename*=UTF-8''{quote(found.name, safe='')}"
    return Reply(found.body, found.media_type, headers={**_CAGED, "content-disposition": named})


@routes.post(f"{ONE}/acceptance", Access.STAFF, "Accept it", roles=WORKING, status=204, body=Step)
async def accept(ask: Ask[Step, None]) -> None:
    await ask.parts.work.cases.accept(member_of(ask), _seen(ask), ask.body.words)


@routes.post(
    f"{ONE}/supplement",
    Access.STAFF,
    "Ask its resident for what is missing; the clocks stand still meanwhile",
    roles=WORKING,
    status=204,
    body=SupplementWanted,
)
async def ask_supplement(ask: Ask[SupplementWanted, None]) -> None:
    sent = ask.body
    await ask.parts.work.cases.ask_supplement(member_of(ask), _seen(ask), sent.wanted, sent.words)


@routes.post(
    f"{ONE}/decision",
    Access.STAFF,
    "Approve or refuse it, with reasons its resident reads",
    roles=WORKING,
    status=204,
    body=CaseDecision,
)
async def decide(ask: Ask[CaseDecision, None]) -> None:
    sent = ask.body
    await ask.parts.work.cases.decide(
        member_of(ask), _seen(ask), sent.outcome, sent.reasons, sent.words
    )


@routes.post(
    f"{ONE}/repetition",
    Access.STAFF,
    "Ask the offices that did not answer once more",
    roles=WORKING,
    status=204,
    body=Step,
)
async def ask_again(ask: Ask[Step, None]) -> None:
    await ask.parts.work.cases.ask_again(member_of(ask), _seen(ask))


@routes.post(
    f"{ONE}/escalation",
    Access.STAFF,
    "Pass it to a lead, with what they should know",
    roles=WORKING,
    status=204,
    body=Escalation,
)
async def escalate(ask: Ask[Escalation, None]) -> None:
    await ask.parts.work.cases.escalate(member_of(ask), _seen(ask), ask.body.words)


def _seen(ask: Ask[Any, None]) -> Seen:
    return Seen(ask.path["number"], ask.body.version)


def _may(opened: Opened) -> list[str]:
    """What its reader may do with it now; who reads without holding it is a lead."""
    if opened.free:
        return ["take"]
    if not opened.holds:
        return ["release"] if opened.held else []
    if opened.waits_for not in ("staff", "lead"):
        return ["release"]
    state = State(opened.file["state"])
    acts = _ACTS if opened.decides else {}
    return [
        *(act for act, event in acts.items() if (state, event) in TRANSITIONS),
        *(["again"] if opened.failed else []),
        "escalate",
        "release",
    ]
