"""``python -m tests.benchmarks applications``: applications submitted a second, durably.

Each is one transaction with the sealed form, its event, the audit row, three steps, the notice,
two jobs and the answer kept under its key; the peer is as many transactions of one bare INSERT
through the same pool, with synchronous_commit on in both. In turn, medians of the ratios.
"""

import asyncio
import os
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID, uuid4

from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from config import database
from identity.caller import OWN_APP, Caller, CallerKind
from identity.residents import Residents
from identity.vault import Vault
from services.applications.story import Applications
from services.catalogue import Catalogue
from services.idempotency import Once
from services.materials.taking import Taking
from tests.benchmarks.report import console, progress, ratio
from tests.conftest import settings_on
from tests.support import engines as engines_room

SERVICE = "provident-fund-withdrawal"
FORM = {"purpose": "rent", "amount": 300_000, "months": 3}
EACH, TOGETHER, ROUNDS = 300, 16, 5
TARGET = 0.3
_TABLE = "CREATE TABLE bare (id uuid PRIMARY KEY, body bytea NOT NULL)"
_INSERT = "INSERT INTO bare VALUES ($1, $2)"


async def main() -> None:
    submitted, bare = list[float](), list[float]()
    async with _stories() as stories:
        await _submit(stories)
        with progress("applications", ROUNDS) as bar:
            for _ in range(ROUNDS):
                submitted.append(await _rate(lambda: _submit(stories)))
                bare.append(await _rate(_insert))
                bar.advance(bar.task_ids[0])
    shares = [one / other for one, other in zip(submitted, bare, strict=True)]
    console.print(f"applications submitted  median {statistics.median(submitted):8,.0f}/s")
    console.print(f"bare INSERTs committed  median {statistics.median(bare):8,.0f}/s")
    ratio("submissions / bare INSERT transactions", statistics.median(shares), TARGET)


@asynccontextmanager
async def _stories() -> AsyncIterator[Applications]:
    async with AsyncExitStack() as stack:
        folder = await stack.enter_async_context(engines_room.short_folder())
        engines = await stack.enter_async_context(engines_room.running(folder / "e"))
        address = await stack.enter_async_context(engines_room.fresh_database(engines))
        house = settings_on(address, engines.redis_url, folder)
        await stack.enter_async_context(database.opened(database.tortoise_config(house)))
        await get_connection("default").execute_script(_TABLE)
        vault = Vault.from_settings(house)
        yield Applications(vault, Catalogue.load(), Residents(vault), Taking(vault))


async def _submit(stories: Applications) -> None:
    who = uuid4()
    once = Once(who, str(who), "POST /applications", uuid4().hex, uuid4().hex)
    await stories.submit(_caller(who), SERVICE, FORM, [], "zh-CN", once=once)


def _caller(resident: UUID) -> Caller:
    return Caller(
        CallerKind.RESIDENT, resident, actor=str(resident), client=OWN_APP, acr="4",
        auth_time=datetime.now(UTC),
    )  # fmt: skip


async def _insert() -> None:
    async with in_transaction() as connection:
        await connection.execute_query(_INSERT, [uuid4(), os.urandom(200)])


async def _rate(work: Callable[[], Awaitable[None]]) -> float:
    """How many a second, ``TOGETHER`` at once."""

    async def some() -> None:
        for _ in range(EACH // TOGETHER):
            await work()

    began = time.perf_counter()
    await asyncio.gather(*(some() for _ in range(TOGETHER)))
    return EACH // TOGETHER * TOGETHER / (time.perf_counter() - began)
