"""A caller who hangs up before the answer: counted as theirs (499), told to nobody, and no fault of
the house; what was asked of the database for them is given up.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from tests.services.test_worker import until
from tests.support.http import Api
from tests.support.log_capture import run

ROUTE = "/v1/applications"
_WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@asynccontextmanager
async def a_slow_database(api: Api) -> AsyncIterator[asyncpg.Connection]:
    """Who reads applications waits as long as this lasts."""
    connection = await asyncpg.connect(api.settings.database_url.get_secret_value())
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE application IN ACCESS EXCLUSIVE MODE")
            yield connection
    finally:
        await connection.close()


async def test_who_hangs_up_while_the_database_is_slow_is_no_fault_of_the_house(api: Api):
    who, heard = await api.sign_in(), len(run.lines)
    async with a_slow_database(api) as looking:

        async def waits() -> bool:
            return bool(await looking.fetchval(_WAITS))

        async def given_up() -> bool:
            return not await waits()

        asking = asyncio.create_task(api.get(ROUTE, who.access))
        await until(waits)
        asking.cancel()  # the line is cut
        await until(given_up)

    async def counted() -> bool:
        return any("499" in line for line in run.lines[heard:] if ROUTE in line)

    await until(counted)
    said = "\n".join(run.lines[heard:])
    assert "internal-error" not in said
    assert "unforeseen" not in said
    counts = (await api.get("/metrics")).raw.decode()
    assert f'method="GET",route="{ROUTE}",status="499"' in counts
    assert f'method="GET",route="{ROUTE}",status="500"' not in counts
    assert (await api.get(ROUTE, who.access)).status == 200
