"""The documents of one resident: added, renewed and removed by themselves.

What a register knows is proven by itself and then merged (``identity.merging``); what no register
knows is added by its form, at level 2, and proves nothing until a window has seen it.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from identity import documents, release
from identity.ages import today
from identity.audit import record
from identity.caller import Caller
from identity.document_store import FORGOTTEN, DocumentStore
from identity.documents import FORMAT, KINDS, PROVEN, RESIDENT_ID
from identity.documents.errors import (
    DocumentEnded,
    DocumentExpired,
    DocumentMissing,
    DocumentNeedsProof,
    DocumentTaken,
    DocumentTriesSpent,
    LastDocument,
    TooManyDocuments,
)
from identity.errors import ResidentMissing, SignInNeeded
from identity.models import AuditEvent, Document, Resident
from identity.person import IdNumber
from identity.ways import FRESH, SENSITIVE

MOST = 10  # documents of one resident
REFUSALS = 5  # a day, of documents that are somebody else's
_DAY = timedelta(days=1)


@dataclass(frozen=True, repr=False)
class Wanted:
    """A document somebody says is theirs, as they typed it."""

    kind: str
    number: str
    country: str = ""
    valid_until: date | None = None

    def __repr__(self) -> str:
        return f"Wanted({self.kind})"


@dataclass(frozen=True)
class Held:
    """A document as its resident sees it: the number shows its first and last character.

    ``main``: departments are asked by this one.
    """

    id: UUID
    kind: str
    country: str
    number: str = field(repr=False)
    level: int
    valid_until: date | None
    added_at: datetime
    main: bool

    @property
    def expired(self) -> bool:
        return self.valid_until is not None and self.valid_until < today()


class Linking:
    def __init__(self, store: DocumentStore):
        self._store = store

    async def held(self, resident: UUID) -> list[Held]:
        """The resident's living documents, the main one first."""
        rows = await self._store.of(get_connection("default"), resident)
        rows.sort(key=lambda row: row.kind != RESIDENT_ID)  # stable: then by level and age
        return [self._shown(row, place == 0) for place, row in enumerate(rows)]

    async def link(self, caller: Caller, wanted: Wanted) -> None:
        """Add a document, or renew one: a new number replaces the old one of its kind, the same
        number takes the new date. Needs a fresh level 4.

        Raises StepUpNeeded, what ``documents.parse`` raises, and the leaves of documents.errors.
        """
        resident = _sensitive(caller)
        number = documents.parse(wanted.kind, wanted.number, wanted.country)
        if wanted.valid_until and wanted.valid_until < today():
            raise DocumentExpired()
        await _judge_tries(resident)
        try:
            async with in_transaction() as connection:
                event = await self._linked(connection, resident, number, wanted.valid_until)
                await record(connection, event=event, resident=resident, caller=caller)
        except DocumentTaken:
            await _record_refusal(resident, caller)
            raise

    async def unlink(self, caller: Caller, document: UUID) -> None:
        """Remove a document; who proves it again begins anew. Needs a fresh level 4.

        Raises StepUpNeeded, DocumentMissing or LastDocument.
        """
        resident = _sensitive(caller)
        async with in_transaction() as connection:
            await _living(connection, resident)
            rows = await self._store.of(connection, resident)
            row = next((one for one in rows if one.id == document), None)
            if row is None:
                raise DocumentMissing()
            _judge_last(row, rows)
            await self._store.end(connection, row, FORGOTTEN, forget=True)
            await record(connection, event="document:unlinked", resident=resident, caller=caller)

    async def _linked(
        self,
        connection: BaseDBAsyncClient,
        resident: UUID,
        number: IdNumber,
        valid_until: date | None,
    ) -> str:
        """Which event it was. One's own comes first, so that nothing is said of other people's
        documents of a kind that a register proves.
        """
        await self._store.lock(connection, number)
        await _living(connection, resident)
        found = await self._store.find(connection, number)
        if found and found.resident_id == resident:
            await _renew_date(connection, found, valid_until)
            return "document:renewed"
        if KINDS[number.kind].register:
            raise DocumentNeedsProof()
        if found:
            raise DocumentTaken()
        return await self._add(connection, resident, number, valid_until)

    async def _add(
        self,
        connection: BaseDBAsyncClient,
        resident: UUID,
        number: IdNumber,
        valid_until: date | None,
    ) -> str:
        rows = await self._store.of(connection, resident)
        same = (number.kind, number.country)
        old = next((row for row in rows if (row.kind, row.country) == same), None)
        if old is None and len(rows) >= MOST:
            raise TooManyDocuments()
        if old is not None:
            if _is_last_proven(old, rows):
                raise DocumentNeedsProof()
            await self._store.end(connection, old, "renewed")
        name = self._store.name(rows[0])
        await self._store.add(
            connection, resident, number, name, level=FORMAT, valid_until=valid_until
        )
        return "document:renewed" if old else "document:linked"

    def _shown(self, row: Document, main: bool) -> Held:
        masked = self._store.number(row).masked
        return Held(
            row.id, row.kind, row.country, masked, row.level, row.valid_until, row.created_at, main
        )


def _sensitive(caller: Caller) -> UUID:
    release.permit(caller, scope="", level=SENSITIVE, max_age=FRESH)
    if caller.resident is None:  # permit lets nobody pass; this is for the types
        raise SignInNeeded()
    return caller.resident


async def _living(connection: BaseDBAsyncClient, resident: UUID) -> None:
    """Let one transaction at a time change this resident's documents."""
    rows = Resident.select_for_update().using_db(connection)
    if not await rows.get_or_none(id=resident, closed_at__isnull=True):
        raise ResidentMissing()


async def _renew_date(
    connection: BaseDBAsyncClient, row: Document, valid_until: date | None
) -> None:
    if row.ended_at:
        raise DocumentEnded()
    row.valid_until = valid_until
    await row.save(using_db=connection, update_fields=["valid_until"])


def _is_last_proven(row: Document, rows: list[Document]) -> bool:
    others = [one for one in rows if one.level >= PROVEN and one.id != row.id]
    return row.level >= PROVEN and not others


def _judge_last(row: Document, rows: list[Document]) -> None:
    if _is_last_proven(row, rows):
        raise LastDocument()


async def _judge_tries(resident: UUID) -> None:
    """Whoever asks about other people's documents is soon asked to stop, on every worker."""
    since = datetime.now(UTC) - _DAY
    refused = AuditEvent.filter(resident_id=resident, event="document:refused", at__gt=since)
    if await refused.count() >= REFUSALS:
        raise DocumentTriesSpent(retry_after=int(_DAY.total_seconds()))


async def _record_refusal(resident: UUID, caller: Caller) -> None:
    async with in_transaction() as connection:
        await record(
            connection,
            event="document:refused",
            resident=resident,
            caller=caller,
            outcome=DocumentTaken.code,
        )
