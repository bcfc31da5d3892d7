"""A resident's cars: registered for "one-key move-car", printed, answered for, taken off."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from api.ask import Ask
from api.me import resident_of
from api.routes import Access, Routes
from api.verifications import Private
from config.texts import text
from services.cars import answering
from services.models import Car, CarRequest

routes = Routes("cars")

ONE = "/v1/cars/{number}"
REQUEST = f"{ONE}/requests/{{id}}"


class PlateSent(Private):
    """``plate``: with or without spaces and the dot."""

    plate: Annotated[str, StringConstraints(min_length=1, max_length=24)]


class CarNumber(BaseModel):
    number: str


class CallsWanted(Private):
    """``calls``: whether a call may be relayed to the owner's telephone."""

    calls: bool


class TakenOff(Private):
    why: Literal["sold", "taken-off"]


class AnswerSent(Private):
    answer: answering.AnswerGiven


class ReportSent(Private):
    why: answering.Abuse


class CarLine(BaseModel):
    """``plate`` in full: it is the owner's own."""

    number: str
    plate: str
    state: str
    ended_why: str | None
    calls: bool
    created_at: datetime
    checked_at: datetime
    ended_at: datetime | None

    @classmethod
    def members(cls, row: Car, ask: "Ask[None, None]") -> dict[str, object]:
        return {
            "number": row.number,
            "plate": ask.parts.launch.cars.plate(row),
            "state": row.state,
            "ended_why": row.ended_why or None,
            "calls": row.calls,
            "created_at": row.created_at,
            "checked_at": row.checked_at,
            "ended_at": row.ended_at,
        }


class ReportSettled(BaseModel):
    """What staff say of a report."""

    title: str
    words: str
    at: datetime


class RequestShown(BaseModel):
    """One asking to move the car. ``kind``: message or call; ``answer`` null without one;
    ``settled``: of what was reported, once staff have looked at it.
    """

    id: UUID
    kind: str
    reason: str
    reason_title: str
    created_at: datetime
    answer: str | None
    answer_title: str | None
    answered_at: datetime | None
    reported: bool
    settled: ReportSettled | None

    @classmethod
    def of(cls, row: CarRequest, ask: "Ask[None, None]") -> "RequestShown":
        locale = ask.locale
        return cls(
            id=UUID(str(row.id)),
            kind=row.kind,
            reason=row.reason,
            reason_title=text(f"car.reason.{row.reason}", locale),
            created_at=row.created_at,
            answer=row.answer or None,
            answer_title=text(f"car.answer.{row.answer}", locale) if row.answer else None,
            answered_at=row.answered_at,
            reported=row.reported_at is not None,
            settled=_settled(row, ask),
        )


class CarShown(CarLine):
    """With the last twenty requests, the youngest first."""

    requests: list[RequestShown]


class CarList(BaseModel):
    """``most``: how many may be registered at once."""

    cars: list[CarLine]
    most: int


class CardShown(BaseModel):
    """``address``: what the QR holds; ``picture``: a data URI of SVG."""

    address: str
    picture: str


@routes.post(
    "/v1/cars",
    Access.OWN_APP,
    "Register a car, so that a code on its windscreen reaches its owner",
    status=201,
    body=PlateSent,
    answer=CarNumber,
    idempotent=True,
)
async def register(ask: Ask[PlateSent, None]) -> CarNumber:
    cars = ask.parts.launch.cars
    made = await cars.register(
        ask.caller, resident_of(ask.caller), ask.body.plate, ask.once, ask.locale
    )
    return CarNumber(number=made)


@routes.get("/v1/cars", Access.OWN_APP, "The resident's cars", answer=CarList)
async def listed(ask: Ask[None, None]) -> CarList:
    cars = ask.parts.launch.cars
    rows = await cars.listed(resident_of(ask.caller))
    lines = [CarLine.model_validate(CarLine.members(row, ask)) for row in rows]
    return CarList(cars=lines, most=cars.most)


@routes.get(ONE, Access.OWN_APP, "One car, and who asked to move it", answer=CarShown)
async def show(ask: Ask[None, None]) -> CarShown:
    row = await ask.parts.launch.cars.one(resident_of(ask.caller), ask.path["number"])
    asked = await ask.parts.launch.car_answers.asked(row)
    told = [RequestShown.of(one, ask) for one in asked]
    return CarShown.model_validate(CarLine.members(row, ask) | {"requests": told})


@routes.get(f"{ONE}/card", Access.OWN_APP, "The QR for the windscreen", answer=CardShown)
async def card(ask: Ask[None, None]) -> CardShown:
    made = await ask.parts.launch.cars.card(resident_of(ask.caller), ask.path["number"])
    return CardShown(address=made.address, picture=made.picture)


@routes.post(
    f"{ONE}/code", Access.OWN_APP, "Another code; the printed one opens nothing more", status=204
)
async def renew(ask: Ask[None, None]) -> None:
    cars = ask.parts.launch.cars
    await cars.renew(ask.caller, resident_of(ask.caller), ask.path["number"])


@routes.put(
    f"{ONE}/calls", Access.OWN_APP, "Whether calls may be relayed", status=204, body=CallsWanted
)
async def want_calls(ask: Ask[CallsWanted, None]) -> None:
    number = ask.path["number"]
    await ask.parts.launch.cars.want_calls(resident_of(ask.caller), number, calls=ask.body.calls)


@routes.put(
    f"{ONE}/plate",
    Access.OWN_APP,
    "The same car by its new plate; the printed code stays good",
    status=204,
    body=PlateSent,
)
async def change_plate(ask: Ask[PlateSent, None]) -> None:
    number = ask.path["number"]
    await ask.parts.launch.cars.change_plate(
        ask.caller, resident_of(ask.caller), number, ask.body.plate, ask.locale
    )


@routes.post(
    f"{ONE}/end", Access.OWN_APP, "The car was sold, or is taken off", status=204, body=TakenOff
)
async def take_off(ask: Ask[TakenOff, None]) -> None:
    number, sold = ask.path["number"], ask.body.why == "sold"
    cars = ask.parts.launch.cars
    await cars.take_off(ask.caller, resident_of(ask.caller), number, sold=sold)


@routes.post(
    f"{REQUEST}/answer",
    Access.OWN_APP,
    "Tell whoever asked when the car will be away",
    status=204,
    body=AnswerSent,
)
async def answer(ask: Ask[AnswerSent, None]) -> None:
    number, request = ask.path["number"], ask.path["id"]
    await ask.parts.launch.car_answers.answer(
        ask.caller, resident_of(ask.caller), number, request, ask.body.answer
    )


@routes.post(
    f"{REQUEST}/report",
    Access.OWN_APP,
    "Report an abuse: whoever asked does not reach this owner for a month",
    status=204,
    body=ReportSent,
)
async def report(ask: Ask[ReportSent, None]) -> None:
    number, request = ask.path["number"], ask.path["id"]
    await ask.parts.launch.car_answers.report(
        ask.caller, resident_of(ask.caller), number, request, ask.body.why
    )


def _settled(row: CarRequest, ask: Ask[None, None]) -> ReportSettled | None:
    if row.settled_at is None:
        return None
    title = text(f"car.outcome.{row.outcome}", ask.locale)
    words = ask.parts.launch.car_reports.words(row)
    return ReportSettled(title=title, words=words, at=row.settled_at)
