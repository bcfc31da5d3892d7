"""Materials going into an application, inside the transaction of its story.

attach what was uploaded → gather what an earlier application holds → what is still missing
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient

from identity.vault import Vault
from services.items.standard import Item
from services.materials.errors import (
    MaterialInUse,
    MaterialMissing,
    MaterialNotWanted,
    MaterialsTooMany,
)
from services.materials.reuse import places
from services.materials.shown import DEPARTMENT, EARLIER, LIGHT, Json, Shown, name_context
from services.models import Application, Material

MOST_OF_ONE = 40


@dataclass(frozen=True)
class Taking:
    """What the story of applications calls (``services.applications``)."""

    vault: Vault

    async def attach(
        self,
        connection: BaseDBAsyncClient,
        row: Application,
        resident: UUID,
        ids: Sequence[UUID],
        item: Item | None = None,
    ) -> None:
        """Take uploads of this resident that no application has yet.

        Raises MaterialMissing, MaterialInUse, MaterialsTooMany, or MaterialNotWanted when the
        ``item`` asks for none of its kind.
        """
        if not ids:
            return
        wanted = {one.kind for one in item.materials} if item else None
        mine = Material.filter(id__in=list(ids), resident_id=resident).using_db(connection)
        found = await mine.order_by("id").select_for_update().only("id", "kind", "application_id")
        if len(found) != len(set(ids)):
            raise MaterialMissing()
        if any(one.application_id for one in found):
            raise MaterialInUse()
        if wanted is not None and any(one.kind not in wanted for one in found):
            raise MaterialNotWanted()
        there = Material.filter(application_id=row.id).using_db(connection)
        if await there.count() + len(found) > MOST_OF_ONE:
            raise MaterialsTooMany(most=MOST_OF_ONE)
        await mine.update(application_id=row.id)

    async def gather(
        self,
        connection: BaseDBAsyncClient,
        row: Application,
        item: Item,
        anew: Collection[str] = (),
    ) -> list[str]:
        """Refer to what earlier applications hold, and name the kinds that are still missing.

        A department that is asked may still turn out to have none: then a supplement asks for it.

        ``anew``: kinds that a supplement asks for and nobody has brought since; nothing that is
        there counts for them.
        """
        missing = list(anew)
        resident, own = UUID(str(row.resident_id)), UUID(str(row.id))
        for one in await places(connection, resident, item, own):
            kind = one.wanted.kind
            if one.own or kind in anew:
                continue
            if one.earlier:
                await self._refer(connection, row, one.earlier)
            elif one.wanted.required and one.source != "department":
                missing.append(kind)
        return missing

    async def hold(
        self, connection: BaseDBAsyncClient, row: Application, kinds: Sequence[str], department: str
    ) -> None:
        """A department has these itself; safe to repeat."""
        known = Material.filter(
            application_id=row.id, source=DEPARTMENT, department=department, kind__in=list(kinds)
        )
        done = {str(one) for one in await known.using_db(connection).values_list("kind", flat=True)}
        for kind in dict.fromkeys(kinds):
            if kind not in done:
                await self._held_by(connection, row, kind, department)

    async def listed(self, application: UUID) -> list[Json]:
        """The application's materials, the oldest first; one statement, no contents."""
        rows = Material.filter(application_id=application).order_by("created_at", "id")
        found = await rows.only(*LIGHT)
        return [Shown.of(one, self.vault).as_json({}) for one in found]

    async def _refer(
        self, connection: BaseDBAsyncClient, row: Application, earlier: UUID
    ) -> Material:
        origin = await Material.get(id=earlier, using_db=connection)
        made, name = uuid4(), Shown.of(origin, self.vault).name
        return await Material.create(
            using_db=connection,
            id=made,
            resident_id=row.resident_id,
            application_id=row.id,
            kind=origin.kind,
            source=EARLIER,
            origin_id=origin.id,
            name_sealed=self.vault.seal(name.encode(), name_context(made)),
            media_type=origin.media_type,
            size=origin.size,
            sha256=origin.sha256,
            good_until=origin.good_until,
        )

    async def _held_by(
        self, connection: BaseDBAsyncClient, row: Application, kind: str, department: str
    ) -> None:
        made = uuid4()
        await Material.create(
            using_db=connection,
            id=made,
            resident_id=row.resident_id,
            application_id=row.id,
            kind=kind,
            source=DEPARTMENT,
            department=department,
            name_sealed=self.vault.seal(kind.encode(), name_context(made)),
            media_type="",
            size=0,
            sha256="",
        )
