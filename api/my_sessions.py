"""Where the resident is signed in, and signing out of one or all."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from api.ask import Ask
from api.me import resident_of
from api.routes import Access, Routes
from identity.caller import OWN_APP, Caller
from identity.errors import SessionMissing
from identity.models import Session
from identity.places import shown

routes = Routes("me")

CURRENT = "current"


class SignedIn(BaseModel):
    """``place``: roughly where it began; ``actor``: a family agent works in it; ``partner``: whose
    sign-in it is, where it is not our own app's.
    """

    id: str
    device: str
    partner: str | None
    place: str
    channel: str
    created_at: datetime
    last_used_at: datetime
    current: bool
    actor: bool

    @classmethod
    def of(cls, row: Session, caller: Caller, locale: str, partner: str | None) -> "SignedIn":
        return cls(
            id=str(row.id),
            device=row.device_name,
            partner=partner,
            place=shown(row.place, locale),
            channel=row.channel,
            created_at=row.created_at,
            last_used_at=row.last_used_at,
            current=row.id == caller.session,
            actor=row.actor_id is not None,
        )


class SignedInList(BaseModel):
    sessions: list[SignedIn]


class SignOutQuery(BaseModel):
    """``forget=true``: the device is not remembered any more either."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    forget: Literal["true", "false"] = "false"


@routes.get(
    "/v1/me/sessions", Access.OWN_APP, "Where the resident is signed in", answer=SignedInList
)
async def sessions(ask: Ask[None, None]) -> SignedInList:
    living = await ask.parts.sessions.living(resident_of(ask.caller))
    shown = [SignedIn.of(row, ask.caller, ask.locale, await _partner(ask, row)) for row in living]
    return SignedInList(sessions=shown)


async def _partner(ask: Ask[None, None], row: Session) -> str | None:
    """The client's name; of one that is gone its id."""
    if row.client == OWN_APP:
        return None
    client = await ask.parts.ground.registry.client(row.client)
    return client.metadata.name.said(ask.locale) if client else row.client


@routes.delete(
    "/v1/me/sessions/{id}",
    Access.OWN_APP,
    'Sign a device out, and forget it if asked; "current" is this one',
    query=SignOutQuery,
    status=204,
)
async def sign_out(ask: Ask[None, SignOutQuery]) -> None:
    resident, session = resident_of(ask.caller), _session(ask.path["id"], ask.caller)
    if ask.query.forget == "true":
        await ask.parts.own.sign_outs.forgetting(resident, session, ask.caller)
    else:
        await ask.parts.sessions.end(session, resident, caller=ask.caller)


@routes.delete(
    "/v1/me/sessions", Access.OWN_APP, "Sign out everywhere; no device is remembered", status=204
)
async def sign_out_everywhere(ask: Ask[None, None]) -> None:
    await ask.parts.own.sign_outs.everywhere(resident_of(ask.caller), ask.caller)


def _session(named: str, caller: Caller) -> UUID:
    if named == CURRENT and caller.session:
        return caller.session
    try:
        return UUID(named)
    except ValueError:
        raise SessionMissing() from None
