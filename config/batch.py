"""Concurrent callers share one round trip.

One flush runs at a time; who comes meanwhile shares the next one. There is no timer, so a
lone caller waits for nothing, and groups grow only as far as the load makes them.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from config.errors import Unavailable

T = TypeVar("T")
R = TypeVar("R")


class BatchFull(Unavailable):
    """More callers wait for one shared round trip than the queue holds."""

    code = "too-busy"


class Batch(Generic[T, R]):
    """``flush`` gets up to ``limit`` items in order of arrival and answers one result for each.

    A flush that raises, or answers another number of results, fails every caller of that
    flush and nobody else's. At most ``waiting`` callers queue; the next gets BatchFull.
    A caller that is cancelled leaves the others alone; its item may still be flushed.
    """

    def __init__(
        self,
        flush: Callable[[Sequence[T]], Awaitable[Sequence[R]]],
        *,
        limit: int = 256,
        waiting: int = 4096,
    ):
        self._flush = flush
        self._limit = limit
        self._most = waiting
        self._queue: deque[tuple[T, asyncio.Future[R]]] = deque()
        self._running: asyncio.Task[None] | None = None
        self._closed = False
        self._loop: asyncio.AbstractEventLoop | None = None

    async def add(self, item: T) -> R:
        """Flush ``item`` together with its contemporaries and return its own result."""
        if self._closed or len(self._queue) >= self._most:
            raise BatchFull("closed" if self._closed else "queue full", retry_after=1)
        if self._loop is None:  # kept: asking for it costs a system call each time
            self._loop = asyncio.get_running_loop()
        answer: asyncio.Future[R] = self._loop.create_future()
        self._queue.append((item, answer))
        if self._running is None or self._running.done():
            self._running = self._loop.create_task(self._run())
        return await answer

    async def close(self) -> None:
        """Refuse newcomers, then finish what was accepted."""
        self._closed = True
        if self._running is not None:
            await self._running

    async def _run(self) -> None:
        """A task of its own: it belongs to no caller, so no caller's cancellation ends it."""
        group: list[tuple[T, asyncio.Future[R]]] = []
        try:
            while self._queue:
                group = self._next_group()
                if group:
                    await self._flush_group(group)
        except asyncio.CancelledError:  # the loop is shutting down
            for _, answer in (*group, *self._queue):
                answer.cancel()
            self._queue.clear()
            raise

    def _next_group(self) -> list[tuple[T, "asyncio.Future[R]"]]:
        count = min(self._limit, len(self._queue))
        taken = (self._queue.popleft() for _ in range(count))
        return [(item, answer) for item, answer in taken if not answer.done()]

    async def _flush_group(self, group: list[tuple[T, "asyncio.Future[R]"]]) -> None:
        try:
            results = await self._flush([item for item, _ in group])
            if len(results) != len(group):
                raise RuntimeError(f"flush answered {len(results)} results for {len(group)} items")
        except Exception as fault:
            for _, answer in group:
                if not answer.done():
                    answer.set_exception(fault)
            return
        for (_, answer), result in zip(group, results, strict=True):
            if not answer.done():
                answer.set_result(result)
