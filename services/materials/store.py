"""Materials: uploaded and sealed, taken into applications, read back, forgotten when unused.

What a resident uploads waits a day to be used. An application takes it for good; what an earlier
one holds is referred to and not copied (``origin_id``).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

from config.database import reaching_database
from config.jobs import Payload
from identity.vault import Vault
from services.idempotency import Idempotency, Once
from services.items.standard import Item
from services.materials.content import Upload, judge
from services.materials.errors import (
    MaterialInUse,
    MaterialKindUnknown,
    MaterialMissing,
    MaterialsTooMany,
)
from services.materials.reuse import Place, places
from services.materials.shown import (
    LIGHT,
    UPLOADED,
    Content,
    Shown,
    content_context,
    name_context,
)
from services.models import Material

JOB = "forget-unused-materials"
UNUSED = timedelta(days=1)
MOST_WAITING = 20


@dataclass(frozen=True)
class Materials:
    """``kinds``: those that the catalogue's applications ask for."""

    vault: Vault
    kinds: Collection[str]

    async def add(
        self, resident: UUID, kind: str, upload: Upload, once: Once | None = None
    ) -> Shown:
        """Keep an upload, sealed; it waits to be used.

        Raises MaterialKindUnknown, what ``content.judge`` refuses, MaterialsTooMany,
        IdempotencyKeyReused or IdempotencyInFlight.
        """
        if kind not in self.kinds:
            raise MaterialKindUnknown()
        name, made = await judge(upload), uuid4()
        with reaching_database():
            async with (
                in_transaction() as connection,
                Idempotency(self.vault).kept(connection, once) as slot,
            ):
                if slot.known is not None:
                    known = await Material.get_or_none(
                        id=UUID(slot.known.decode()), using_db=connection
                    )
                    return Shown.of(_there(known), self.vault)
                await _room_for_one(connection, resident)
                row = await self._create(
                    connection, made, resident=resident, kind=kind, name=name, upload=upload
                )
                slot.keep(str(made).encode())
        return Shown.of(row, self.vault)

    async def held(self, resident: UUID, item: Item) -> list[tuple[Place, Shown | None]]:
        """Where each material of the item would come from, and what an earlier one looks like."""
        with reaching_database():
            found = await places(get_connection("default"), resident, item)
        ids = [one.earlier for one in found if one.earlier]
        rows = await Material.filter(id__in=ids).only(*LIGHT) if ids else []
        shown = {UUID(str(row.id)): Shown.of(row, self.vault) for row in rows}
        return [(one, shown.get(one.earlier) if one.earlier else None) for one in found]

    async def read(self, resident: UUID, material: UUID) -> Content:
        """The file, for its resident. Raises MaterialMissing; so for what a department holds."""
        return await self._content(Material.filter(id=material, resident_id=resident))

    async def content(self, application: UUID, material: UUID) -> Content:
        """The file, for whoever works on the application. Raises MaterialMissing."""
        return await self._content(Material.filter(id=material, application_id=application))

    async def remove(self, resident: UUID, material: UUID) -> None:
        """Forget one that is not used. Raises MaterialMissing or MaterialInUse."""
        async with in_transaction() as connection:
            rows = Material.filter(id=material, resident_id=resident).using_db(connection)
            row = _there(await rows.select_for_update().first())
            if row.application_id:
                raise MaterialInUse()
            await rows.delete()

    async def _create(
        self,
        connection: BaseDBAsyncClient,
        made: UUID,
        *,
        resident: UUID,
        kind: str,
        name: str,
        upload: Upload,
    ) -> Material:
        return await Material.create(
            using_db=connection,
            id=made,
            resident_id=resident,
            kind=kind,
            source=UPLOADED,
            name_sealed=self.vault.seal(name.encode(), name_context(made)),
            media_type=upload.media_type,
            size=len(upload.content),
            sha256=sha256(upload.content).hexdigest(),
            content_sealed=self.vault.seal(upload.content, content_context(made)),
        )

    async def _content(self, rows: QuerySet[Material]) -> Content:
        row = _there(await rows.first())
        origin = row
        if row.origin_id:
            origin = _there(await Material.get_or_none(id=row.origin_id))
        if origin.content_sealed is None:
            raise MaterialMissing("a department holds it")
        body = self.vault.open(bytes(origin.content_sealed), content_context(origin.id))
        return Content(Shown.of(row, self.vault).name, row.media_type, body)


async def forget_unused(_payload: Payload) -> None:
    """The job: uploads that nobody used within a day."""
    old = datetime.now(UTC) - UNUSED
    await Material.filter(application_id__isnull=True, created_at__lt=old).delete()


async def _room_for_one(connection: BaseDBAsyncClient, resident: UUID) -> None:
    """Uploads of one resident come one after the other, so that the limit holds."""
    await connection.execute_query(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 1))", [f"materials:{resident}"]
    )
    waiting = Material.filter(resident_id=resident, application_id__isnull=True)
    if await waiting.using_db(connection).count() >= MOST_WAITING:
        raise MaterialsTooMany(most=MOST_WAITING)


def _there(row: Material | None) -> Material:
    if row is None:
        raise MaterialMissing()
    return row
