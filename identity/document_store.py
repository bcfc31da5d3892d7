"""Documents as they are kept: sealed, found again by digest, each of them once.

A document under ``PROVEN`` was judged by its form only. It says nothing about whose record this
is: it leads to nobody, and whoever proves it takes it. All writing is in the caller's transaction,
after ``lock``.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient

from identity.attempts import lock
from identity.documents import KINDS, PROVEN
from identity.models import Document, DocumentIndex
from identity.person import IdNumber
from identity.vault import Vault

_INDEX = "document"
FORGOTTEN = "unlinked"  # why a document ended that leads to nobody any more


class DocumentStore:
    """``lock`` before reading what will be written; documents before residents: no deadlock."""

    def __init__(self, vault: Vault):
        self._vault = vault

    async def lock(self, connection: BaseDBAsyncClient, *numbers: IdNumber) -> None:
        """Let one transaction at a time work on these documents."""
        for digest in sorted(self._vault.anchor(_INDEX, one.canonical) for one in numbers):
            await lock(connection, digest)

    async def find(self, connection: BaseDBAsyncClient, number: IdNumber) -> Document | None:
        """The document with this number, whosever it is and whether or not it has ended."""
        digests = list(self._digests(number).values())
        index = await DocumentIndex.filter(digest__in=digests).using_db(connection).first()
        if index is None:
            return None
        return await Document.get_or_none(id=index.document_id, using_db=connection)

    async def of(self, connection: BaseDBAsyncClient, *residents: UUID) -> list[Document]:
        """The living documents of these residents, best proven first."""
        rows = Document.filter(resident_id__in=residents, ended_at__isnull=True)
        return await rows.using_db(connection).order_by("-level", "created_at", "id")

    async def digests_of(self, connection: BaseDBAsyncClient, resident: UUID) -> frozenset[str]:
        """What leads to this resident, under every key: their proven documents, also renewed ones.

        Made of the numbers, not read from the index, which a rotation moves on its own time.
        """
        rows = Document.filter(resident_id=resident, level__gte=PROVEN).using_db(connection)
        leading = await rows.exclude(ended_why=FORGOTTEN)
        return frozenset(
            digest for row in leading for digest in self._digests(self.number(row)).values()
        )

    async def add(
        self,
        connection: BaseDBAsyncClient,
        resident: UUID,
        number: IdNumber,
        name: str,
        *,
        level: int,
        valid_until: date | None = None,
    ) -> Document:
        """A new document of this resident, proven at ``level``."""
        document = uuid4()
        row = await Document.create(
            using_db=connection,
            id=document,
            resident_id=resident,
            kind=number.kind,
            country=number.country,
            number_sealed=self._vault.seal(number.value.encode(), _context("number", document)),
            name_sealed=self._vault.seal(name.encode(), _context("name", document)),
            level=level,
            valid_until=valid_until,
        )
        await self.index(connection, row, number)
        return row

    async def index(
        self, connection: BaseDBAsyncClient, document: Document, number: IdNumber
    ) -> None:
        """A row for every index key there is, so that a new key finds old documents."""
        rows = [
            DocumentIndex(digest=digest, key_version=version, document_id=document.id)
            for version, digest in self._digests(number).items()
        ]
        await DocumentIndex.bulk_create(rows, using_db=connection, ignore_conflicts=True)

    async def end(
        self, connection: BaseDBAsyncClient, document: Document, why: str, *, forget: bool = False
    ) -> None:
        """The document counts no more. A proven one keeps leading to its resident, so that
        nobody begins anew with it, unless it is to be forgotten.
        """
        document.ended_at, document.ended_why = datetime.now(UTC), why
        await document.save(using_db=connection, update_fields=["ended_at", "ended_why"])
        if forget or document.level < PROVEN:
            await DocumentIndex.filter(document_id=document.id).using_db(connection).delete()

    async def rename(self, connection: BaseDBAsyncClient, document: Document, name: str) -> bool:
        """Write the name the register has now; whether it was another."""
        if self.name(document) == name:
            return False
        document.name_sealed = self._vault.seal(name.encode(), _context("name", document.id))
        await document.save(using_db=connection, update_fields=["name_sealed"])
        return True

    def number(self, document: Document) -> IdNumber:
        """The number in plain words."""
        sealed = bytes(document.number_sealed)
        plain = self._vault.open(sealed, _context("number", document.id)).decode()
        return IdNumber(plain, document.kind, document.country)

    def name(self, document: Document) -> str:
        """The name in plain words."""
        sealed = bytes(document.name_sealed)
        return self._vault.open(sealed, _context("name", document.id)).decode()

    def _digests(self, number: IdNumber) -> dict[int, str]:
        return self._vault.digests(_INDEX, number.canonical)


def clashing(one: Sequence[Document], other: Sequence[Document]) -> list[tuple[Document, Document]]:
    """Pairs of the same kind and country: a person has one of each, a passport of each country."""
    return [
        (mine, theirs)
        for mine in one
        for theirs in other
        if (mine.kind, mine.country) == (theirs.kind, theirs.country)
    ]


def is_lifelong(document: Document) -> bool:
    """Whether a person keeps this document's number for life."""
    return KINDS[document.kind].lifelong


def _context(column: str, document: object) -> str:
    return f"document.{column}:{document}"
