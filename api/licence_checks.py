"""What anybody needs who checks a licence: the check itself, status lists, and kinds of licence."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.ask import Ask
from api.licences import Fact, Titled
from api.replies import JSON, Reply
from api.routes import Access, Routes
from services.licences import status
from services.licences.described import described

routes = Routes("licences")

_MINUTES = {"cache-control": "public, max-age=300"}
_FRESH = {"cache-control": "no-cache"}


class Sent(BaseModel):
    """What the QR code says: a link whose fragment is the presentation, or the presentation."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    presentation: Annotated[str, StringConstraints(min_length=1, max_length=4096)] = Field(
        repr=False
    )


class Checked(BaseModel):
    """Genuine, in force, and used up by this check. ``portrait``: a data address, where the
    resident chose to show it; ``portrait_missing``: the register did not give it just now.
    """

    type: Titled
    department: Titled
    facts: list[Fact] = Field(repr=False)
    state: str
    shown_at: datetime
    checked_at: datetime
    portrait: str | None = Field(repr=False)
    portrait_missing: bool


class Lists(BaseModel):
    """Addresses of status lists (draft-ietf-oauth-status-list, aggregation)."""

    status_lists: list[str]


class Types(BaseModel):
    """Type metadata of each kind (draft-ietf-oauth-sd-jwt-vc), and how its facts are called."""

    types: list[dict[str, Any]]


@routes.post(
    "/v1/presentations/check",
    Access.PUBLIC,
    "Check what somebody shows; it works once",
    body=Sent,
    answer=Checked,
)
async def check(ask: Ask[Sent, None]) -> Checked:
    checking = ask.parts.launch.checking
    return Checked.model_validate(await checking.check(ask.body.presentation, ask.locale))


@routes.get(
    "/v1/status-lists/{id}",
    Access.PUBLIC,
    "A status list: which licences count no more, without saying whose they are",
    content_type=status.CONTENT_TYPE,
)
async def status_list(ask: Ask[None, None]) -> Reply:
    ground, launch = ask.parts.ground, ask.parts.launch
    now = datetime.now(UTC)
    made = await status.token(launch.issuers, ground.settings.public_url, ask.path["id"], now)
    return Reply(made.encode(), status.CONTENT_TYPE, headers=_FRESH)


@routes.get("/v1/status-lists", Access.PUBLIC, "The addresses of all status lists", answer=Lists)
async def lists(ask: Ask[None, None]) -> Reply:
    url = ask.parts.settings.public_url
    found = Lists(status_lists=[status.address(url, one) for one in await status.lists()])
    return Reply(found.model_dump_json().encode(), headers=_FRESH)


@routes.get("/v1/licence-types", Access.PUBLIC, "Every kind of licence", answer=Types)
async def types(ask: Ask[None, None]) -> Reply:
    showing = ask.parts.launch.showing
    kinds = ask.parts.catalogue.licences.values()
    found = [described(kind, showing.kind_address(kind)) for kind in kinds]
    return Reply(json.dumps({"types": found}, ensure_ascii=False).encode(), JSON, headers=_MINUTES)


@routes.get("/v1/licence-types/{id}", Access.PUBLIC, "What one kind of licence is (vct)")
async def one_type(ask: Ask[None, None]) -> Reply:
    launch = ask.parts.launch
    kind = launch.wallet.kind(ask.path["id"])
    found = described(kind, launch.showing.kind_address(kind))
    return Reply(json.dumps(found, ensure_ascii=False).encode(), JSON, headers=_MINUTES)
