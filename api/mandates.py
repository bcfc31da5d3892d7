"""Family mandates: offering, answering, ending them, and acting under one."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.ask import Ask
from api.routes import Access, Routes
from identity import documents
from identity.mandates import MandateMissing, MandateView, Offer

routes = Routes("mandates")

MOST_SERVICES = 50


class AgentNamed(BaseModel):
    """Who is to act: name and number as on their document."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: Annotated[str, StringConstraints(max_length=200)]
    id_number: Annotated[str, StringConstraints(max_length=64)]
    document_type: Annotated[str, StringConstraints(max_length=32)] = documents.RESIDENT_ID

    def __repr__(self) -> str:
        return "AgentNamed(…)"

    __str__ = __repr__


class MandateWanted(BaseModel):
    """``services``: ids of the catalogue; both days are included (Asia/Shanghai)."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    agent: AgentNamed
    services: Annotated[list[str], Field(min_length=1, max_length=MOST_SERVICES)]
    starts_on: date
    ends_on: date


class ServiceNamed(BaseModel):
    id: str
    title: str


class MandateShown(BaseModel):
    """``given``: by the resident, else received. ``other``: the other side's masked name.

    ``state``: offered, accepted, refused, revoked or over.
    """

    id: str
    given: bool
    other: str
    services: list[ServiceNamed]
    starts_on: date
    ends_on: date
    state: str


class MandateList(BaseModel):
    mandates: list[MandateShown]


class ActingToken(BaseModel):
    """A token to act for the principal. There is no refreshing: ask again."""

    access_token: str
    token_type: Literal["Bearer", "DPoP"]
    expires_in: int

    def __repr__(self) -> str:
        return "ActingToken(…)"

    __str__ = __repr__


@routes.post(
    "/v1/me/mandates",
    Access.OWN_APP,
    "Let another resident use named services for you; needs a fresh proof at level 4",
    status=201,
    body=MandateWanted,
    answer=MandateShown,
)
async def offer(ask: Ask[MandateWanted, None]) -> MandateShown:
    sent = ask.body
    await ask.parts.core.attempts.pace(ask.address)
    for service in sent.services:
        ask.parts.catalogue.service(service)  # ServiceUnknown names what is not offered
    number = documents.parse(sent.agent.document_type, sent.agent.id_number)
    name = documents.name(sent.agent.name)
    wanted = Offer(name, number, sent.services, sent.starts_on, sent.ends_on)
    return _shown(ask, await ask.parts.own.mandates.offer(ask.caller, wanted))


@routes.get("/v1/me/mandates", Access.OWN_APP, "Mandates given and received", answer=MandateList)
async def listed(ask: Ask[None, None]) -> MandateList:
    found = await ask.parts.own.mandates.list(ask.caller)
    return MandateList(mandates=[_shown(ask, one) for one in found])


@routes.post(
    "/v1/me/mandates/{id}/acceptance",
    Access.OWN_APP,
    "Accept a mandate offered to you; needs a fresh proof at level 4",
    answer=MandateShown,
)
async def accept(ask: Ask[None, None]) -> MandateShown:
    return _shown(ask, await ask.parts.own.mandates.accept(ask.caller, _mandate(ask)))


@routes.post(
    "/v1/me/mandates/{id}/refusal",
    Access.OWN_APP,
    "Refuse a mandate offered to you",
    answer=MandateShown,
)
async def refuse(ask: Ask[None, None]) -> MandateShown:
    return _shown(ask, await ask.parts.own.mandates.refuse(ask.caller, _mandate(ask)))


@routes.delete("/v1/me/mandates/{id}", Access.OWN_APP, "End a mandate, by either side", status=204)
async def revoke(ask: Ask[None, None]) -> None:
    await ask.parts.own.mandates.revoke(ask.caller, _mandate(ask))


@routes.post(
    "/v1/me/mandates/{id}/tokens",
    Access.OWN_APP,
    "A token to act under a mandate, naming both people (claim act)",
    status=201,
    answer=ActingToken,
)
async def act(ask: Ask[None, None]) -> ActingToken:
    token = await ask.parts.own.agents.act(ask.caller, _mandate(ask))
    return ActingToken(access_token=token.value, token_type=token.type, expires_in=token.expires_in)


def _mandate(ask: Ask[None, None]) -> UUID:
    try:
        return UUID(ask.path["id"])
    except ValueError:
        raise MandateMissing() from None


def _shown(ask: Ask[MandateWanted, None] | Ask[None, None], view: MandateView) -> MandateShown:
    known = ask.parts.catalogue.services
    services = [
        ServiceNamed(id=one, title=known[one].title[ask.locale] if one in known else one)
        for one in view.services
    ]
    return MandateShown(
        id=str(view.id),
        given=view.given,
        other=view.other,
        services=services,
        starts_on=view.starts_on,
        ends_on=view.ends_on,
        state=view.state,
    )
