"""Residents: admitted once a document, found again by its digest, revealed for one request."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection

from identity.assurance import effective
from identity.attempts import lock
from identity.errors import ResidentClosed, ResidentMissing
from identity.models import Document, DocumentIndex, Resident
from identity.person import IdNumber, Person, mask
from identity.vault import Vault

_INDEX = "document"
_REVEAL = """
    SELECT d.id, d.kind, d.country, d.number_sealed, d.name_sealed
    FROM document d JOIN resident r ON r.id = d.resident_id
    WHERE r.id = $1 AND r.closed_at IS NULL ORDER BY d.created_at, d.id LIMIT 1
"""


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
    """``months`` is how long a proofing holds."""

    def __init__(self, vault: Vault, months: int = 24):
        self._vault = vault
        self._months = months

    async def find(
        self, number: IdNumber, connection: BaseDBAsyncClient | None = None
    ) -> UUID | None:
        """Whose document this is, or None."""
        document = await self._document(connection or get_connection("default"), number)
        return UUID(str(document.resident_id)) if document else None

    async def admit(
        self, connection: BaseDBAsyncClient, number: IdNumber, name: str, level: int
    ) -> Resident:
        """The resident of this document, new or known, proofed at ``level`` from now.

        In the story's transaction. A name the register has changed is changed here too.
        Raises ResidentClosed.
        """
        await lock(connection, self._vault.anchor(_INDEX, number.canonical))
        document = await self._document(connection, number)
        if document is None:
            return await self._create(connection, number, name, level)
        resident = (
            await Resident.select_for_update().using_db(connection).get(id=document.resident_id)
        )
        if resident.closed_at:
            raise ResidentClosed()
        await self._refresh(connection, resident, level)
        await self._rename(connection, document, name)
        await self._index(connection, document.id, number)
        return resident

    async def reveal(self, resident: UUID) -> Person:
        """Name and number in plain words, for one request. Raises ResidentMissing."""
        rows = await get_connection("default").execute_query_dict(_REVEAL, [resident])
        if not rows:
            raise ResidentMissing()
        (row,) = rows
        number = self._vault.open(bytes(row["number_sealed"]), _context("number", row["id"]))
        name = self._vault.open(bytes(row["name_sealed"]), _context("name", row["id"]))
        return Person(
            resident, name.decode(), IdNumber(number.decode(), row["kind"], row["country"])
        )

    async def view(self, resident: UUID) -> ResidentView:
        """The resident's own record, masked. Raises ResidentMissing."""
        person = await self.reveal(resident)
        row = await Resident.get(id=resident)
        return masked(row, person)

    async def _document(self, connection: BaseDBAsyncClient, number: IdNumber) -> Document | None:
        digests = self._digests(number).values()
        index = await DocumentIndex.filter(digest__in=list(digests)).using_db(connection).first()
        if index is None:
            return None
        return await Document.get(id=index.document_id, using_db=connection)

    async def _create(
        self, connection: BaseDBAsyncClient, number: IdNumber, name: str, level: int
    ) -> Resident:
        now, document = datetime.now(UTC), uuid4()
        resident = await Resident.create(
            using_db=connection,
            id=uuid4(),
            proofed=level,
            proofed_at=now,
            proofed_until=months_after(now, self._months),
        )
        await Document.create(
            using_db=connection,
            id=document,
            resident_id=resident.id,
            kind=number.kind,
            country=number.country,
            number_sealed=self._vault.seal(number.value.encode(), _context("number", document)),
            name_sealed=self._vault.seal(name.encode(), _context("name", document)),
        )
        await self._index(connection, document, number)
        return resident

    async def _refresh(self, connection: BaseDBAsyncClient, resident: Resident, level: int) -> None:
        """A lower proof does not take away a higher one that still holds."""
        now = datetime.now(UTC)
        if resident.proofed > level and resident.proofed_until > now:
            return
        resident.proofed, resident.proofed_at = level, now
        resident.proofed_until = months_after(now, self._months)
        await resident.save(using_db=connection)

    async def _rename(self, connection: BaseDBAsyncClient, document: Document, name: str) -> None:
        context = _context("name", document.id)
        if self._vault.open(bytes(document.name_sealed), context).decode() != name:
            document.name_sealed = self._vault.seal(name.encode(), context)
            await document.save(using_db=connection, update_fields=["name_sealed"])

    async def _index(self, connection: BaseDBAsyncClient, document: UUID, number: IdNumber) -> None:
        """A row for every index key there is, so that a new key finds old documents."""
        rows = [
            DocumentIndex(digest=digest, key_version=version, document_id=document)
            for version, digest in self._digests(number).items()
        ]
        await DocumentIndex.bulk_create(rows, using_db=connection, ignore_conflicts=True)

    def _digests(self, number: IdNumber) -> dict[int, str]:
        return self._vault.digests(_INDEX, number.canonical)


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


def _context(column: str, document: object) -> str:
    return f"document.{column}:{document}"
