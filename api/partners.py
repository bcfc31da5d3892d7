"""Partners in public: who they are and what they may ask for; and a client's own record."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.ask import Ask
from api.routes import Access, Routes
from config.errors import CacheUnavailable
from identity.errors import ScopeMissing, TokenInvalid
from identity.partners.client import Client
from identity.partners.metadata import Metadata
from identity.partners.quota import Usage
from identity.partners.views import View, public
from identity.scopes import CLIENT_READ, OPENID, Scopes

routes = Routes("partners")


class PageWanted(BaseModel):
    """``after``: ``next`` of the page before."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    after: Annotated[str, Field(max_length=64, pattern=r"^[\x20-\x7e]*$")] = ""


class FieldShown(BaseModel):
    """One thing a partner may ask residents for. ``id``: its scope."""

    id: str
    title: str
    about: str
    sensitivity: Literal["low", "medium", "high"]


class PartnerListed(BaseModel):
    """``state`` suspended: it may ask nobody for the time being. ``since``: of its approval.

    ``environment`` sandbox: for trials, with test residents only.
    """

    id: str
    name: str
    organisation: str
    credit_code: str
    purpose: str
    uri: str
    policy_uri: str
    fields: list[FieldShown]
    environment: Literal["sandbox", "production"]
    state: Literal["approved", "suspended"]
    since: datetime | None

    @classmethod
    def of(cls, view: View, scopes: Scopes, locale: str) -> "PartnerListed":
        row, said = view.row, view.metadata
        return cls(
            id=row.id,
            name=said.name.said(locale),
            organisation=said.organisation.said(locale),
            credit_code=said.credit_code,
            purpose=said.purpose.said(locale),
            uri=said.client_uri,
            policy_uri=said.policy_uri,
            fields=fields_of(said, scopes, locale),
            environment=row.environment,
            state=row.state,
            since=row.decided_at,
        )


class PartnersListed(BaseModel):
    """``next``: where the next page begins, or null."""

    partners: list[PartnerListed]
    next: str | None


class OwnRecord(BaseModel):
    """``rate``: requests a minute, ``quota``: a day; ``used_…``: in the present minute and on the
    present day in China, null while nobody can count.
    ``proposed``: a change waits for an operator."""

    client_id: str
    kind: str
    environment: str
    state: str
    scope: str
    grant_types: list[str]
    rate: int
    quota: int
    used_this_minute: int | None
    used_today: int | None
    proposed: bool


@routes.get(
    "/v1/partners",
    Access.PUBLIC,
    "Every partner, and what it may ask residents for",
    query=PageWanted,
    answer=PartnersListed,
)
async def listed(ask: Ask[None, PageWanted]) -> PartnersListed:
    views, later = await public(ask.query.after)
    scopes = ask.parts.ground.scopes
    shown = [PartnerListed.of(view, scopes, ask.locale) for view in views]
    return PartnersListed(partners=shown, next=later)


@routes.get(
    "/v1/client",
    Access.CLIENT_TOKEN,
    "A client's own record and how much of its quota is used (scope client:read)",
    answer=OwnRecord,
)
async def own(ask: Ask[None, None]) -> OwnRecord:
    if CLIENT_READ not in ask.caller.scopes:
        raise ScopeMissing(cause="lacks client:read", scope=CLIENT_READ)
    parts = ask.parts
    client = await parts.ground.registry.client(ask.caller.client)
    if client is None:
        raise TokenInvalid(cause="its client is gone")
    used = await _usage(ask, client)
    return OwnRecord(
        client_id=client.id,
        kind=client.kind,
        environment=client.environment,
        state=client.state,
        scope=client.metadata.scope,
        grant_types=list(client.metadata.grant_types),
        rate=client.rate,
        quota=client.quota,
        used_this_minute=used and used.minute,
        used_today=used and used.today,
        proposed=await parts.partners.life.has_proposed(client.id),
    )


async def _usage(ask: Ask[None, None], client: Client) -> Usage | None:
    try:
        return await ask.parts.partners.quotas.usage(client)
    except CacheUnavailable:
        return None


def fields_of(said: Metadata, scopes: Scopes, locale: str) -> list[FieldShown]:
    """What residents may be asked for, in the order in which they are shown it."""
    wanted = scopes.of(said.scope.split())
    return [
        FieldShown(
            id=scope.id,
            title=scopes.title(scope.id, locale),
            about=scopes.about(scope.id, locale),
            sensitivity=scope.sensitivity.value,
        )
        for scope in wanted
        if scope.of == "resident" and scope.id != OPENID
    ]
