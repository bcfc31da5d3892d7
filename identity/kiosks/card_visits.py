"""Sign-in at the kiosk itself: the ID card on the reader, and the live face it belongs to.

The card gives name and number, so nobody types them in a public place; the face goes the ordinary
way (``identity.verification``) with its challenge, budgets and register. Who shows no face lets
the kiosk in by telephone, offered beside it and as large (never face only).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient

from identity.admission import Admission, Arrival, Proven
from identity.faces.client import Frame
from identity.kiosks.card_reader import CardReaders
from identity.kiosks.offers import Offer
from identity.kiosks.readings import Readings
from identity.kiosks.terminals import Terminal
from identity.kiosks.visits import Proof, Visitor, Visits
from identity.models import Session
from identity.sessions import Opened
from identity.verification import Claim, Verification

CARD = "sc"  # a smart card (RFC 8176 §2)


@dataclass(frozen=True, repr=False)
class Visiting:
    """What a kiosk sends of its visitor. ``arrival.caller`` is the kiosk."""

    statement: str
    challenge: str
    frames: Sequence[Frame]
    consent_version: str
    arrival: Arrival
    guardian_code: str = ""

    def __repr__(self) -> str:
        return f"Visiting({len(self.frames)} frames)"


@dataclass(frozen=True)
class _VisitAdmission(Admission):
    """Lets in as everywhere, but into a visit of one kiosk instead of a session of our own app.

    ``over``: what was ended for it, to be announced after the commit.
    """

    visits: Visits
    terminal: Terminal
    offer: Offer
    over: list[UUID] = field(default_factory=list)

    async def _open(
        self, connection: BaseDBAsyncClient, resident: UUID, proven: Proven, arrival: Arrival
    ) -> Opened:
        proof = Proof(str(proven.level), (*proven.amr, CARD), datetime.now(UTC))
        visitor = Visitor(uuid4(), resident, proof, place=arrival.place)
        begun = await self.visits.begin(connection, self.terminal, self.offer, visitor)
        self.over.extend(begun.ended)
        return Opened(begun.session, "")  # nothing refreshes a visit


@dataclass(frozen=True)
class CardVisits:
    """The parts the story needs, put together in ``api/parts``."""

    verification: Verification
    readers: CardReaders
    readings: Readings
    visits: Visits

    async def begin(self, terminal: Terminal, offer: Offer, visiting: Visiting) -> Session:
        """A visit at level 4.

        Raises CardReaderAbsent, CardReadingUnknown, CardStatementInvalid, CardExpired, KioskOnly
        and whatever a verification is refused with.
        """
        nonce = self.readers.nonce(visiting.statement)
        await self.readings.take(terminal, nonce)
        card = self.readers.read(visiting.statement, nonce)
        claim = Claim(
            name=card.name,
            number=card.number,
            document_type=card.kind,
            challenge=visiting.challenge,
            frames=visiting.frames,
            consent_version=visiting.consent_version,
            address=visiting.arrival.address,
            arrival=visiting.arrival,
            guardian_code=visiting.guardian_code,
        )
        admission = self._admission(terminal, offer)
        admitted = await replace(self.verification, admission=admission).admitted(claim)
        await self.visits.announce(admission.over)
        return admitted.opened.session

    def _admission(self, terminal: Terminal, offer: Offer) -> _VisitAdmission:
        usual = self.verification.admission
        return _VisitAdmission(
            usual.residents, usual.sessions, usual.tokens, usual.vault, self.visits, terminal, offer
        )
