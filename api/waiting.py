"""The personal home: what waits for the resident, and what was done last."""

from pydantic import BaseModel

from api.ask import Ask
from api.case_shapes import Line, Lines
from api.me import resident_of
from api.routes import Access, Routes
from identity import notices

routes = Routes("me")

_LAST = 3


class Waiting(BaseModel):
    """``applications``: those that need the resident; ``last``: the youngest three of all."""

    applications: list[Line]
    messages_unread: int
    tickets_open: int
    last: list[Line]


@routes.get("/v1/me/waiting", Access.OWN_APP, "What waits for the resident", answer=Waiting)
async def waiting(ask: Ask[None, None]) -> Waiting:
    resident, counter = resident_of(ask.caller), ask.parts.counter
    needed = await counter.applications.listed(ask.caller, ask.locale, waiting=True)
    latest = await counter.applications.listed(ask.caller, ask.locale)
    return Waiting(
        applications=Lines.model_validate(needed).applications,
        messages_unread=await notices.unread(resident),
        tickets_open=await counter.tickets.open_ones(resident),
        last=Lines.model_validate(latest).applications[:_LAST],
    )
