"""What the resident lets partners see: field by field, since when, until when, last used."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from api.ask import Ask
from api.me import resident_of
from api.routes import Access, Routes
from identity import agreed
from identity.models import Grant
from identity.partners.client import Client
from identity.scopes import OPENID, Scopes, Sensitivity

routes = Routes("me")


class ScopeAnswered(BaseModel):
    """One thing that was asked for, and whether the resident gave it."""

    id: str
    title: str
    about: str
    sensitivity: Sensitivity
    given: bool


class PartnerShown(BaseModel):
    """``id`` is the grant's, for withdrawing it. ``agreed``: the very words that were shown.

    ``name``, ``organisation`` and ``purpose`` are the partner's of today, its id for one that is
    gone. ``ended_why``: withdrawn, expired, merged and the like; empty while it holds.
    """

    id: UUID
    client: str
    kind: str
    name: str
    organisation: str
    policy_uri: str
    purpose: str
    scopes: list[ScopeAnswered]
    agreed: str
    given_at: datetime
    until: datetime
    last_used_at: datetime | None
    ended_at: datetime | None
    ended_why: str


class GrantList(BaseModel):
    """What holds, the last given first; and what is over, the last ended first."""

    partners: list[PartnerShown]
    former: list[PartnerShown]


@routes.get("/v1/me/grants", Access.OWN_APP, "What partners may see", answer=GrantList)
async def granted(ask: Ask[None, None]) -> GrantList:
    resident, grants = resident_of(ask.caller), ask.parts.core.grants
    return GrantList(
        partners=await shown(ask, await grants.living(resident)),
        former=await shown(ask, await grants.ended(resident)),
    )


async def shown(ask: Ask[None, None], grants: Sequence[Grant]) -> list[PartnerShown]:
    """These grants in words."""
    words = await agreed.read(grant.text_hash for grant in grants)
    clients = {id: await ask.parts.ground.registry.client(id) for id in {g.client for g in grants}}
    return [
        _shown(grant, clients[grant.client], words.get(grant.text_hash, ""), ask)
        for grant in grants
    ]


def _shown(grant: Grant, client: Client | None, words: str, ask: Ask[None, None]) -> PartnerShown:
    said = client.metadata if client else None
    return PartnerShown(
        id=grant.id,
        client=grant.client,
        kind=client.kind.value if client else "partner",
        name=said.name.said(ask.locale) if said else grant.client,
        organisation=said.organisation.said(ask.locale) if said else "",
        policy_uri=said.policy_uri if said else "",
        purpose=said.purpose.said(ask.locale) if said else "",
        scopes=_answered(ask.parts.ground.scopes, grant, ask.locale),
        agreed=words,
        given_at=grant.given_at,
        until=grant.expires_at,
        last_used_at=grant.last_used_at,
        ended_at=grant.ended_at,
        ended_why=grant.ended_why,
    )


def _answered(scopes: Scopes, grant: Grant, locale: str) -> list[ScopeAnswered]:
    """Those that still exist, in the order in which people are shown them."""
    given = set(grant.scopes.split())
    return [
        ScopeAnswered(
            id=scope.id,
            title=scopes.title(scope.id, locale),
            about=scopes.about(scope.id, locale),
            sensitivity=scope.sensitivity,
            given=scope.id in given,
        )
        for scope in scopes.of(grant.asked.split())
        if scope.id != OPENID
    ]
