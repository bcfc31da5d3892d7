"""Two stories that meet as a test wants: one waits for what the test's transaction has locked."""

import asyncio
import time
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

PATIENCE = 60.0  # seconds
_BLOCKED = """
    SELECT count(*) AS others FROM pg_locks
    WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))
"""


async def until_it_waits(connection: BaseDBAsyncClient, other: asyncio.Task[Any]) -> None:
    """Until ``other`` waits for this transaction. It is begun in a context that was copied before
    the transaction: else it would be a part of it.
    """
    end = time.monotonic() + PATIENCE
    while not other.done() and time.monotonic() < end:
        if (await connection.execute_query_dict(_BLOCKED))[0]["others"]:
            return
        await asyncio.sleep(0.02)
    said = other.result() if other.done() else "nothing yet"
    raise AssertionError(f"it did not wait, and said: {said}")
