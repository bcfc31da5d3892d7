"""Bounded queue and worker processes: a killed worker is replaced alone, a hung job is ended."""

import asyncio
import math
import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as HungJob

from pebble import ProcessExpired, ProcessPool

from identity.faces import worker
from identity.faces.errors import FacesBusy, FacesUnavailable

JOB_SECONDS = 8.0
_FIRST_GUESS = 0.5


class Pool:
    """``workers`` processes, ``waiting`` jobs beyond them. ``chosen`` is FACE_ENGINES."""

    def __init__(self, *, workers: int, waiting: int, chosen: str) -> None:
        self.workers = workers
        self.limit = workers + waiting
        self.inside = 0
        self.done = 0
        self.refused = 0
        self.replaced = 0
        self.mean_seconds = _FIRST_GUESS
        self._processes = ProcessPool(
            max_workers=workers,
            initializer=worker.start,
            initargs=[chosen],
            context=multiprocessing.get_context("spawn"),
        )

    async def run(self, job: Callable[[bytes], bytes], body: bytes) -> bytes:
        """The job's answer. A job whose worker died or hung is tried once more.

        Raises FacesBusy when the queue is full, FacesUnavailable when the second try fails too.
        """
        if self.inside >= self.limit:
            self.refused += 1
            raise FacesBusy(retry_after=self._clear_in())
        self.inside += 1
        began = time.monotonic()
        try:
            return await self._try_twice(job, body)
        finally:
            self.inside -= 1
            self._count(time.monotonic() - began)

    async def ready(self) -> bool:
        """Whether a worker has loaded its models; waits for a free one."""
        future: Future[bool] = self._processes.schedule(worker.ready)
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        self._processes.stop()  # type: ignore[no-untyped-call]
        self._processes.join()

    async def _try_twice(self, job: Callable[[bytes], bytes], body: bytes) -> bytes:
        cause = ""
        for _ in range(2):
            future: Future[bytes] = self._processes.schedule(job, args=[body], timeout=JOB_SECONDS)
            try:
                # shielded: a caller that hangs up must not cost a worker its loaded models
                return await asyncio.shield(asyncio.wrap_future(future))
            except (ProcessExpired, HungJob) as fault:
                cause = type(fault).__name__
                self.replaced += 1
        raise FacesUnavailable(cause)

    def _count(self, seconds: float) -> None:
        self.done += 1
        self.mean_seconds += (seconds / max(1, self.inside + 1) - self.mean_seconds) / 16

    def _clear_in(self) -> int:
        return max(1, math.ceil(self.inside * self.mean_seconds / self.workers))
