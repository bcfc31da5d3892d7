"""What a web process does beside its requests: write what it counted, read how much is used.

One task a process. Counts go to the database every few seconds; once a minute the totals of all
workers are read again and rank the search. A database that is away is met again next time.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress

from config import logs
from services import uses as uses_room
from services.catalogue import Catalogue

WRITE_EVERY, READ_EVERY = 5.0, 60.0  # seconds
_LAST = 2.0  # seconds that the last write may take when the process ends
log = logs.get("services.popularity")
Write = Callable[[], Awaitable[int]]


@asynccontextmanager
async def counting(catalogue: Catalogue, *writes: Write) -> AsyncIterator[None]:
    """While it is open the counts are written and the catalogue is ranked by use."""
    task = asyncio.create_task(_forever(catalogue, writes), name="popularity")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST):
                await _written(writes)


async def _forever(catalogue: Catalogue, writes: Sequence[Write]) -> None:
    read_at = float("-inf")
    while True:
        if time.monotonic() - read_at >= READ_EVERY and await _ranked(catalogue):
            read_at = time.monotonic()
        await asyncio.sleep(WRITE_EVERY)
        await _written(writes)


async def _ranked(catalogue: Catalogue) -> bool:
    try:
        catalogue.used(await uses_room.totals())
    except Exception as fault:
        log.warning("uses-not-read", fault=type(fault).__name__)
        return False
    return True


async def _written(writes: Sequence[Write]) -> None:
    for write in writes:
        try:
            await write()
        except Exception as fault:
            log.warning("counts-not-written", fault=type(fault).__name__)
