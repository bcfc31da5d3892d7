"""The residents' side: whose records a proposal concerns, and the change itself."""

from collections.abc import Sequence
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

from identity.audit import record
from identity.documents import PROVEN
from identity.merging import Merging
from identity.models import Document, Resident
from identity.notices import tell
from identity.person import mask
from identity.record_changes.errors import RecordChangeNotPossible
from identity.record_changes.papers import Kind, Papers
from identity.residents import Residents
from identity.two_staff import TwoStaff, callers


class Records:
    def __init__(self, residents: Residents, merging: Merging):
        self._residents = residents
        self._store = residents.documents
        self._merging = merging

    async def found(self, connection: BaseDBAsyncClient, named: Papers) -> list[UUID]:
        """Whose the documents are, of those that are anybody's, without doubles."""
        found = [await self._residents.find(one, connection) for one in named.numbers]
        return list(dict.fromkeys(one for one in found if one))

    async def names(self, connection: BaseDBAsyncClient, named: Papers) -> tuple[str, ...]:
        """What stands in each record, masked; empty for a document that is nobody's by now."""
        rows = [await self._store.find(connection, one) for one in named.numbers]
        return tuple(mask(self._store.name(row)) if row else "" for row in rows)

    async def concerned(
        self, connection: BaseDBAsyncClient, kind: Kind, named: Papers
    ) -> list[UUID]:
        """The residents, in the order of their documents. Raises RecordChangeNotPossible."""
        found = await self.found(connection, named)
        living = Resident.filter(id__in=found, closed_at__isnull=True, frozen_at__isnull=True)
        if len(found) != len(named.numbers):
            raise RecordChangeNotPossible("nobody's, or one record")
        if await living.using_db(connection).count() != len(found):
            raise RecordChangeNotPossible("closed or frozen")
        if kind is not Kind.MERGE:
            await self._judge_document(connection, kind, named)
        return found

    async def change(
        self, connection: BaseDBAsyncClient, kind: Kind, named: Papers, staff: TwoStaff
    ) -> Sequence[UUID]:
        """Do it in the story's transaction. Returns the sessions that ended."""
        if kind is Kind.RENAME:
            return await self._rename(connection, named, staff)
        found = await self.concerned(connection, kind, named)
        if kind is Kind.MERGE:
            into, other = found
            return await self._merging.join(connection, into, other, staff)
        document = await self._document(connection, named)
        _, ended = await self._merging.part(connection, UUID(str(document.id)), staff)
        return ended

    async def _rename(
        self, connection: BaseDBAsyncClient, named: Papers, staff: TwoStaff
    ) -> Sequence[UUID]:
        """Every living document: a person has one name. Documents are locked before residents."""
        await self._store.lock(connection, *named.numbers)
        (resident,) = await self.concerned(connection, Kind.RENAME, named)
        await Resident.select_for_update().using_db(connection).get(id=resident)
        both = await callers(connection, staff, resident)
        for document in await self._store.of(connection, resident):
            await self._store.rename(connection, document, named.name)
        for caller in both:
            await record(connection, event="document:renamed", resident=resident, caller=caller)
        await tell(connection, resident, "name-changed")
        return ()

    async def _judge_document(
        self, connection: BaseDBAsyncClient, kind: Kind, named: Papers
    ) -> None:
        """It is living; and who loses it keeps another that is proven."""
        document = await self._document(connection, named)
        rows = await self._store.of(connection, UUID(str(document.resident_id)))
        others = [row for row in rows if row.id != document.id and row.level >= PROVEN]
        if document.ended_at or (kind is Kind.SPLIT and not others):
            raise RecordChangeNotPossible("ended, or the last one")

    async def _document(self, connection: BaseDBAsyncClient, named: Papers) -> Document:
        document = await self._store.find(connection, named.numbers[0])
        if document is None:
            raise RecordChangeNotPossible("nobody's")
        return document
