"""The resident's own record: who they are here, who read it, where they are signed in."""

from datetime import UTC, datetime
from uuid import UUID

from pydantic import BaseModel

from api.arrivals import ResidentShown
from api.ask import Ask
from api.routes import Access, Routes
from api.ways import offered
from config.settings import Settings
from config.texts import text
from identity.caller import Caller
from identity.errors import SignInNeeded
from identity.residents import ResidentView
from identity.ways import SENSITIVE, reaching

routes = Routes("me")


class Renewal(BaseModel):
    """What is needed when the proofing lapses: any of ``ways``; ``needed`` once it has."""

    needed: bool
    ways: list[str]
    title: str
    detail: str


class Me(ResidentShown):
    """``acr``: the assurance of this session; ``proofed``: the resident's own, today."""

    acr: str
    renewal: Renewal


@routes.get("/v1/me", Access.OWN_APP, "The resident's own record, masked", answer=Me)
async def show(ask: Ask[None, None]) -> Me:
    view = await ask.parts.residents.view(resident_of(ask.caller))
    made: Me = Me.of(
        view, acr=ask.caller.acr, renewal=_renewal(view, ask.parts.settings, ask.locale)
    )
    return made


def _renewal(view: ResidentView, house: Settings, locale: str) -> Renewal:
    """A passkey shows that it is you again; it renews no proofing."""
    there = offered(house)
    ways = [way.id for way in reaching(SENSITIVE) if way in there and not way.bound]
    lapsed = view.proofed_until <= datetime.now(UTC)
    said = "lapsed" if lapsed else "holds"
    title, detail = (text(f"proofing.{said}.{part}", locale) for part in ("title", "detail"))
    return Renewal(needed=lapsed, ways=ways, title=title, detail=detail)


def resident_of(caller: Caller) -> UUID:
    """Whose record this is. Raises SignInNeeded."""
    if caller.resident is None:  # the gate lets nobody else here
        raise SignInNeeded()
    return caller.resident
