"""Letting a kiosk in by telephone: what it asks, yes or no, and the number to type there."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, StringConstraints

from api.ask import Ask
from api.routes import Access, Routes
from api.verifications import Private
from identity.kiosks.handoffs import Asked

routes = Routes("handoffs")


class HandoffScanned(Private):
    """``code``: of the address in the QR, or as it is typed from below it."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class HandoffDecided(Private):
    decision: Literal["allow", "refuse"]


class HandoffService(BaseModel):
    id: str
    title: str


class HandoffScope(BaseModel):
    """What the kiosk would see, in words."""

    id: str
    title: str
    about: str
    sensitivity: str
    level: int
    given: bool | None = None
    instead: list[str] = []


class HandoffStepUp(BaseModel):
    """What has to be proven before a yes; a no needs nothing."""

    acr_values: str
    max_age: int | None
    ways: list[str]


class HandoffShown(BaseModel):
    """Where the kiosk stands, and what it asks for. ``expires_at``: of the whole hand-off."""

    id: str
    site: str
    address: str
    service: HandoffService
    scopes: list[HandoffScope]
    step_up: HandoffStepUp | None
    expires_at: datetime


class HandoffAnswer(BaseModel):
    """``number``: type it at the kiosk you stand before; null after a refusal."""

    number: str | None

    def __repr__(self) -> str:
        return "HandoffAnswer(…)"

    __str__ = __repr__


@routes.post(
    "/v1/handoffs",
    Access.OWN_APP,
    "Scan a kiosk's code: it works once",
    status=201,
    body=HandoffScanned,
    answer=HandoffShown,
)
async def scan(ask: Ask[HandoffScanned, None]) -> HandoffShown:
    return _shown(ask, await ask.parts.kiosks.handoffs.claim(ask.caller, ask.body.code))


@routes.get(
    "/v1/handoffs/{id}",
    Access.OWN_APP,
    "What this telephone scanned, again",
    answer=HandoffShown,
)
async def show(ask: Ask[None, None]) -> HandoffShown:
    return _shown(ask, await ask.parts.kiosks.handoffs.show(ask.caller, ask.path["id"]))


@routes.post(
    "/v1/handoffs/{id}",
    Access.OWN_APP,
    "Let the kiosk in, or refuse it",
    body=HandoffDecided,
    answer=HandoffAnswer,
)
async def decide(ask: Ask[HandoffDecided, None]) -> HandoffAnswer:
    handoffs = ask.parts.kiosks.handoffs
    act = handoffs.allow if ask.body.decision == "allow" else handoffs.refuse
    return HandoffAnswer(number=(await act(ask.caller, ask.path["id"])).number)


def _shown(ask: Ask[HandoffScanned, None] | Ask[None, None], asked: Asked) -> HandoffShown:
    offer, terminal = asked.offer, asked.terminal
    step_up = HandoffStepUp.model_validate(asked.step_up) if asked.step_up else None
    return HandoffShown(
        id=asked.handoff.id,
        site=terminal.site,
        address=terminal.address,
        service=HandoffService(id=offer.id, title=offer.title[ask.locale]),
        scopes=[_scope(ask, offer.scope)],
        step_up=step_up,
        expires_at=asked.handoff.expires_at,
    )


def _scope(ask: Ask[HandoffScanned, None] | Ask[None, None], id: str) -> HandoffScope:
    scopes = ask.parts.ground.scopes
    (found,) = scopes.of([id])
    return HandoffScope(
        id=id,
        title=scopes.title(id, ask.locale),
        about=scopes.about(id, ask.locale),
        sensitivity=found.sensitivity,
        level=found.level,
    )
