"""What takes days in a house, made due now; its own worker does the rest."""

import asyncio

import asyncpg
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.queries import Queries

from config import embedded
from tests.support.house import House

_NOW_DUE = "UPDATE resident SET erase_after = now() WHERE erase_after > now()"
_ASKED = "SELECT count(*) FROM resident WHERE erase_after IS NOT NULL"


async def the_week_of_an_erasure(one: House) -> None:
    """The seven days of every erasure that was asked for are over, and the worker has done it."""
    connection = await asyncpg.connect(embedded.postgres_dsn(one.data))
    try:
        assert await connection.fetchval(_ASKED), "nobody asked for an erasure"
        await connection.execute(
            "UPDATE resident SET erase_after = now() WHERE erase_after > now()"
        )
        await Queries(AsyncpgDriver(connection)).enqueue("carry-out-erasures", b"{}")
        async with asyncio.timeout(60):
            while await connection.fetchval(_ASKED):  # noqa: ASYNC110  another process
                await asyncio.sleep(0.2)
    finally:
        await connection.close()
