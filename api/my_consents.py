"""What the resident agreed to, agreeing to more, and withdrawing it."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from api import my_grants
from api.ask import Ask
from api.me import resident_of
from api.my_grants import PartnerShown
from api.routes import Access, Routes
from api.verifications import ConsentGiven
from config.texts import text, words
from identity import consent
from identity.models import Consent

routes = Routes("me")


class ConsentShown(BaseModel):
    """``title`` is the purpose in words; ``version`` names the text that was agreed to and
    ``text_hash`` is its SHA-256; ``consequence`` says in words what withdrawing leads to.
    """

    purpose: str
    title: str
    version: str
    text_hash: str
    locale: str
    channel: str
    given_at: datetime
    given_by: Literal["self", "guardian"]
    withdrawn_at: datetime | None
    consequence: str


class ConsentList(BaseModel):
    """What holds, the last given first, and what was withdrawn, the last withdrawn first.

    ``partners``: what partners may see today; what is over stands under ``/v1/me/grants``.
    """

    consents: list[ConsentShown]
    withdrawn: list[ConsentShown]
    partners: list[PartnerShown]


@routes.get("/v1/me/consents", Access.OWN_APP, "What the resident agreed to", answer=ConsentList)
async def given(ask: Ask[None, None]) -> ConsentList:
    resident = resident_of(ask.caller)
    return ConsentList(
        consents=[_shown(row, resident, ask.locale) for row in await consent.living(resident)],
        withdrawn=[_shown(row, resident, ask.locale) for row in await consent.withdrawn(resident)],
        partners=await my_grants.shown(ask, await ask.parts.core.grants.living(resident)),
    )


@routes.post(
    "/v1/me/consents",
    Access.OWN_APP,
    "Agree to a purpose; given again in the same version it is the same consent",
    status=201,
    body=ConsentGiven,
    answer=ConsentShown,
)
async def agree(ask: Ask[ConsentGiven, None]) -> ConsentShown:
    resident, sent = resident_of(ask.caller), ask.body
    row = await consent.agree(
        ask.caller, resident, sent.purpose, sent.version, locale=ask.locale, channel="web"
    )
    return _shown(row, resident, ask.locale)


@routes.delete(
    "/v1/me/consents/{purpose}",
    Access.OWN_APP,
    "Withdraw a consent, with the consequence that its list names; or, by its id, a grant",
    status=204,
)
async def withdraw(ask: Ask[None, None]) -> None:
    resident, named = resident_of(ask.caller), ask.path["purpose"]
    if grant := _as_grant(named):
        await ask.parts.core.grants.withdraw(resident, grant, ask.caller)
    else:
        await consent.withdraw(ask.parts.sessions, resident, named, ask.caller)


def _as_grant(named: str) -> UUID | None:
    """Purposes are words, grants are UUIDs: none is the other."""
    try:
        return UUID(named)
    except ValueError:
        return None


def _shown(row: Consent, resident: UUID, locale: str) -> ConsentShown:
    own = row.given_by in (None, resident)
    consequence = consent.follows(row.purpose) if own else "by-guardian"
    return ConsentShown(
        purpose=row.purpose,
        title=words(locale).get(f"purpose.{row.purpose}", row.purpose),
        version=row.version,
        text_hash=row.text_hash,
        locale=row.locale,
        channel=row.channel,
        given_at=row.given_at,
        given_by="self" if own else "guardian",
        withdrawn_at=row.withdrawn_at,
        consequence=text(f"consequence.{consequence}", locale),
    )
