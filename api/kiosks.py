"""A kiosk's own routes: enrolment, what it is and offers, visits by card and face, their end."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from api.arrivals import GuardianCode
from api.ask import Ask
from api.challenges import Device
from api.routes import FRAMES_BODY, Access, Routes
from api.verifications import MOST_FRAMES, ConsentGiven, FrameSent, Private, frame
from identity.admission import Arrival
from identity.kiosks.card_visits import Visiting
from identity.kiosks.errors import KioskOnly
from identity.kiosks.terminals import Terminal
from identity.kiosks.visits import CHANNEL
from identity.oauth.device_code import VisitIssued
from identity.partners.client import Client
from services.items.pages import described
from services.kiosks import here

routes = Routes("kiosks")

Code = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class KioskWanted(Private):
    """``jwk``: the public half of a P-256 key made in this browser. The request carries a proof
    made with it (header DPoP), so that nobody enrols a key they do not hold."""

    code: Code
    jwk: dict[str, Any]


class KioskEnrolled(BaseModel):
    client_id: str
    site: str
    address: str
    region: str


class KioskShown(BaseModel):
    """``card_reader``: where this kiosk's page finds its reader of ID cards; empty for none.
    ``idle_seconds``: untouched for so long, a page ends its visit, and says so before."""

    client_id: str
    site: str
    address: str
    region: str
    card_reader: str
    idle_seconds: int


class KioskServices(BaseModel):
    """As the catalogue lists them."""

    services: list[dict[str, Any]]


class ReadingBegun(BaseModel):
    """``nonce``: what the reader is to sign beside the card."""

    nonce: str
    expires_at: datetime


class VisitWanted(Private):
    """``service``: the one this visit is for. ``statement``: the reader's, with the nonce of a
    reading. ``challenge``, ``device``, ``frames``, ``consent``, ``guardian_code``: as
    POST /v1/verifications takes them; a kiosk draws a new ``device`` for each visitor."""

    service: Name
    statement: Annotated[str, StringConstraints(min_length=1, max_length=4096)]
    challenge: Annotated[str, StringConstraints(max_length=128)]
    device: Device
    frames: Annotated[list[FrameSent], Field(min_length=1, max_length=MOST_FRAMES)]
    consent: ConsentGiven | None = None
    guardian_code: GuardianCode = ""


class VisitBegun(BaseModel):
    """Nothing refreshes it. ``visit``: by which it is ended."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str
    visit: str

    @classmethod
    def of(cls, issued: VisitIssued) -> "VisitBegun":
        return cls(**issued.as_json())

    def __repr__(self) -> str:
        return "VisitBegun(…)"

    __str__ = __repr__


IDLE_SECONDS = 60


@routes.post(
    "/v1/kiosks",
    Access.PUBLIC,
    "Enrol a kiosk with an operator's one-time code",
    status=201,
    body=KioskWanted,
    answer=KioskEnrolled,
)
async def enrol(ask: Ask[KioskWanted, None]) -> KioskEnrolled:
    sent = ask.body
    made = await ask.parts.kiosks.enrolment.enrol(sent.code, sent.jwk, ask.key, ask.address)
    return KioskEnrolled(
        client_id=made.client, site=made.site, address=made.address, region=made.region
    )


@routes.get(
    "/v1/kiosks/current", Access.CLIENT_TOKEN, "What this kiosk is enrolled as", answer=KioskShown
)
async def current(ask: Ask[None, None]) -> KioskShown:
    terminal = await ask.parts.kiosks.terminals.asking(ask.caller)
    offered = ask.parts.kiosks.readers.offered
    return KioskShown(
        client_id=terminal.client,
        site=terminal.site,
        address=terminal.address,
        region=terminal.region,
        card_reader=ask.parts.settings.card_reader_address if offered else "",
        idle_seconds=IDLE_SECONDS,
    )


@routes.get(
    "/v1/kiosks/services",
    Access.CLIENT_TOKEN,
    "The services offered at this kiosk",
    answer=KioskServices,
)
async def offered(ask: Ask[None, None]) -> KioskServices:
    terminal = await ask.parts.kiosks.terminals.asking(ask.caller)
    found = here(ask.parts.catalogue, terminal.region)
    return KioskServices(services=[described(one, ask.locale) for one in found])


@routes.post(
    "/v1/kiosks/readings",
    Access.CLIENT_TOKEN,
    "A number for the reader to sign beside the card that lies on it",
    status=201,
    answer=ReadingBegun,
)
async def read_card(ask: Ask[None, None]) -> ReadingBegun:
    terminal = await ask.parts.kiosks.terminals.asking(ask.caller)
    made = await ask.parts.kiosks.readings.begin(terminal)
    return ReadingBegun(nonce=made.nonce, expires_at=made.expires_at)


@routes.post(
    "/v1/kiosks/visits",
    Access.CLIENT_TOKEN,
    "Sign a visitor in by their ID card and their face, for one service and five minutes",
    status=201,
    body=VisitWanted,
    answer=VisitBegun,
    limit=FRAMES_BODY,
)
async def visit(ask: Ask[VisitWanted, None]) -> VisitBegun:
    room, sent = ask.parts.kiosks, ask.body
    terminal = await room.terminals.asking(ask.caller)
    offer = room.offers.of(sent.service, terminal.region)
    with ask.parts.ways.crowd.place():
        session = await room.card_visits.begin(terminal, offer, _visiting(ask, terminal))
    client = await _client(ask, terminal)
    return VisitBegun.of(await ask.parts.kiosks.visit_tokens.issue(client, session))


@routes.delete(
    "/v1/kiosks/visits/{id}", Access.CLIENT_TOKEN, "End a visit of this kiosk", status=204
)
async def end(ask: Ask[None, None]) -> None:
    terminal = await ask.parts.kiosks.terminals.asking(ask.caller)
    await ask.parts.kiosks.visits.end(terminal, ask.path["id"])


def _visiting(ask: Ask[VisitWanted, None], terminal: Terminal) -> Visiting:
    sent = ask.body
    consent = sent.consent or ConsentGiven(purpose="", version="")
    arrival = Arrival(
        device=sent.device,
        device_name=terminal.site,
        purpose=consent.purpose,
        locale=ask.locale,
        channel=CHANNEL,
        key=ask.key,
        address=ask.address,
        place=ask.parts.core.places.of(ask.address),
        caller=ask.caller,
    )
    frames = [frame(one) for one in sent.frames]
    return Visiting(
        sent.statement, sent.challenge, frames, consent.version, arrival, sent.guardian_code
    )


async def _client(ask: Ask[Any, Any], terminal: Terminal) -> Client:
    client = await ask.parts.ground.registry.client(terminal.client)
    if client is None:
        raise KioskOnly("its client is gone")
    return client
