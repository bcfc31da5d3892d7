"""Being known by a bank card: a code is sent to the telephone, and typed here."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, StringConstraints

from api.arrivals import VerificationDone, arrival
from api.ask import Ask
from api.challenges import Device
from api.routes import Access, Routes
from api.verifications import ConsentGiven, Private
from identity.cards.checks import Wanted
from identity.consent import BANK_CARD
from identity.named import Typed

routes = Routes("verification")


class CardCheckWanted(Private):
    """``card`` and ``phone`` as the bank knows them; neither is kept.

    ``lift_freeze`` is understood, but level 3 lifts none.
    """

    name: Annotated[str, StringConstraints(max_length=200)]
    id_number: Annotated[str, StringConstraints(max_length=64)]
    document_type: Annotated[str, StringConstraints(max_length=32)] = "resident-id"
    card: Annotated[str, StringConstraints(max_length=40)]
    phone: Annotated[str, StringConstraints(max_length=24)]
    device: Device
    consent: ConsentGiven | None = None
    guardian_code: Annotated[str, StringConstraints(max_length=64)] = ""
    lift_freeze: bool = False


class CardCheckBegun(BaseModel):
    """``phone``: where the code went, first and last digit only."""

    id: str
    secret: str
    expires_at: datetime
    phone: str

    def __repr__(self) -> str:
        return "CardCheckBegun(…)"

    __str__ = __repr__


class CodeTyped(Private):
    secret: Annotated[str, StringConstraints(max_length=128)]
    code: Annotated[str, StringConstraints(max_length=16)]
    device: Device


@routes.post(
    "/v1/card-checks",
    Access.ANYONE,
    "Have a code sent to the telephone that a bank card is registered with",
    status=201,
    body=CardCheckWanted,
    answer=CardCheckBegun,
)
async def begin(ask: Ask[CardCheckWanted, None]) -> CardCheckBegun:
    sent = ask.body
    agreed = sent.consent or ConsentGiven(purpose="", version="")
    typed = Typed(sent.name, sent.id_number, sent.document_type, sent.guardian_code)
    wanted = Wanted(typed, sent.card, sent.phone, agreed.version)
    stands = arrival(ask, sent.device, agreed.purpose)
    begun = await ask.parts.ways.card_checks.begin(wanted, stands)
    ticket = begun.ticket
    return CardCheckBegun(
        id=ticket.id, secret=ticket.secret, expires_at=ticket.expires_at, phone=begun.phone
    )


@routes.post(
    "/v1/card-checks/{id}/tokens",
    Access.ANYONE,
    "Type the code: a session at level 3; with a token, prove again in its session",
    status=201,
    body=CodeTyped,
    answer=VerificationDone,
)
async def finish(ask: Ask[CodeTyped, None]) -> VerificationDone:
    sent, here = ask.body, arrival(ask, ask.body.device, BANK_CARD)
    done = await ask.parts.ways.card_checks.complete(ask.path["id"], sent.secret, sent.code, here)
    return VerificationDone.of(done)
