"""Dynamic registration (RFC 7591) and the management of what was registered (RFC 7592)."""

import json
from typing import Any

from pydantic import BaseModel, ConfigDict

from api.ask import Ask
from api.replies import Reply
from api.routes import Access, Routes
from identity.oauth.message import Message
from identity.oauth.refusals import InvalidToken
from identity.partners.registration import Registered

routes = Routes("oauth")

_BEARER = {"WWW-Authenticate": "Bearer"}
_PATH = "/oauth/register"
_ONE = _PATH + "/{client_id}"
_CREATED = 201


class ResponsiblePerson(BaseModel):
    """Who answers for the client. Seen by members of staff only."""

    name: str
    phone: str
    mail: str


class ClientMetadata(BaseModel):
    """Members by the names of RFC 7591 §2 and OpenID Connect Registration §2, and ours:
    docs/partners.md has them all. A change (PUT) names its ``client_id`` too."""

    model_config = ConfigDict(extra="allow")

    responsible: ResponsiblePerson | None = None


@routes.post(
    _PATH,
    Access.CLIENT,
    "Register a client, with an invitation as bearer token; it then waits for an operator",
    status=_CREATED,
    body=ClientMetadata,
    judged=False,
    oauth=True,
)
async def register(ask: Ask[Any, None]) -> Reply:
    made = await ask.parts.partners.registration.register(bearer(ask.message), ask.body)
    return _told(ask, made, made.token, _CREATED)


@routes.get(_ONE, Access.CLIENT, "What is registered, and what waits for an operator", oauth=True)
async def read(ask: Ask[None, None]) -> Reply:
    token = bearer(ask.message)
    found = await ask.parts.partners.registration.read(ask.path["client_id"], token)
    return _told(ask, found, token)


@routes.put(
    _ONE,
    Access.CLIENT,
    "Say everything anew; what is in force stays until an operator approves",
    body=ClientMetadata,
    judged=False,
    oauth=True,
)
async def change(ask: Ask[Any, None]) -> Reply:
    token = bearer(ask.message)
    registration = ask.parts.partners.registration
    changed = await registration.change(ask.path["client_id"], token, ask.body)
    return _told(ask, changed, token)


@routes.delete(
    _ONE, Access.CLIENT, "Close the client, for ever; all it was given ends", status=204, oauth=True
)
async def end(ask: Ask[None, None]) -> None:
    await ask.parts.partners.registration.end(ask.path["client_id"], bearer(ask.message))


def bearer(message: Message | None) -> str:
    """RFC 6750 §2.1; the registration tokens are bound to no key. Raises InvalidToken."""
    named, _, token = ((message and message.authorization) or "").partition(" ")
    if named.lower() != "bearer" or not token.strip() or not token.isascii():
        raise InvalidToken("no bearer token", headers=_BEARER)
    return token.strip()


def _told(ask: Ask[Any, None], found: Registered, token: str, status: int | None = None) -> Reply:
    """RFC 7591 §3.2.1 and RFC 7592 §3: all that is registered, defaults named; ``proposed`` is
    what waits beside it, ``decision`` why an operator said no.
    """
    row = found.row
    root = ask.parts.settings.public_url.rstrip("/")
    told = _said(row.metadata) | {
        "client_id": row.id,
        "client_id_issued_at": int(row.created_at.timestamp()),
        "registration_access_token": token,
        "registration_client_uri": f"{root}{_PATH}/{row.id}",
        "kind": row.kind,
        "environment": row.environment,
        "state": row.state,
    }
    if row.proposed:
        told["proposed"] = _said(row.proposed)
    if row.suspended_why:
        told["decision"] = row.suspended_why
    return Reply(json.dumps(told, ensure_ascii=False).encode(), status=status)


def _said(written: str) -> dict[str, Any]:
    return {name: each for name, each in json.loads(written).items() if each not in ("", None)}
