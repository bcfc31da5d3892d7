"""The device grant at the token endpoint (RFC 8628 §3.4, §3.5), with a number to be typed.

A kiosk polls with its device code. When the telephone has said yes, it also sends what its visitor
typed, as ``confirmation``: the number that the telephone shows (RFC 10027: proximity). Beside the
RFC's errors a header says how far it is, so that the page can follow without guessing:
``Handoff-State: shown | claimed | allowed | wrong-number``, with ``Handoff-Tries`` left.
"""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from config.database import reaching_database
from config.errors import Unavailable
from identity.kiosks.errors import KioskOnly, KioskServiceMissing
from identity.kiosks.offers import Offer, Offers
from identity.kiosks.terminals import Terminal, Terminals
from identity.kiosks.visits import Begun, Proof, Visitor, Visits
from identity.kiosks.waiting import Claim, Decision, Handoff, Waiting
from identity.models import Session
from identity.oauth import partner_sessions
from identity.oauth.access_tokens import AccessTokens, Bearing
from identity.oauth.authentication import Party
from identity.oauth.device_authorization import check_grant, kiosk
from identity.oauth.issued import Issued
from identity.oauth.message import Parameters
from identity.oauth.refusals import (
    AccessDenied,
    AuthorizationPending,
    ExpiredToken,
    InvalidGrant,
    SlowDown,
)
from identity.partners.client import Client

SECONDS = 300  # at most (RFC 10027), and nothing refreshes it
STATE, LEFT = "Handoff-State", "Handoff-Tries"
_WRONG = "wrong-number"


@dataclass(frozen=True, repr=False, kw_only=True)
class VisitIssued(Issued):
    """``visit``: by which the kiosk ends it (DELETE /v1/kiosks/visits/{id})."""

    visit: UUID

    def as_json(self) -> dict[str, Any]:
        return super().as_json() | {"visit": str(self.visit)}


@dataclass(frozen=True)
class VisitTokens:
    """Tokens of visits. ``sub`` is the visit itself: a kiosk knows nobody again the next time."""

    access: AccessTokens

    async def issue(self, client: Client, session: Session) -> VisitIssued:
        """Raises DatabaseUnavailable where the signing keys have to be read first."""
        bearing = Bearing(str(session.id), session.scope, int(session.acr), seconds=SECONDS)
        access = await self.access.in_session(client, session, bearing)
        return VisitIssued(access, session.scope, visit=UUID(str(session.id)))


@dataclass(frozen=True)
class DeviceGrant:
    """The parts the story needs, put together in ``api/parts``."""

    terminals: Terminals
    offers: Offers
    waiting: Waiting
    visits: Visits
    tokens: VisitTokens

    async def __call__(self, party: Party, parameters: Parameters) -> Issued:
        """Raises UnauthorizedClient, InvalidRequest, InvalidGrant, AuthorizationPending, SlowDown,
        AccessDenied or ExpiredToken.
        """
        check_grant(party)
        terminal = await kiosk(self.terminals, party)
        handoff = await self.waiting.of_kiosk(parameters["device_code"])
        handoff = check_own(handoff, terminal)
        await self._check_open(handoff)
        decision = await self._answered(handoff, parameters)
        await self._check_number(handoff, decision, parameters["confirmation"])
        if not await self.waiting.use(handoff):
            raise InvalidGrant("a device code used before")
        session = await self._begin(terminal, handoff, decision)
        return await self.tokens.issue(party.client, session)

    async def _check_open(self, handoff: Handoff) -> None:
        if handoff.decision and not handoff.decision.allowed:
            raise AccessDenied("the resident refused")
        if await self.waiting.dead(handoff):
            raise AccessDenied("three wrong numbers")
        if handoff.over:
            raise ExpiredToken("its time is over")

    async def _answered(self, handoff: Handoff, parameters: Parameters) -> Decision:
        """The resident's yes, with a number at hand; everything else is a poll, and is paced."""
        if handoff.decision and "confirmation" in parameters:
            return handoff.decision
        if await self.waiting.too_soon(handoff):
            raise SlowDown(headers={STATE: _state(handoff)})
        raise AuthorizationPending(headers={STATE: _state(handoff)})

    async def _check_number(self, handoff: Handoff, decision: Decision, typed: str) -> None:
        left = await self.waiting.tried(handoff)
        if left >= 0 and hmac.compare_digest(decision.number.encode(), typed.encode()):
            return
        if left < 1:
            raise AccessDenied("three wrong numbers")
        raise AuthorizationPending("a wrong number", headers={STATE: _WRONG, LEFT: str(left)})

    async def _begin(self, terminal: Terminal, handoff: Handoff, decision: Decision) -> Session:
        """PostgreSQL has the last word: the session's id was drawn with the device code, so even a
        Valkey that forgot the use cannot open it twice.
        """
        try:
            with reaching_database():
                async with in_transaction() as connection:
                    begun = await self._visit(connection, terminal, handoff, decision)
        except IntegrityError:
            raise InvalidGrant("a device code used before") from None
        except Unavailable:
            await self.waiting.give_back(handoff)
            raise
        await self.visits.announce(begun.ended)
        return begun.session

    async def _visit(
        self,
        connection: BaseDBAsyncClient,
        terminal: Terminal,
        handoff: Handoff,
        decision: Decision,
    ) -> Begun:
        """The telephone's own session is locked and lives: what ends it ends the visit."""
        claim, offer = _claimed(handoff), self._offer(handoff, terminal)
        parent = await partner_sessions.living_parent(connection, UUID(claim.session))
        proof = Proof(
            decision.acr, decision.amr.split(), datetime.fromtimestamp(decision.auth_time, UTC)
        )
        resident = UUID(str(parent.resident_id))
        visitor = Visitor(handoff.visit, resident, proof, UUID(claim.session))
        try:
            return await self.visits.begin(connection, terminal, offer, visitor)
        except KioskOnly as refused:
            raise InvalidGrant(refused.cause) from None

    def _offer(self, handoff: Handoff, terminal: Terminal) -> Offer:
        try:
            return self.offers.of(handoff.shown.service, terminal.region)
        except KioskServiceMissing:
            raise InvalidGrant("its service is gone") from None


def check_own(handoff: Handoff | None, terminal: Terminal) -> Handoff:
    """A device code is good for the kiosk that began, and its key. Raises InvalidGrant."""
    if handoff is None:
        raise InvalidGrant("a device code nobody knows")
    if (handoff.shown.client, handoff.shown.key) != (terminal.client, terminal.key):
        raise InvalidGrant("another kiosk's device code")
    return handoff


def _state(handoff: Handoff) -> str:
    if handoff.decision:
        return "allowed"
    return "claimed" if handoff.claim else "shown"


def _claimed(handoff: Handoff) -> Claim:
    if handoff.claim is None:  # nobody answers what nobody claimed
        raise InvalidGrant("not claimed")
    return handoff.claim
