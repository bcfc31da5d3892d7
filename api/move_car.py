"""Before somebody's car, without signing in: its code asks the owner to move it.

Codes and secrets stand in bodies only, so that no log line, address or history of ours holds one.
"""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, StringConstraints

from api.ask import Ask
from api.routes import Access, Routes
from api.verifications import Private
from config.texts import text
from services.cars.asking import REASONS, Reason

routes = Routes("move-car")

Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class CodeSent(Private):
    """``code``: what the QR's address holds after ``code=``."""

    code: Code


class CarAsked(CodeSent):
    reason: Reason


class RequestSent(Private):
    """``request``: the secret that asking answered."""

    request: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class ReasonShown(BaseModel):
    id: str
    title: str


class CarSeen(BaseModel):
    """``plate`` is masked: it tells whether the code belongs to this car. ``call``: whether a call
    can be relayed; a message always can be sent.
    """

    plate: str
    call: bool
    reasons: list[ReasonShown]


class RequestMade(BaseModel):
    """``request``: a secret; whoever has it sees the owner's answer."""

    request: str


class RelayMade(RequestMade):
    """Dial ``relay``, then ``extension``, until ``expires_at``: neither side sees a number."""

    relay: str
    extension: str
    expires_at: datetime


class RequestState(BaseModel):
    """``answer`` is a code, null while the owner has said nothing."""

    kind: str
    reason_title: str
    asked_at: datetime
    answer: str | None
    answer_title: str | None
    answered_at: datetime | None


@routes.post(
    "/v1/move-car/codes",
    Access.PUBLIC,
    "What the code of a windscreen leads to",
    body=CodeSent,
    answer=CarSeen,
)
async def look(ask: Ask[CodeSent, None]) -> CarSeen:
    seen = await ask.parts.launch.move_car.look(ask.body.code, ask.address)
    reasons = [ReasonShown(id=one, title=text(f"car.reason.{one}", ask.locale)) for one in REASONS]
    return CarSeen(plate=seen.plate, call=seen.call, reasons=reasons)


@routes.post(
    "/v1/move-car/messages",
    Access.PUBLIC,
    "Ask the owner to move the car, by a message",
    status=201,
    body=CarAsked,
    answer=RequestMade,
)
async def message(ask: Ask[CarAsked, None]) -> RequestMade:
    made = await ask.parts.launch.move_car.message(ask.body.code, ask.body.reason, ask.address)
    return RequestMade(request=made.secret)


@routes.post(
    "/v1/move-car/calls",
    Access.PUBLIC,
    "A relayed call to the owner: a number and an extension for ten minutes",
    status=201,
    body=CarAsked,
    answer=RelayMade,
)
async def call(ask: Ask[CarAsked, None]) -> RelayMade:
    made = await ask.parts.launch.move_car.call(ask.body.code, ask.body.reason, ask.address)
    relay = made.relay
    return RelayMade(
        request=made.secret,
        relay=relay.number,
        extension=relay.extension,
        expires_at=relay.expires_at,
    )


@routes.post(
    "/v1/move-car/state",
    Access.PUBLIC,
    "What the owner answered to a request",
    body=RequestSent,
    answer=RequestState,
)
async def state(ask: Ask[RequestSent, None]) -> RequestState:
    found = await ask.parts.launch.move_car.follow(ask.body.request, ask.address)
    return RequestState(
        kind=found.kind,
        reason_title=text(f"car.reason.{found.reason}", ask.locale),
        asked_at=found.asked_at,
        answer=found.answer or None,
        answer_title=text(f"car.answer.{found.answer}", ask.locale) if found.answer else None,
        answered_at=found.answered_at,
    )
