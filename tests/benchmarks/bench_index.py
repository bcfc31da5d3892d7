"""``python -m tests.benchmarks index``: finding a resident by number among up to 10 million.

The residents are made inside PostgreSQL, each with the very digest that the vault would make
(HMAC-SHA256 written out in SQL), and then looked up by ``Residents.find``. The machine's mood is
taken out by a peer asked in turns: the same round trip with nothing to look for. INDEX_RESIDENTS
names other sizes, smallest first.
"""

import asyncio
import os
import random
import statistics
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import asyncpg
from rich.table import Table
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection

from config import database
from identity.person import IdNumber
from identity.residents import Residents
from identity.vault import KeyRing, Vault
from tests.benchmarks.report import console, progress, ratio
from tests.conftest import settings_on
from tests.support import engines as engines_room

SIZES = tuple(map(int, os.environ.get("INDEX_RESIDENTS", "10000 1000000 10000000").split()))
STEP = 500_000
ROUNDS, LOOKS = 9, 400
FLAT = 1.5
_BLOCK = 64  # bytes of a block of SHA-256 (RFC 2104 §2)

# The number of resident n, as ``number_of`` makes it; PL/pgSQL needs no extension for any of this.
_FILL = """
WITH made AS (
    SELECT md5(n::text)::uuid AS resident, md5('d' || n)::uuid AS document,
        sha256($3::bytea || sha256($2::bytea || convert_to('document', 'UTF8') || '\\x00'::bytea
            || convert_to('resident-id|CN|' || lpad(n::text, 18, '0'), 'UTF8'))) AS digest
    FROM generate_series($4::int, $5::int) n),
residents AS (
    INSERT INTO resident (id, proofed, proofed_at, proofed_until, created_at, closed_why)
    SELECT resident, 4, now(), now(), now(), '' FROM made),
documents AS (
    INSERT INTO document (id, resident_id, kind, country, number_sealed, name_sealed, level,
        created_at, ended_why)
    SELECT document, resident, 'resident-id', 'CN', digest || digest, digest, 4, now(), ''
    FROM made)
INSERT INTO document_index (digest, key_version, document_id)
SELECT '01' || left(encode(digest, 'hex'), 62), $1::smallint, document FROM made
"""
_TABLES = ("resident", "document", "document_index")


@dataclass(frozen=True)
class Taken:
    """Milliseconds a look-up and a bare round trip took, each the median of a round."""

    look: float
    peer: float

    @property
    def share(self) -> float:
        return self.look / self.peer


async def main() -> None:
    async with AsyncExitStack() as stack:
        folder = await stack.enter_async_context(engines_room.short_folder())
        engines = await stack.enter_async_context(engines_room.running(folder / "e"))
        address = await stack.enter_async_context(engines_room.fresh_database(engines))
        house = settings_on(address, engines.redis_url, folder)
        await stack.enter_async_context(database.opened(database.tortoise_config(house)))
        filler = await asyncpg.connect(address)  # the house's own connections are impatient
        stack.push_async_callback(filler.close)
        await _measure(get_connection("default"), filler)


async def _measure(connection: BaseDBAsyncClient, filler: Any) -> None:
    key = os.urandom(32)
    residents = Residents(Vault(KeyRing({1: key}, 1), KeyRing({1: key}, 1)))
    found: dict[int, Taken] = {}
    for table in _TABLES:  # the log of ten million rows would only be thrown away
        await filler.execute(f"ALTER TABLE {table} SET UNLOGGED")
    for before, size in zip((0, *SIZES), SIZES, strict=False):
        await _fill(filler, key, before, size)
        found[size] = await _look(connection, residents, size)
    _report(found)


async def _fill(filler: Any, key: bytes, before: int, size: int) -> None:
    padded = key.ljust(_BLOCK, b"\0")
    inner, outer = (bytes(byte ^ pad for byte in padded) for pad in (0x36, 0x5C))
    starts = range(before, size, STEP)
    with progress(f"making {size:,} residents", len(starts)) as bar:
        for start in starts:
            last = min(start + STEP, size) - 1
            await filler.execute(_FILL, 1, inner, outer, start, last)
            bar.advance(bar.task_ids[0])
    for table in _TABLES:
        await filler.execute(f"VACUUM ANALYZE {table}")
    await _warm(filler)


async def _warm(filler: Any) -> None:
    """Read every page once, as a server that has been up for a day: indexes first, then rows."""
    await filler.execute("SET enable_seqscan = off")
    for table, key in (("document_index", "digest"), ("document", "id")):
        await filler.execute(
            f"SELECT count(*) FROM (SELECT {key} FROM {table} ORDER BY 1) all_of_it"
        )
    await filler.execute("SET enable_seqscan = on")
    for table in _TABLES:
        await filler.execute(f"SELECT count({table}::text) FROM {table}")


async def _look(connection: BaseDBAsyncClient, residents: Residents, size: int) -> Taken:
    async def find() -> None:
        number = number_of(random.randrange(size))
        assert await residents.find(number, connection), "made in PostgreSQL, not found by us"

    async def ask() -> None:  # as many round trips as a look-up makes
        for _ in range(2):
            await connection.execute_query("SELECT $1::text", ["nothing"])

    await _timed(find)  # the first round warms caches
    rounds = [Taken(await _timed(find), await _timed(ask)) for _ in range(ROUNDS)]
    return sorted(rounds, key=lambda one: one.share)[ROUNDS // 2]


async def _timed(work: Callable[[], Awaitable[None]]) -> float:
    took = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        await work()
        took.append(time.perf_counter() - began)
    return statistics.median(took) * 1000


def number_of(place: int) -> IdNumber:
    return IdNumber(f"{place:0>18}")


def _report(found: dict[int, Taken]) -> None:
    table = Table(title="Finding a resident by number", title_justify="left")
    for name in ("residents", "look-up ms", "round trips ms", "look-up / round trips"):
        table.add_column(name, justify="right")
    for size, taken in found.items():
        table.add_row(f"{size:,}", f"{taken.look:.3f}", f"{taken.peer:.3f}", f"{taken.share:.2f}")
    console.print(table)
    first, *others = (taken.share for taken in found.values())
    ratio("slowest of the larger / the smallest", max(others) / first, FLAT, at_most=True)


if __name__ == "__main__":
    asyncio.run(main())
