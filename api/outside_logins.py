"""Signing in by an outside identity: begun here, confirmed there, finished in the same browser."""

import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.arrivals import VerificationDone, arrival
from api.ask import Ask
from api.challenges import Device
from api.replies import Reply
from api.routes import Access, Routes
from api.verifications import ConsentGiven, Private
from config.errors import Problem
from config.settings import Settings
from identity.consent import NETWORK
from identity.named import Typed
from identity.outside.logins import Back, Wanted
from identity.pending import SECONDS

routes = Routes("verification")

PAGE = "/#/pages/verify/verify"
_COOKIE = "zhiban-outside"
_WORD = re.compile(r"[0-9A-Za-z_-]{43}")
_LOGIN = re.compile(r"[0-9A-Za-z_-]{24}")
_SEE_OTHER = 303


class OutsideLoginWanted(Private):
    """Without ``name`` and ``id_number``: by an outside identity that is linked already."""

    name: Annotated[str, StringConstraints(max_length=200)] = ""
    id_number: Annotated[str, StringConstraints(max_length=64)] = ""
    document_type: Annotated[str, StringConstraints(max_length=32)] = "resident-id"
    device: Device
    consent: ConsentGiven | None = None
    guardian_code: Annotated[str, StringConstraints(max_length=64)] = ""
    lift_freeze: bool = False


class OutsideLoginBegun(BaseModel):
    """Go to ``url``; keep ``secret`` to fetch the tokens with, before ``expires_at``."""

    id: str
    secret: str
    url: str
    expires_at: datetime

    def __repr__(self) -> str:
        return "OutsideLoginBegun(…)"

    __str__ = __repr__


class OutsideAnswer(BaseModel):
    """What the provider sends the browser back with (RFC 6749 §4.1.2, RFC 9207)."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    code: Annotated[str, StringConstraints(max_length=2048)] = ""
    state: Annotated[str, StringConstraints(max_length=256)] = ""
    iss: Annotated[str, StringConstraints(max_length=512)] = ""
    error: Annotated[str, StringConstraints(max_length=128)] = ""

    def __repr__(self) -> str:
        return "OutsideAnswer(…)"

    __str__ = __repr__


class TokensWanted(Private):
    """``secret`` and ``device`` of whoever began."""

    secret: Annotated[str, StringConstraints(max_length=128)]
    device: Device


@routes.post(
    "/v1/outside-logins",
    Access.ANYONE,
    "Begin a login by an outside identity",
    status=201,
    body=OutsideLoginWanted,
    answer=OutsideLoginBegun,
)
async def begin(ask: Ask[OutsideLoginWanted, None]) -> Reply:
    """The answer binds the browser by a cookie: only it may bring the provider's answer."""
    sent = ask.body
    agreed = sent.consent or ConsentGiven(purpose="", version="")
    typed = Typed(sent.name, sent.id_number, sent.document_type, sent.guardian_code)
    word = _browser(ask.cookies, ask.parts.settings) or secrets.token_urlsafe(32)
    here = arrival(ask, sent.device, agreed.purpose, lift_freeze=sent.lift_freeze)
    begun = await ask.parts.ways.outside_logins.begin(Wanted(typed, agreed.version), here, word)
    ticket = begun.ticket
    shown = OutsideLoginBegun(
        id=ticket.id, secret=ticket.secret, url=begun.url, expires_at=ticket.expires_at
    )
    headers = {"cache-control": "no-store", "set-cookie": _cookie(word, ask.parts.settings)}
    return Reply(shown.model_dump_json().encode(), headers=headers)


@routes.get(
    "/v1/outside-logins/callback",
    Access.PUBLIC,
    "Where the outside identity's provider sends the browser back to",
    status=_SEE_OTHER,
    query=OutsideAnswer,
)
async def receive(ask: Ask[None, OutsideAnswer]) -> Reply:
    """A person is looking: whatever happened, they land on a page that says it.

    With a problem too the login is named, if any is: a page that holds its secret asks for the
    tokens and hears what became of it.
    """
    sent = ask.query
    back = Back(state=sent.state, issuer=sent.iss, code=sent.code, error=sent.error)
    try:
        login = await ask.parts.ways.outside_logins.receive(
            back, _browser(ask.cookies, ask.parts.settings)
        )
    except Problem as problem:
        login = sent.state.partition(".")[0]
        named = {"outside": login} if _LOGIN.fullmatch(login) else {}
        return _to_page(**named, problem=problem.code)
    return _to_page(outside=login)


@routes.post(
    "/v1/outside-logins/{id}/tokens",
    Access.ANYONE,
    "Finish a login by an outside identity; with a token, raise its session",
    status=201,
    body=TokensWanted,
    answer=VerificationDone,
)
async def finish(ask: Ask[TokensWanted, None]) -> VerificationDone:
    here = arrival(ask, ask.body.device, NETWORK)
    done = await ask.parts.ways.outside_logins.complete(ask.path["id"], ask.body.secret, here)
    return VerificationDone.of(done)


def _to_page(**told: str) -> Reply:
    headers = {"cache-control": "no-store", "location": f"{PAGE}?{urlencode(told)}"}
    return Reply(b"", "text/plain", headers=headers)


def _browser(cookies: Mapping[str, str], house: Settings) -> str:
    """The word of this browser; empty when it has none of our form."""
    word = cookies.get(_name(house), "")
    return word if _WORD.fullmatch(word) else ""


def _cookie(word: str, house: Settings) -> str:
    """Sent along when the provider's page leads back (SameSite=Lax), readable by no script."""
    parts = [f"{_name(house)}={word}", "Path=/", f"Max-Age={SECONDS}", "HttpOnly", "SameSite=Lax"]
    return "; ".join([*parts, "Secure"] if _secure(house) else parts)


def _name(house: Settings) -> str:
    """Over https by the prefix that no other host can set (RFC 6265bis §4.1.3.2)."""
    return f"__Host-{_COOKIE}" if _secure(house) else _COOKIE


def _secure(house: Settings) -> bool:
    return house.public_url.startswith("https://")
