"""Edits that staff published, in force in every worker within a second.

Each worker keeps the catalogue in memory. At news of a change, and whenever its ear opens, it
reads what is published (one statement) and exchanges its shelves in one step; the search follows
when its index is made, off the event loop.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Self

from pydantic import ValidationError
from redis.asyncio import Redis

from config import logs
from config.database import reaching_database
from config.errors import DatabaseUnavailable
from identity.news import News
from services.catalogue import Catalogue
from services.items.changes import Change, Published
from services.models import ItemEdit

TOPIC = "catalogue-changed"
JOB = "tell-catalogue-changed"
PUBLISHED = "published"
_AGAIN_SECONDS = 0.5
log = logs.get("services.publication")


class Publication:
    """An async context: while it is open, the catalogue follows what is published."""

    def __init__(self, catalogue: Catalogue, news: News):
        self._catalogue = catalogue
        self._due = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        news.on(TOPIC, lambda _item: self._due.set())
        news.on_begin(self._begin)

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._follow(), name="publication")
        return self

    async def __aexit__(self, *_fault: object) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _begin(self) -> None:
        self._due.set()

    async def _follow(self) -> None:
        while True:
            await self._due.wait()
            self._due.clear()
            try:
                await refresh(self._catalogue)
            except asyncio.CancelledError:
                raise
            except Exception as fault:  # engines come and go; this task must not
                log.warning("catalogue-not-read", fault=type(fault).__name__)
                await asyncio.sleep(_AGAIN_SECONDS)
                self._due.set()


@asynccontextmanager
async def followed(catalogue: Catalogue, cache: Redis) -> AsyncIterator[None]:
    """For a process without news of its own, the worker: what is published before it begins is
    read first, if the database is there.
    """
    news = News(cache)
    async with Publication(catalogue, news):
        with suppress(DatabaseUnavailable):
            await refresh(catalogue)
        await news.start()
        try:
            yield
        finally:
            await news.stop()


async def refresh(catalogue: Catalogue) -> None:
    """Show what is published now, if it is not shown already. Raises DatabaseUnavailable."""
    changes = await published()
    if {id: one.version for id, one in changes.items()} == catalogue.versions:
        return
    state = await asyncio.to_thread(catalogue.edited, changes)
    catalogue.show(state)
    catalogue.show(await asyncio.to_thread(catalogue.indexed, state))
    log.info("catalogue-shown", edits=len(changes))


async def published() -> dict[str, Published]:
    """Every edit in force, by item. One that nobody can read any more is left out, and said so."""
    with reaching_database():
        rows = await ItemEdit.filter(state=PUBLISHED).values_list("item", "version", "change")
    found = {}
    for item, version, text in rows:
        try:
            found[item] = Published(version, Change.model_validate_json(text))
        except ValidationError as fault:
            log.warning("edit-unreadable", item=item, version=version, faults=fault.error_count())
    return found


async def tell(news: News) -> None:
    """Tell every worker; the word is no item in particular, all of it is read again."""
    await news.say(TOPIC, "all")
