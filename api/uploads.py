"""Room for files on their way in: what one worker holds at once is bounded, whoever sends them.

A file is in memory from its first byte until it is sealed and committed, several times over. So who
sends one waits for a place before the first byte is read: meanwhile their bytes stand at their own
end of the line. Nobody has more than their share of the places, and a place is not held by letting
bytes trickle. (The limit of files that wait to be used is the story's: services.materials.)
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api.errors import RequestSlow, UploadsBusy

PLACES = 4
SHARE = 2  # of one resident's, or of one address's where nobody is signed in
PATIENCE = 30.0  # seconds for a place; the server gives up a silent line after 60
ARRIVAL = 120.0  # seconds for all of the bytes: 10 MB at 0.7 Mbit/s


class Uploads:
    """The places of one worker: how many are free, and how many callers wait for one."""

    def __init__(self, places: int = PLACES, share: int = SHARE, patience: float = PATIENCE):
        self.free, self.waiting = places, 0
        self._share, self._patience = share, patience
        self._held: Counter[str] = Counter()
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def place(self, whose: str) -> AsyncIterator[None]:
        """Held until the answer is made. Raises UploadsBusy."""
        try:
            async with asyncio.timeout(self._patience), self._changed:
                await self._wait(whose)
                self.free -= 1
                self._held[whose] += 1
        except TimeoutError:
            raise UploadsBusy() from None
        try:
            yield
        finally:
            await asyncio.shield(self._leave(whose))

    async def _wait(self, whose: str) -> None:
        self.waiting += 1
        try:
            await self._changed.wait_for(lambda: self._room(whose))
        finally:
            self.waiting -= 1

    def _room(self, whose: str) -> bool:
        return self.free > 0 and self._held[whose] < self._share

    async def _leave(self, whose: str) -> None:
        async with self._changed:
            self.free += 1
            self._held[whose] -= 1
            self._held += Counter()  # who has none is forgotten
            self._changed.notify_all()


@asynccontextmanager
async def arriving(seconds: float = ARRIVAL) -> AsyncIterator[None]:
    """While the bytes come. Raises RequestSlow."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise RequestSlow("a file took too long") from None
