"""Verification at a window, from the resident's device: ask, show the code, fetch the tokens."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, StringConstraints

from api.arrivals import VerificationDone, arrival
from api.ask import Ask
from api.challenges import Device
from api.routes import Access, Routes
from api.staff_window import request_named
from api.verifications import ConsentGiven, Private
from identity import consent

routes = Routes("verification")

Secret = Annotated[str, StringConstraints(min_length=1, max_length=128)]


class WindowWanted(Private):
    """``consent``: to the text of ``window-verification``."""

    device: Device
    consent: ConsentGiven | None = None


class SecretShown(Private):
    secret: Secret


class TokensWanted(Private):
    """``device``: the id the request was made with; ``lift_freeze``: free a frozen identity."""

    secret: Secret
    device: Device
    lift_freeze: bool = False


class WindowRequestMade(BaseModel):
    """``code`` is shown at the window until ``expires_at``; ``secret`` stays on the device."""

    id: str
    code: str
    secret: str
    expires_at: datetime

    def __repr__(self) -> str:
        return "WindowRequestMade(…)"

    __str__ = __repr__


class WindowRequestState(BaseModel):
    """``state``: waiting, checked, confirmed, fetched, refused or expired."""

    state: str


@routes.post(
    "/v1/window-requests",
    Access.PUBLIC,
    "Ask to be verified at a window, without a face; the tokens go to this device only",
    status=201,
    body=WindowWanted,
    answer=WindowRequestMade,
)
async def begin(ask: Ask[WindowWanted, None]) -> WindowRequestMade:
    given = ask.body.consent or ConsentGiven(purpose="", version="")
    made = await ask.parts.ways.window.begin(
        given.version, arrival(ask, ask.body.device, given.purpose)
    )
    return WindowRequestMade(
        id=str(made.id), code=made.code, secret=made.secret, expires_at=made.expires_at
    )


@routes.post(
    "/v1/window-requests/{id}/state",
    Access.PUBLIC,
    "How far the window is",
    body=SecretShown,
    answer=WindowRequestState,
)
async def state(ask: Ask[SecretShown, None]) -> WindowRequestState:
    found = await ask.parts.ways.window.state(request_named(ask.path["id"]), ask.body.secret)
    return WindowRequestState(state=found)


@routes.post(
    "/v1/window-requests/{id}/tokens",
    Access.PUBLIC,
    "Fetch the tokens of a confirmed request, once",
    body=TokensWanted,
    answer=VerificationDone,
)
async def tokens(ask: Ask[TokensWanted, None]) -> VerificationDone:
    sent = ask.body
    here = arrival(ask, sent.device, consent.WINDOW, lift_freeze=sent.lift_freeze)
    request = request_named(ask.path["id"])
    return VerificationDone.of(await ask.parts.ways.window.tokens(request, sent.secret, here))
