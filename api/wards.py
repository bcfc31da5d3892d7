"""Wards: a guardian's children, their codes, and what happens in their name."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, StringConstraints

from api.ask import Ask
from api.me import resident_of
from api.my_activity import ActivityQuery
from api.routes import Access, Routes
from api.verifications import ConsentGiven, Private
from config.texts import words
from identity.consent import GUARDIAN
from identity.errors import ConsentMissing
from identity.models import AuditEvent
from identity.wards import Wanted, Ward

routes = Routes("me")

_PAGE = 30


class WardWanted(Private):
    """The child's name and number, as on their document, and consent to guardian-consent."""

    name: Annotated[str, StringConstraints(max_length=200)]
    id_number: Annotated[str, StringConstraints(max_length=64)]
    document_type: Annotated[str, StringConstraints(max_length=32)] = "resident-id"
    country: Annotated[str, StringConstraints(max_length=2)] = ""
    consent: ConsentGiven


class WardShown(BaseModel):
    """``name`` is masked. ``admitted``: has verified here. ``codes``: still needs codes to."""

    id: str
    name: str
    admitted: bool
    codes: bool
    since: datetime
    ends_on: date

    @classmethod
    def of(cls, ward: Ward) -> "WardShown":
        return cls(
            id=str(ward.id),
            name=ward.name,
            admitted=ward.admitted,
            codes=ward.codes,
            since=ward.since,
            ends_on=ward.ends_on,
        )


class GuardianShown(BaseModel):
    """``name`` is masked."""

    name: str
    since: datetime
    ends_on: date


class WardList(BaseModel):
    """The caller's wards, and who is guardian of the caller."""

    wards: list[WardShown]
    guardians: list[GuardianShown]


class CodeGiven(BaseModel):
    """Shown once; the child's verification carries it as ``guardian_code``."""

    code: str
    expires_at: datetime

    def __repr__(self) -> str:
        return "CodeGiven(…)"

    __str__ = __repr__


class Seen(BaseModel):
    """What happened, in words: no more of it than the title and the service's."""

    at: datetime
    title: str
    service: str | None


class WardActivity(BaseModel):
    """Newest first; ``next`` is the cursor of the page after, absent on the last."""

    events: list[Seen]
    next: str | None


@routes.get("/v1/me/wards", Access.OWN_APP, "The resident's wards and guardians", answer=WardList)
async def show(ask: Ask[None, None]) -> WardList:
    wards, resident = ask.parts.own.wards, resident_of(ask.caller)
    return WardList(
        wards=[WardShown.of(ward) for ward in await wards.of(resident)],
        guardians=[
            GuardianShown(name=one.name, since=one.since, ends_on=one.ends_on)
            for one in await wards.guardians_of(resident)
        ],
    )


@routes.post(
    "/v1/me/wards",
    Access.OWN_APP,
    "Register a ward; the population register is asked",
    status=201,
    body=WardWanted,
    answer=WardShown,
)
async def add(ask: Ask[WardWanted, None]) -> WardShown:
    sent = ask.body
    if sent.consent.purpose != GUARDIAN:
        raise ConsentMissing(purpose=GUARDIAN)
    wanted = Wanted(
        name=sent.name,
        number=sent.id_number,
        document_type=sent.document_type,
        consent_version=sent.consent.version,
        locale=ask.locale,
        channel="web",
        address=ask.address,
        country=sent.country,
    )
    return WardShown.of(await ask.parts.own.wards.add(ask.caller, wanted))


@routes.post(
    "/v1/me/wards/{id}/code",
    Access.OWN_APP,
    "A one-time code for the child's verification; the one before is void",
    status=201,
    answer=CodeGiven,
)
async def code(ask: Ask[None, None]) -> CodeGiven:
    made = await ask.parts.own.wards.code(ask.caller, ask.path["id"])
    return CodeGiven(code=made.value, expires_at=made.expires_at)


@routes.get(
    "/v1/me/wards/{id}/activity",
    Access.OWN_APP,
    "What happened in the child's name; the child sees that it was looked at",
    query=ActivityQuery,
    answer=WardActivity,
)
async def activity(ask: Ask[None, ActivityQuery]) -> WardActivity:
    before = int(ask.query.cursor) if ask.query.cursor else None
    rows = await ask.parts.own.wards.activity(ask.caller, ask.path["id"], before, _PAGE + 1)
    shown = rows[:_PAGE]
    following = str(shown[-1].id) if len(rows) > _PAGE else None
    return WardActivity(events=[_seen(ask, row) for row in shown], next=following)


@routes.delete("/v1/me/wards/{id}", Access.OWN_APP, "Withdraw the consent for one ward", status=204)
async def end(ask: Ask[None, None]) -> None:
    await ask.parts.own.wards.end(ask.caller, ask.path["id"])


def _seen(ask: Ask[None, ActivityQuery], row: AuditEvent) -> Seen:
    title = words(ask.locale).get(f"event.{row.event}", row.event)
    service = ask.parts.catalogue.services.get(row.service)
    return Seen(at=row.at, title=title, service=service.title[ask.locale] if service else None)
