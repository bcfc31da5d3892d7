"""Appointments: times that anybody may see, and a resident's own."""

import re
from typing import Any

from api.ask import Ask
from api.booking_shapes import (
    AppointmentsShown,
    BookingLine,
    BookingSent,
    BookingShown,
    BookingsShown,
    CodeSent,
    ConfirmationSent,
    ElsewhereShown,
    InvitationShown,
    LineGiven,
    LineSent,
    LineShown,
    OfficeShown,
    OfficesQuery,
    OfficesShown,
    SourceShown,
    StatementShown,
    StatementsSent,
    TimeSent,
    TimesQuery,
    TimesShown,
)
from api.parts.bookings import BookingRooms
from api.replies import JSON, Reply
from api.routes import Access, Routes
from services.bookings.asked import Receipt, Wish
from services.bookings.errors import LineMissing
from services.bookings.seats import Place
from services.bookings.sight import near
from services.bookings.states import HOLD, OFFER
from services.items.standard import Law

routes = Routes("bookings")

_SERVICE = "/v1/services/{id}/appointments"
_ONE = "/v1/bookings/{number}"
_MINUTE = 60
_LINE = re.compile(r"[0-9]{1,18}")


@routes.get(
    _SERVICE,
    Access.PUBLIC,
    "How people come to a service by appointment, and who goes elsewhere",
    answer=AppointmentsShown,
)
async def described(ask: Ask[None, None]) -> AppointmentsShown:
    service, plan = _rooms(ask).room.service(ask.path["id"])
    return AppointmentsShown(
        service=service.id,
        title=service.title[ask.locale],
        people=plan.people,
        minutes=plan.timetable.minutes,
        ahead_days=plan.timetable.ahead,
        hold_minutes=int(HOLD.total_seconds()) // _MINUTE,
        offer_minutes=int(OFFER.total_seconds()) // _MINUTE,
        statements=[
            StatementShown(
                code=one.code, said=one.said[ask.locale], source=_source(one.source, ask.locale)
            )
            for one in plan.statements
        ],
        elsewhere=[
            ElsewhereShown(
                case=one.case,
                title=one.title[ask.locale],
                where=one.where[ask.locale],
                source=_source(one.source, ask.locale),
            )
            for one in plan.elsewhere
        ],
    )


@routes.get(
    f"{_SERVICE}/offices",
    Access.PUBLIC,
    "The offices of a service, all of them or those of a region",
    query=OfficesQuery,
    answer=OfficesShown,
)
async def offices(ask: Ask[None, OfficesQuery]) -> OfficesShown:
    _, plan = _rooms(ask).room.service(ask.path["id"])
    found = near(plan, ask.query.region)
    locale = ask.locale
    return OfficesShown(
        offices=[
            OfficeShown(id=one.id, title=one.title[locale], city=one.city[locale]) for one in found
        ]
    )


@routes.get(
    f"{_SERVICE}/offices/{{office}}",
    Access.PUBLIC,
    "An office's days, and the times of one with how many seats are free",
    query=TimesQuery,
    answer=TimesShown,
)
async def times(ask: Ask[None, TimesQuery]) -> TimesShown:
    sight, path = _rooms(ask).sight, ask.path
    seen = await sight.times(path["id"], path["office"], ask.query.day, ask.locale)
    return TimesShown.of(seen, ask.locale)


@routes.post(
    "/v1/bookings",
    Access.OWN_APP,
    "Take a time; where two come, the code is for the second, who confirms it",
    status=201,
    body=BookingSent,
    answer=Receipt,
    idempotent=True,
)
async def book(ask: Ask[BookingSent, None]) -> Reply:
    sent = ask.body
    wish = Wish(sent.service, sent.office, sent.starts_at, tuple(sent.statements))
    return _created(await _rooms(ask).story.book(ask.caller, wish, ask.locale, ask.once))


