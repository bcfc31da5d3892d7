"""A worker's catalogue and its editors' story, on real engines; several may share a test's."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from config import cache as cache_room
from config.settings import Settings
from identity.news import News
from identity.staff.roles import Member, Role
from services.catalogue import Catalogue
from services.items.changes import Change
from services.items.edits import Draft, Edits
from services.items.publication import Publication

NEW = Change(title={"zh-CN": "失业金申领", "en": "Claim unemployment benefit"}, promised_days=2)


def somebody(region: str = "", departments: tuple[str, ...] = (), *, taken: bool = False) -> Member:
    roles = frozenset({Role.EDITOR})
    return Member(uuid4(), "editor", roles, region, uuid4(), frozenset(departments), taken)


ANN, BEN = somebody(), somebody()


class Strangers:
    """Every account is another person's."""

    async def are_one(self, one: UUID, other: UUID, _connection: object) -> bool:
        return one == other


@dataclass
class Desk:
    """A worker with its catalogue, and its editors' story."""

    catalogue: Catalogue
    edits: Edits

    async def draft(self, change: Change = NEW, member: Member = ANN, id: str = "benefit") -> int:
        newest = (await self.edits.standing(id)).newest
        return await self.edits.save(member, id, Draft(change, "why", newest))

    async def publish(self, change: Change = NEW, id: str = "benefit") -> int:
        version = await self.draft(change, id=id)
        await self.edits.publish(BEN, id, version)
        await self.shows(version, id)
        return version

    async def shows(self, version: int, id: str = "benefit") -> None:
        """Wait until this worker has heard of it."""
        async with asyncio.timeout(30):
            while self.catalogue.version(id) != version:  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    def detail(self, region: str = "", id: str = "benefit") -> dict:
        return json.loads(self.catalogue.detail(id, "en", region).body)


@asynccontextmanager
async def a_worker(settings: Settings, items: Path) -> AsyncIterator[Desk]:
    """One worker that listens; several share the engines of a test."""
    cache = cache_room.connect(settings)
    news, catalogue = News(cache), Catalogue.load(items=items)
    try:
        async with Publication(catalogue, news):
            await news.start()
            try:
                yield Desk(catalogue, Edits(catalogue, news, Strangers()))
            finally:
                await news.stop()
    finally:
        await cache.aclose()
