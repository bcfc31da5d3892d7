"""Giving a rating: by the resident alone, once for a finished application; a bad one is heard."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.database import reaching_database
from identity.audit import record
from identity.caller import Caller
from identity.vault import Vault
from services.applications.errors import ApplicationMissing
from services.applications.numbers import APPLICATION, read
from services.applications.states import State
from services.catalogue import Catalogue
from services.idempotency import Idempotency, Once
from services.models import Application, Rating, Ticket
from services.ratings.grades import (
    BAD,
    GRADES,
    MOST_TAGS,
    MOST_WORDS,
    OPEN_FOR,
    TAGS,
    RatingGiven,
    RatingInvalid,
    RatingTooEarly,
    RatingTooLate,
)
from services.tickets.ledger import Said, open_one
from services.tickets.states import Kind

DECIDED = (State.APPROVED, State.REFUSED, State.COLLECTED)
PURPOSE = "rating"
Json = dict[str, Any]


@dataclass(frozen=True)
class Opinion:
    """``grade`` 1 to 5; ``tags`` out of ``grades.TAGS``."""

    grade: int
    tags: Sequence[str] = ()
    words: str = field(default="", repr=False)

    def check(self) -> None:
        """Raises RatingInvalid."""
        tags = set(self.tags)
        fits = len(tags) == len(self.tags) <= MOST_TAGS and tags <= TAGS
        if self.grade not in GRADES or not fits or len(self.words) > MOST_WORDS:
            raise RatingInvalid()


@dataclass(frozen=True)
class Ratings:
    vault: Vault
    catalogue: Catalogue

    async def give(
        self, caller: Caller, resident: UUID, number: str, opinion: Opinion, once: Once | None
    ) -> str:
        """Rate one's own finished application; returns the number of the ticket that a grade of 1
        or 2 opens, else nothing.

        Raises RatingInvalid, ApplicationMissing, RatingTooEarly, RatingTooLate, RatingGiven and
        what ``kept`` refuses.
        """
        opinion.check()
        with reaching_database():
            async with (
                in_transaction() as connection,
                Idempotency(self.vault).kept(connection, once) as slot,
            ):
                if slot.known is not None:
                    return slot.known.decode()
                row = await _rateable(connection, resident, number)
                ticket = await self._write(connection, caller, row, opinion)
                slot.keep(ticket.encode())
        return ticket

    async def beside(self, resident: UUID, number: str) -> tuple[Json | None, bool]:
        """What was given for this application (``number`` as it is kept), and whether it may be
        rated now.
        """
        with reaching_database():
            about = await Application.get_or_none(number=number, resident_id=resident)
            if about is None:
                return None, False
            row = await Rating.get_or_none(application_id=about.id)
            if row is None:
                return None, rateable(about, datetime.now(UTC))
            return await self._shown(row), False

    async def _shown(self, row: Rating) -> Json:
        opened = Ticket.filter(application_id=row.application_id, kind=Kind.RATING)
        ticket = await opened.first()
        return {
            "grade": row.grade or None,
            "active": row.active,
            "tags": row.tags.split(),
            "words": words_of(row, self.vault),
            "created_at": row.created_at,
            "ticket": ticket.number if ticket else None,
        }

    async def _write(
        self, connection: BaseDBAsyncClient, caller: Caller, row: Application, opinion: Opinion
    ) -> str:
        service, made = self.catalogue.service(row.service), uuid4()
        words = opinion.words.strip()
        await Rating.create(
            using_db=connection,
            id=made,
            application_id=row.id,
            resident_id=row.resident_id,
            service=row.service,
            department=service.department.id,
            region=row.region,
            grade=opinion.grade,
            active=True,
            tags=" ".join(opinion.tags),
            words_sealed=self.vault.seal(words.encode(), _context(made)) if words else None,
            created_at=datetime.now(UTC),
        )
        resident = UUID(str(row.resident_id))
        await record(
            connection,
            event="rating:given",
            resident=resident,
            caller=caller,
            service=row.service,
            purpose=PURPOSE,
        )
        if opinion.grade > BAD:
            return ""
        said = Said(Kind.RATING, service, words, application=row)
        return (await open_one(connection, self.vault, caller, resident, said)).number


def rateable(row: Application, now: datetime) -> bool:
    """Whether the time to rate is open, a rating given apart."""
    return row.state in DECIDED and row.finished_at is not None and now - row.finished_at < OPEN_FOR


async def _rateable(connection: BaseDBAsyncClient, resident: UUID, number: str) -> Application:
    """The application's row, locked: of two ratings at once the second finds the first."""
    rows = Application.filter(number=read(number, APPLICATION) or "", resident_id=resident)
    row = await rows.using_db(connection).select_for_update().first()
    if row is None or row.state == State.DRAFT:
        raise ApplicationMissing()
    given = await Rating.get_or_none(application_id=row.id, using_db=connection)
    if given is not None:
        raise RatingGiven() if given.active else RatingTooLate(days=OPEN_FOR.days)
    if row.state not in DECIDED or row.finished_at is None:
        raise RatingTooEarly(state=row.state)
    if not rateable(row, datetime.now(UTC)):
        raise RatingTooLate(days=OPEN_FOR.days)
    return row


def words_of(row: Rating, vault: Vault) -> str:
    """What the resident wrote."""
    sealed = row.words_sealed
    return vault.open(bytes(sealed), _context(row.id)).decode() if sealed else ""


def _context(row: object) -> str:
    return f"rating.words:{row}"
