"""What a resident does with an application that is on its way, and after it."""

from api.applications import ONE
from api.ask import Ask
from api.case_shapes import (
    Nothing,
    RatingSent,
    SupplementSent,
    TicketGiven,
    TicketNumber,
    WordsSent,
)
from api.me import resident_of
from api.routes import Access, Routes
from services.applications.declaration import Receipt
from services.ratings.giving import Opinion

routes = Routes("applications")


@routes.post(
    f"{ONE}/supplement",
    Access.OWN_APP,
    "Bring what is still wanted",
    body=SupplementSent,
    answer=Receipt,
    idempotent=True,
)
async def answer(ask: Ask[SupplementSent, None]) -> Receipt:
    sent = ask.body
    return await ask.parts.counter.applications.answer(
        ask.caller, ask.path["number"], sent.form, sent.materials, ask.locale, once=ask.once
    )


@routes.post(
    f"{ONE}/withdrawal", Access.OWN_APP, "Ask for it no more", body=Nothing, answer=Receipt
)
async def withdraw(ask: Ask[Nothing, None]) -> Receipt:
    return await ask.parts.counter.applications.withdraw(ask.caller, ask.path["number"])


@routes.post(
    f"{ONE}/collection", Access.OWN_APP, "Say that the result was fetched", body=Nothing,
    answer=Receipt,
)  # fmt: skip
async def collect(ask: Ask[Nothing, None]) -> Receipt:
    return await ask.parts.counter.applications.collect(ask.caller, ask.path["number"])


@routes.post(
    f"{ONE}/rating",
    Access.OWN_APP,
    "Rate it, once; a grade of 1 or 2 opens a ticket",
    status=201,
    body=RatingSent,
    answer=TicketGiven,
    idempotent=True,
)
async def rate(ask: Ask[RatingSent, None]) -> TicketGiven:
    resident, sent = resident_of(ask.caller), ask.body
    opinion = Opinion(sent.grade, tuple(sent.tags), sent.words)
    ticket = await ask.parts.counter.ratings.give(
        ask.caller, resident, ask.path["number"], opinion, ask.once
    )
    return TicketGiven(ticket=ticket or None)


@routes.post(
    f"{ONE}/complaint",
    Access.OWN_APP,
    "Complain about how it is handled",
    status=201,
    body=WordsSent,
    answer=TicketNumber,
    idempotent=True,
)
async def complain(ask: Ask[WordsSent, None]) -> TicketNumber:
    resident, number = resident_of(ask.caller), ask.path["number"]
    made = await ask.parts.counter.tickets.complain(
        ask.caller, resident, number, ask.body.words, ask.once
    )
    return TicketNumber(number=made)
