"""A partner asks: what the page shows a resident, and what they answer."""

from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, StringConstraints

from api.ask import Ask
from api.oauth.browser import gone, held
from api.replies import Reply
from api.routes import Access, Routes
from api.verifications import Private
from api.ways import keep_offered
from identity.oauth.interactions import Asked, Held
from identity.oauth.offers import Offered
from identity.partners.client import Client
from identity.scopes import Scope, Scopes

routes = Routes("interactions")

ScopeId = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class PartnerShown(BaseModel):
    """Who asks. ``credit_code``: GB 32100. ``environment``: sandbox or production."""

    id: str
    name: str
    organisation: str
    credit_code: str
    uri: str
    policy_uri: str
    environment: str

    @classmethod
    def of(cls, client: Client, locale: str) -> "PartnerShown":
        said = client.metadata
        return cls(
            id=client.id,
            name=said.name.said(locale),
            organisation=said.organisation.said(locale),
            credit_code=said.credit_code,
            uri=said.client_uri,
            policy_uri=said.policy_uri,
            environment=client.environment,
        )


class NarrowerShown(BaseModel):
    id: str
    title: str
    about: str


class ScopeShown(NarrowerShown):
    """``given``: what was said last time, null when it was not asked yet. ``instead``: narrower
    answers of which each can be given in its place.
    """

    sensitivity: str
    level: int
    given: bool | None
    instead: list[NarrowerShown]


class StepUpShown(BaseModel):
    """What has to be proven before a yes, and the ways that reach it (RFC 9470)."""

    acr_values: str
    max_age: int | None
    ways: list[str]


class InteractionShown(BaseModel):
    """``redirect_host``: where the answer goes. ``until``: how long a yes given now would hold.
    ``silent``: nothing is to be asked; answer ``silent`` at once.
    """

    id: str
    client: PartnerShown
    purpose: str
    redirect_host: str
    until: datetime
    scopes: list[ScopeShown]
    signed_in: bool
    step_up: StepUpShown | None
    silent: bool
    expires_at: datetime


class InteractionAnswer(Private):
    """``scopes``: what is given, with ``allow``."""

    decision: Literal["allow", "refuse", "silent"]
    scopes: list[ScopeId] = Field(default_factory=list, max_length=60)


class LeavingAnswer(Private):
    decision: Literal["refuse", "silent"] = "silent"


class GoBack(BaseModel):
    """Where the browser goes now."""

    redirect_to: str

    def __repr__(self) -> str:
        return "GoBack(…)"

    __str__ = __repr__


@routes.get(
    "/v1/interactions/{id}",
    Access.ANYONE,
    "What a partner asks the resident at this browser",
    answer=InteractionShown,
)
async def show(ask: Ask[None, None]) -> InteractionShown:
    asked = await ask.parts.partners.front.interactions.show(ask.caller, _held(ask))
    request, locale = asked.interaction.request, ask.locale
    scopes = ask.parts.ground.scopes
    return InteractionShown(
        id=asked.interaction.id,
        client=PartnerShown.of(asked.client, locale),
        purpose=asked.client.metadata.purpose.said(locale),
        redirect_host=_host(request.redirect_uri),
        until=asked.until,
        scopes=[_scope(scopes, one, locale) for one in asked.offered],
        signed_in=asked.signed_in,
        step_up=_step_up(ask, asked),
        silent=asked.silent,
        expires_at=asked.interaction.expires_at,
    )


@routes.post(
    "/v1/interactions/{id}",
    Access.OWN_APP,
    "Answer a partner: all of it, a part, or nothing",
    body=InteractionAnswer,
    answer=GoBack,
)
async def answer(ask: Ask[InteractionAnswer, None]) -> Reply:
    story, here = ask.parts.partners.front.interactions, _held(ask)
    match ask.body.decision:
        case "allow":
            address = await story.allow(ask.caller, here, ask.body.scopes, ask.locale)
        case "silent":
            address = await story.silent(ask.caller, here)
        case "refuse":
            address = await story.refuse(ask.caller, here)
    return _go(ask, address)


@routes.post(
    "/v1/interactions/{id}/login-required",
    Access.ANYONE,
    "Go back to the partner without having signed in",
    body=LeavingAnswer,
    answer=GoBack,
)
async def leave(ask: Ask[LeavingAnswer, None]) -> Reply:
    refused = ask.body.decision == "refuse"
    story = ask.parts.partners.front.interactions
    return _go(ask, await story.leave(_held(ask), refused=refused))


def _go(ask: Ask[InteractionAnswer, None] | Ask[LeavingAnswer, None], address: str) -> Reply:
    """The cookie has done its work."""
    cookie = gone(ask.path["id"], ask.parts.settings.public_url)
    body = GoBack(redirect_to=address).model_dump_json().encode()
    return Reply(body, cookies=(cookie,))


def _held(ask: Ask[None, None] | Ask[InteractionAnswer, None] | Ask[LeavingAnswer, None]) -> Held:
    return held(ask.path["id"], ask.cookies, ask.parts.settings.public_url)


def _scope(scopes: Scopes, offered: Offered, locale: str) -> ScopeShown:
    scope = offered.scope
    return ScopeShown(
        **_words(scopes, scope, locale),
        sensitivity=scope.sensitivity,
        level=scope.level,
        given=offered.given,
        instead=[NarrowerShown(**_words(scopes, one, locale)) for one in offered.instead],
    )


def _words(scopes: Scopes, scope: Scope, locale: str) -> dict[str, str]:
    return {
        "id": scope.id,
        "title": scopes.title(scope.id, locale),
        "about": scopes.about(scope.id, locale),
    }


def _step_up(ask: Ask[None, None], asked: Asked) -> StepUpShown | None:
    if asked.step_up is None:
        return None
    needed = keep_offered(asked.step_up, ask.parts.settings)
    return StepUpShown.model_validate(needed.facts)


def _host(redirect_uri: str) -> str:
    """An app's own scheme where there is no host (RFC 8252 §7.1)."""
    parts = urlsplit(redirect_uri)
    return parts.netloc or f"{parts.scheme}:"
