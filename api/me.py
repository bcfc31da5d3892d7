"""The resident's own record: who they are here, who read it, where they are signed in."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.arrivals import ResidentShown
from api.ask import Ask
from api.routes import Access, Routes
from config.texts import text, words
from identity import audit
from identity.caller import OWN_APP, Caller
from identity.errors import SessionMissing, SignInNeeded
from identity.models import AuditEvent
from identity.residents import ResidentView
from identity.ways import SENSITIVE, reaching
from services.catalogue import Catalogue

routes = Routes("me")

_PAGE = 30
CURRENT = "current"


class Renewal(BaseModel):
    """What is needed when the proofing lapses: any of ``ways``; ``needed`` once it has."""

    needed: bool
    ways: list[str]
    title: str
    detail: str


class Me(ResidentShown):
    """``acr``: the assurance of this session; ``proofed``: the resident's own, today."""

    acr: str
    renewal: Renewal


class Happening(BaseModel):
    """``event`` is a code, ``title``, ``actor``, ``purpose`` and ``service`` are words."""

    at: datetime
    event: str
    title: str
    actor: str
    purpose: str
    service: str | None
    outcome: str


class Activity(BaseModel):
    """Newest first; ``next`` is the cursor of the page after, absent on the last."""

    events: list[Happening]
    next: str | None


class ActivityQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    cursor: Annotated[str, StringConstraints(pattern=r"^([0-9]{1,18})?$")] = ""


class SignedIn(BaseModel):
    id: str
    device: str
    created_at: datetime
    last_used_at: datetime
    current: bool


class SignedInList(BaseModel):
    sessions: list[SignedIn]


@routes.get("/v1/me", Access.OWN_APP, "The resident's own record, masked", answer=Me)
async def show(ask: Ask[None, None]) -> Me:
    view = await ask.parts.residents.view(resident_of(ask.caller))
    made: Me = Me.of(view, acr=ask.caller.acr, renewal=_renewal(view, ask.locale))
    return made


@routes.get(
    "/v1/me/activity",
    Access.OWN_APP,
    "Who did what with the resident's data",
    query=ActivityQuery,
    answer=Activity,
)
async def activity(ask: Ask[None, ActivityQuery]) -> Activity:
    before = int(ask.query.cursor) if ask.query.cursor else None
    rows = await audit.activity(resident_of(ask.caller), before, _PAGE + 1)
    shown = rows[:_PAGE]
    following = str(shown[-1].id) if len(rows) > _PAGE else None
    return Activity(events=[_happening(ask, row) for row in shown], next=following)


@routes.get(
    "/v1/me/sessions", Access.OWN_APP, "Where the resident is signed in", answer=SignedInList
)
async def sessions(ask: Ask[None, None]) -> SignedInList:
    living = await ask.parts.sessions.living(resident_of(ask.caller))
    return SignedInList(
        sessions=[
            SignedIn(
                id=str(row.id),
                device=row.device_name,
                created_at=row.created_at,
                last_used_at=row.last_used_at,
                current=row.id == ask.caller.session,
            )
            for row in living
        ]
    )


@routes.delete(
    "/v1/me/sessions/{id}", Access.OWN_APP, 'Sign a device out; "current" is this one', status=204
)
async def sign_out(ask: Ask[None, None]) -> None:
    session = _session(ask.path["id"], ask.caller)
    await ask.parts.sessions.end(session, resident_of(ask.caller), caller=ask.caller)


def _renewal(view: ResidentView, locale: str) -> Renewal:
    """A passkey shows that it is you again; it renews no proofing."""
    ways = [way.id for way in reaching(SENSITIVE) if not way.bound]
    lapsed = view.proofed_until <= datetime.now(UTC)
    said = "lapsed" if lapsed else "holds"
    title, detail = (text(f"proofing.{said}.{part}", locale) for part in ("title", "detail"))
    return Renewal(needed=lapsed, ways=ways, title=title, detail=detail)


def resident_of(caller: Caller) -> UUID:
    """Whose record this is. Raises SignInNeeded."""
    if caller.resident is None:  # the gate lets nobody else here
        raise SignInNeeded()
    return caller.resident


def _session(named: str, caller: Caller) -> UUID:
    if named == CURRENT and caller.session:
        return caller.session
    try:
        return UUID(named)
    except ValueError:
        raise SessionMissing() from None


def _happening(ask: Ask[None, ActivityQuery], row: AuditEvent) -> Happening:
    known = words(ask.locale)
    own = row.client == OWN_APP and row.actor == str(row.resident_id)
    return Happening(
        at=row.at,
        event=row.event,
        title=known.get(f"event.{row.event}", row.event),
        actor=text("actor.self" if own else f"actor.{row.actor_kind}", ask.locale),
        purpose=known.get(f"purpose.{row.purpose}", row.purpose),
        service=_service(ask.parts.catalogue, row.service, ask.locale),
        outcome=row.outcome,
    )


def _service(catalogue: Catalogue, named: str, locale: str) -> str | None:
    """The service's title; one that is no longer offered keeps its id."""
    if not named:
        return None
    known = catalogue.services.get(named)
    return known.title[locale] if known else named
