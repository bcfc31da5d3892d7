"""``python -m tests.benchmarks applications``: applications submitted a second, durably.

Each is one transaction with the sealed form, its event, the audit row, the job that goes on and
the answer kept under its key; the peer is as many transactions of one bare INSERT through the same
pool, with synchronous_commit on in both, in a process that collects garbage as a web worker does.
In turn, medians of the ratios; beside them the processor time of this process and of PostgreSQL's,
which depends on other work least.
"""

import asyncio
import os
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from api.serve import collect_less_often
from config import database
from identity.caller import OWN_APP, Caller, CallerKind
from identity.models import Resident
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
EACH, TOGETHER, ROUNDS = 320, 8, 7
TARGET = 0.3
_TABLE = "CREATE TABLE bare (id uuid PRIMARY KEY, body bytea NOT NULL)"
_INSERT = "INSERT INTO bare VALUES ($1, $2)"


async def main() -> None:
    submitted, bare = list[Pace](), list[Pace]()
    async with _stories() as stories:
        await _round(stories)
        await _pace(_insert)
        collect_less_often()
        with progress("applications", ROUNDS) as bar:
            for _ in range(ROUNDS):
                submitted.append(await _round(stories))
                bare.append(await _pace(_insert))
                bar.advance(bar.task_ids[0])
    shares = [one.rate / other.rate for one, other in zip(submitted, bare, strict=True)]
    _say("applications submitted", submitted)
    _say("bare INSERTs committed", bare)
    console.print("ratios of the rounds    " + "  ".join(f"{one:.2f}" for one in shares))
    ratio("submissions / bare INSERT transactions", statistics.median(shares), TARGET)


@dataclass(frozen=True)
class Pace:
    """``rate`` a second; microseconds of processor time for one, here and in PostgreSQL."""

    rate: float
    here: float
    there: float


def _say(what: str, paces: list[Pace]) -> None:
    rate = statistics.median(one.rate for one in paces)
    here = statistics.median(one.here for one in paces)
    there = statistics.median(one.there for one in paces)
    console.print(
        f"{what}  median {rate:6,.0f}/s, processor {here:5,.0f} µs and {there:5,.0f} in PostgreSQL"
    )


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


async def _round(stories: Applications) -> "Pace":
    """Everybody has a record before the time is taken; everybody applies once."""
    now = datetime.now(UTC)
    people = [Resident(id=uuid4(), proofed=4, proofed_at=now, proofed_until=now)
              for _ in range(EACH)]  # fmt: skip
    await Resident.bulk_create(people)
    return await _pace(lambda: _submit(stories, UUID(str(people.pop().id))))


async def _submit(stories: Applications, who: UUID) -> None:
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


async def _pace(work: Callable[[], Awaitable[None]]) -> Pace:
    """``TOGETHER`` at once, ``EACH`` in all."""

    async def some() -> None:
        for _ in range(EACH // TOGETHER):
            await work()

    there, here, began = await _ticks(), time.process_time(), time.perf_counter()
    await asyncio.gather(*(some() for _ in range(TOGETHER)))
    took, used = time.perf_counter() - began, time.process_time() - here
    ticks = await _ticks() - there
    count, second = EACH // TOGETHER * TOGETHER, os.sysconf("SC_CLK_TCK")
    return Pace(count / took, used / count * 1e6, ticks / second / count * 1e6)


async def _ticks() -> int:
    """Of all of PostgreSQL's processes that serve or write: user and system time."""
    rows = await get_connection("default").execute_query_dict("SELECT pid FROM pg_stat_activity")
    return sum(_spent(row["pid"]) for row in rows)


def _spent(pid: int) -> int:
    """Fields 14 and 15 of proc(5)'s stat; nothing of one that has gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except FileNotFoundError:
        return 0
    return int(fields[11]) + int(fields[12])
