"""Who did what with the resident's data, and for whom the resident did something."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from api import reads
from api.ask import Ask
from api.me import resident_of
from api.routes import Access, Routes
from config.texts import words
from identity import audit
from identity.caller import OWN_APP, CallerKind
from identity.errors import ResidentMissing
from identity.models import AuditEvent
from identity.partners.client import Client
from identity.person import mask

routes = Routes("me")

_PAGE = 30


class Happening(BaseModel):
    """``event`` is a code, ``title``, ``actor``, ``purpose`` and ``service`` are words.

    ``other``: masked name of the other side, where a family agent acts: for the resident the
    agent, for the agent whom they acted for. ``partner``: the client it concerns; ``service`` is
    then the service or the field of the profile that it read.
    """

    at: datetime
    event: str
    title: str
    actor: str
    purpose: str
    service: str | None
    outcome: str
    other: str | None
    partner: str | None


class Activity(BaseModel):
    """Newest first; ``next`` is the cursor of the page after, absent on the last."""

    events: list[Happening]
    next: str | None


class ActivityQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    cursor: Annotated[str, StringConstraints(pattern=r"^([0-9]{1,18})?$")] = ""


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
    names, partners = await _names(ask, shown), await _partners(ask, shown)
    events = [_happening(ask, row, names, partners.get(row.client)) for row in shown]
    return Activity(events=events, next=following)


async def _partners(ask: Ask[None, ActivityQuery], rows: Sequence[AuditEvent]) -> dict[str, Client]:
    """The clients that are not our own app; of those that are gone, nothing."""
    staff = CallerKind.STAFF
    named = {
        row.client for row in rows if row.client not in ("", OWN_APP) and row.actor_kind != staff
    }
    found = {id: await ask.parts.ground.registry.client(id) for id in named}
    return {id: client for id, client in found.items() if client}


async def _names(ask: Ask[None, ActivityQuery], rows: Sequence[AuditEvent]) -> dict[str, str]:
    """The masked names of the other sides; of somebody who is gone, nothing."""
    names = {}
    for other in {str(row.other_id) for row in rows if row.other_id}:
        with suppress(ResidentMissing):
            names[other] = mask((await ask.parts.residents.reveal(UUID(other))).name)
    return names


def _happening(
    ask: Ask[None, ActivityQuery],
    row: AuditEvent,
    names: Mapping[str, str],
    partner: Client | None,
) -> Happening:
    known = words(ask.locale)
    own = row.actor_kind == CallerKind.RESIDENT and row.actor == str(row.resident_id)
    agent = row.other_id is not None and row.actor == str(row.other_id)
    actor = "self" if own else "agent" if agent else row.actor_kind
    return Happening(
        at=row.at,
        event=row.event,
        title=known.get(f"event.{row.event}", row.event),
        actor=reads.who(ask.parts, actor, row.client, ask.locale),
        purpose=reads.why(row.purpose, ask.locale, partner),
        service=reads.what(ask.parts, row.service, ask.locale) if row.service else None,
        outcome=row.outcome,
        other=names.get(str(row.other_id)),
        partner=partner.metadata.name.said(ask.locale) if partner else None,
    )
