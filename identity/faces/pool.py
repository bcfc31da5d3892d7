"""Bounded queue and worker processes: a killed worker is replaced alone, a hung job is ended."""

import asyncio
import math
import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as HungJob
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from pebble import ProcessExpired, ProcessPool

from config import logs
from identity.faces import worker
from identity.faces.errors import FacesBusy, FacesUnavailable

R = TypeVar("R")

JOB_SECONDS = 8.0  # of work; waiting in the queue does not count
_PATIENCE = 22.0  # waiting and both tries; the client gives up at 25
_FIRST_GUESS = 0.5
_LONGEST_WAIT = 15.0  # whoever would wait longer hears it at once instead of in vain
_SMOOTHING = 8
_DIED = (ProcessExpired, HungJob, BrokenProcessPool)
log = logs.get("faces")


class Pool:
    """``workers`` processes, ``waiting`` jobs beyond them. ``chosen`` is FACE_ENGINES."""

    def __init__(self, *, workers: int, waiting: int, chosen: str) -> None:
        self.workers = workers
        self.limit = workers + waiting
        self.inside = self.done = self.refused = self.replaced = 0
        self.job_seconds = _FIRST_GUESS
        self._chosen = chosen
        self._processes = self._open()

    async def run(self, job: Callable[[bytes], bytes], body: bytes) -> bytes:
        """The job's answer. A job whose worker died or hung is tried once more.

        Raises FacesBusy when the queue is full or too slow, FacesUnavailable when the second try
        fails too.
        """
        if self.inside >= self.limit or self._wait() > _LONGEST_WAIT:
            self.refused += 1
            raise FacesBusy(retry_after=self._clear_in())
        self.inside += 1
        # shielded: a caller that hangs up must not cost a worker its loaded models
        return await asyncio.shield(asyncio.create_task(self._work(job, body)))

    async def ready(self) -> bool:
        """True once a worker has loaded its models; waits for a free one."""
        return await self._in_worker(worker.ready)

    def close(self) -> None:
        _end(self._processes)

    async def _work(self, job: Callable[[bytes], bytes], body: bytes) -> bytes:
        ahead = math.ceil(self.inside / self.workers)
        began = time.monotonic()
        try:
            async with asyncio.timeout(_PATIENCE):
                return await self._in_worker(job, body)
        except TimeoutError as fault:
            raise FacesUnavailable("no worker in time") from fault
        finally:
            self.inside -= 1
            self.done += 1
            self.job_seconds += ((time.monotonic() - began) / ahead - self.job_seconds) / _SMOOTHING

    async def _in_worker(self, job: Callable[..., R], *args: bytes) -> R:
        cause = ""
        for _ in range(2):
            processes = self._processes
            try:
                return await self._once(processes, job, *args)
            except _DIED as fault:
                cause = type(fault).__name__
                self.replaced += 1
                log.warning("face-worker-replaced", cause=cause)
                if not processes.active:
                    self._replace(processes)
        raise FacesUnavailable(cause)

    async def _once(self, processes: ProcessPool, job: Callable[..., R], *args: bytes) -> R:
        try:
            future: Future[R] = processes.schedule(job, args=args, timeout=JOB_SECONDS)
        except RuntimeError as fault:  # the pool broke while nothing ran
            raise BrokenProcessPool from fault
        return await asyncio.wrap_future(future)

    def _replace(self, broken: ProcessPool) -> None:
        """pebble gives the whole pool up when its last idle worker dies: open another."""
        if self._processes is broken:
            self._processes = self._open()
            asyncio.get_running_loop().run_in_executor(None, _end, broken)

    def _open(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self.workers,
            initializer=worker.start,
            initargs=[self._chosen],
            context=multiprocessing.get_context("spawn"),
        )

    def _wait(self) -> float:
        """Seconds until a job that comes now would begin."""
        return self.inside * self.job_seconds / self.workers

    def _clear_in(self) -> int:
        return max(1, math.ceil(self._wait()))


def _end(processes: ProcessPool) -> None:
    processes.stop()  # type: ignore[no-untyped-call]
    processes.join()
