"""Residents: admitted once a document, found again by its digest, revealed for one request."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection

from identity.assurance import effective
from identity.audit import record
from identity.document_store import DocumentStore
from identity.documents import PROVEN, RESIDENT_ID
from identity.documents.errors import DocumentEnded
from identity.errors import ResidentClosed, ResidentMissing
from identity.models import Document, Resident
from identity.person import IdNumber, Person, mask
from identity.vault import Vault

STAYS = "SELECT 1 AS stays FROM resident WHERE id = {} AND closed_at IS NULL FOR KEY SHARE"
"""As long as the transaction lasts this record is not closed, joined into another or erased."""

# Departments ask by the resident ID card where there is one, else by what is proven best.
_REVEAL = """
    SELECT d.* FROM document d JOIN resident r ON r.id = d.resident_id
    WHERE r.id = $1 AND (r.closed_at IS NULL OR $4) AND d.ended_at IS NULL AND d.level >= $2
    ORDER BY d.kind = $3 DESC, d.level DESC, d.created_at, d.id LIMIT 1
"""


async def stay(connection: BaseDBAsyncClient, resident: UUID) -> None:
    """Before anything is written for them, in the transaction that writes it: whoever joins,
    closes or erases the record waits, or was there first. Raises ResidentClosed.
    """
    if not await connection.execute_query_dict(STAYS.format("$1"), [resident]):
        raise ResidentClosed()


@dataclass(frozen=True)
class ResidentView:
    """What residents see of their own record. Name and number are masked already.

    ``proofed`` is the level that holds today.
    """

    id: UUID
    name: str
    id_number: str
    proofed: int
    proofed_at: datetime
    proofed_until: datetime


class Residents:
    """``months`` is how long a proofing holds; ``documents`` is where their documents are kept."""

    def __init__(self, vault: Vault, months: int = 24):
        self.documents = DocumentStore(vault)
        self._months = months

    async def find(
        self, number: IdNumber, connection: BaseDBAsyncClient | None = None
    ) -> UUID | None:
        """Whose document this is, or None: one that nobody has proven is nobody's."""
        document = await self.documents.find(connection or get_connection("default"), number)
        if document is None or document.level < PROVEN:
            return None
        return UUID(str(document.resident_id))

    async def admit(
        self,
        connection: BaseDBAsyncClient,
        number: IdNumber,
        name: str,
        level: int,
        whose: UUID | None = None,
    ) -> Resident:
        """The resident of this document, new or known, proofed at ``level`` from now.

        In the story's transaction. ``whose``: the resident who is signed in; a document they had
        only added counts as theirs once it is proven. A name the register has changed is changed
        here too. Raises ResidentClosed or DocumentEnded.
        """
        await self.documents.lock(connection, number)
        document = await self._leading(connection, number, whose)
        if document is None:
            return await self._create(connection, number, name, level)
        residents = Resident.select_for_update().using_db(connection)
        resident = await residents.get(id=document.resident_id)
        if resident.closed_at:
            raise ResidentClosed()
        if document.ended_at:
            raise DocumentEnded()
        await self._refresh(connection, resident, level)
        await self._confirm(connection, document, number, name, level)
        return resident

    async def reveal(self, resident: UUID) -> Person:
        """Name and number in plain words, for one request. Raises ResidentMissing."""
        return await self._person(resident, closed=False)

    async def reveal_for_books(self, resident: UUID) -> Person:
        """The same of a closed record too: money that was on its way when somebody died or left
        comes to its end under the name it was sent by. Raises ResidentMissing.
        """
        return await self._person(resident, closed=True)

    async def _person(self, resident: UUID, *, closed: bool) -> Person:
        question = [resident, PROVEN, RESIDENT_ID, closed]
        rows = await get_connection("default").execute_query_dict(_REVEAL, question)
        if not rows:
            raise ResidentMissing()
        document = Document(**rows[0])
        return Person(resident, self.documents.name(document), self.documents.number(document))

    async def view(self, resident: UUID) -> ResidentView:
        """The resident's own record, masked. Raises ResidentMissing."""
        person = await self.reveal(resident)
        row = await Resident.get(id=resident)
        return masked(row, person)

    async def _leading(
        self, connection: BaseDBAsyncClient, number: IdNumber, whose: UUID | None
    ) -> Document | None:
        """The document, if it leads to somebody. Who proves what another had only added takes it:
        nobody can occupy a number that is not theirs.
        """
        document = await self.documents.find(connection, number)
        if document is None or document.level >= PROVEN or document.resident_id == whose:
            return document
        await self.documents.end(connection, document, "proven-by-another")
        return None

    async def _create(
        self, connection: BaseDBAsyncClient, number: IdNumber, name: str, level: int
    ) -> Resident:
        now = datetime.now(UTC)
        resident = await Resident.create(
            using_db=connection,
            id=uuid4(),
            proofed=level,
            proofed_at=now,
            proofed_until=months_after(now, self._months),
        )
        await self.documents.add(connection, UUID(str(resident.id)), number, name, level=level)
        return resident

    async def _refresh(self, connection: BaseDBAsyncClient, resident: Resident, level: int) -> None:
        """A lower proof does not take away a higher one that still holds."""
        now = datetime.now(UTC)
        if resident.proofed > level and resident.proofed_until > now:
            return
        resident.proofed, resident.proofed_at = level, now
        resident.proofed_until = months_after(now, self._months)
        await resident.save(using_db=connection)

    async def _confirm(
        self,
        connection: BaseDBAsyncClient,
        document: Document,
        number: IdNumber,
        name: str,
        level: int,
    ) -> None:
        """What the register says today of a document we know."""
        if level > document.level:
            document.level = level
            await document.save(using_db=connection, update_fields=["level"])
        if await self.documents.rename(connection, document, name):
            resident = UUID(str(document.resident_id))
            await record(connection, event="document:renamed", resident=resident)
        await self.documents.index(connection, document, number)


def masked(resident: Resident, person: Person) -> ResidentView:
    """First and last character of name and number only (CONTRACTS: Vault and logs)."""
    return ResidentView(
        UUID(str(resident.id)),
        mask(person.name),
        person.number.masked,
        effective(resident.proofed, resident.proofed_until),
        resident.proofed_at,
        resident.proofed_until,
    )


def months_after(then: datetime, months: int) -> datetime:
    """The same day so many months later, or the last one of a shorter month."""
    year, month = divmod(then.year * 12 + then.month - 1 + months, 12)
    month += 1
    return then.replace(year=year, month=month, day=min(then.day, monthrange(year, month)[1]))