@routes.get("/v1/bookings", Access.OWN_APP, "One's appointments and lines", answer=BookingsShown)
async def listed(ask: Ask[None, None]) -> BookingsShown:
    own = _rooms(ask).own
    return BookingsShown(
        bookings=[BookingLine.of(row, ask) for row in await own.listed(ask.caller)],
        lines=[LineShown.of(one, ask) for one in await own.lines(ask.caller)],
    )


@routes.get(_ONE, Access.OWN_APP, "One appointment", answer=BookingShown)
async def show(ask: Ask[None, None]) -> BookingShown:
    found = await _rooms(ask).own.one(ask.caller, ask.path["number"])
    return BookingShown.mine(found, ask)


@routes.post(
    f"{_ONE}/acceptance",
    Access.OWN_APP,
    "Accept the time that was offered from the line",
    status=201,
    body=StatementsSent,
    answer=Receipt,
    idempotent=True,
)
async def accept(ask: Ask[StatementsSent, None]) -> Reply:
    story, number = _rooms(ask).story, ask.path["number"]
    return _created(
        await story.accept(ask.caller, number, ask.body.statements, ask.locale, ask.once)
    )


@routes.post(
    f"{_ONE}/change",
    Access.OWN_APP,
    "Move it to another time or office; the other is told",
    status=204,
    body=TimeSent,
)
async def change(ask: Ask[TimeSent, None]) -> None:
    sent = ask.body
    await _rooms(ask).changes.change(
        ask.caller, ask.path["number"], sent.office, sent.starts_at, ask.locale
    )


@routes.post(
    f"{_ONE}/cancellation",
    Access.OWN_APP,
    "Cancel it, or decline what was offered; the time goes to the line",
    status=204,
)
async def cancel(ask: Ask[None, None]) -> None:
    await _rooms(ask).changes.cancel(ask.caller, ask.path["number"])


@routes.post(
    "/v1/booking-invitations",
    Access.OWN_APP,
    "What stands behind the code that somebody was given",
    body=CodeSent,
    answer=InvitationShown,
)
async def invited(ask: Ask[CodeSent, None]) -> InvitationShown:
    found = await _rooms(ask).confirming.invited(ask.caller, ask.body.code, ask.address)
    return InvitationShown(booking=BookingLine.of(found.row, ask), by=found.by, until=found.until)


@routes.post(
    "/v1/booking-confirmations",
    Access.OWN_APP,
    "Confirm as the second person: from now on it is booked",
    status=201,
    body=ConfirmationSent,
    answer=Receipt,
    idempotent=True,
)
async def confirm(ask: Ask[ConfirmationSent, None]) -> Reply:
    made = await _rooms(ask).confirming.confirm(
        ask.caller,
        ask.body.code,
        ask.body.statements,
        locale=ask.locale,
        address=ask.address,
        once=ask.once,
    )
    return _created(made)


@routes.post(
    "/v1/booking-lines",
    Access.OWN_APP,
    "Wait for a day that is full",
    status=201,
    body=LineSent,
    answer=LineGiven,
    idempotent=True,
)
async def wait(ask: Ask[LineSent, None]) -> LineGiven:
    sent = ask.body
    place = Place(sent.service, sent.office, sent.day)
    story = _rooms(ask).story
    return LineGiven(id=await story.wait(ask.caller, place, sent.statements, ask.locale, ask.once))


@routes.delete("/v1/booking-lines/{id}", Access.OWN_APP, "Wait no more", status=204)
async def leave(ask: Ask[None, None]) -> None:
    said = ask.path["id"]
    if not _LINE.fullmatch(said):
        raise LineMissing("no number")
    await _rooms(ask).story.leave(ask.caller, int(said))


def _rooms(ask: Ask[Any, Any]) -> BookingRooms:
    return ask.parts.launch.bookings


def _source(law: Law, locale: str) -> SourceShown:
    return SourceShown(title=law.title[locale], article=law.article[locale])


def _created(made: Receipt) -> Reply:
    """Where the appointment is."""
    headers = {"cache-control": "no-store", "location": f"/v1/bookings/{made.number}"}
    return Reply(made.model_dump_json().encode(), JSON, headers=headers)
