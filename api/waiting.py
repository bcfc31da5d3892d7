"""The personal home: what waits for the resident, and what was done last."""

from pydantic import BaseModel

from api.ask import Ask
from api.booking_shapes import BookingLine
from api.case_shapes import Line, Lines
from api.me import resident_of
from api.routes import Access, Routes
from identity import notices

routes = Routes("me")

_LAST = 3


class Waiting(BaseModel):
    """``applications``: those that need the resident; ``offers``: times from lines, good until
    they are accepted or over; ``last``: the youngest three applications of all. Offers and bills
    are the resident's alone: who acts for them sees none.
    """

    applications: list[Line]
    offers: list[BookingLine]
    bills_unpaid: int
    messages_unread: int
    tickets_open: int
    last: list[Line]


@routes.get("/v1/me/waiting", Access.OWN_APP, "What waits for the resident", answer=Waiting)
async def waiting(ask: Ask[None, None]) -> Waiting:
    resident, counter = resident_of(ask.caller), ask.parts.counter
    needed = await counter.applications.listed(ask.caller, ask.locale, waiting=True)
    launch, alone = ask.parts.launch, not ask.caller.acting
    offers = await launch.bookings.own.offered(resident) if alone else ()
    latest = await counter.applications.listed(ask.caller, ask.locale)
    return Waiting(
        applications=Lines.model_validate(needed).applications,
        offers=[BookingLine.of(row, ask) for row in offers],
        bills_unpaid=await launch.bills.unpaid(resident) if alone else 0,
        messages_unread=await notices.unread(resident),
        tickets_open=await counter.tickets.open_ones(resident),
        last=Lines.model_validate(latest).applications[:_LAST],
    )
