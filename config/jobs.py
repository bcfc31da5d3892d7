"""Background work on PostgreSQL: enqueued inside the caller's transaction, done at least once.

A job is a name and a small JSON payload of ids (never personal values). It is enqueued with
the change it belongs to, so it exists if and only if the change does. A worker that dies
leaves its job to another; so a handler must be safe to repeat. A job that keeps failing ends
as a dead letter: kept, listed by ``dead_letters``, tried again by ``revive``.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.applications import PgQueuer
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.models import Job
from pgqueuer.domain.types import JobId
from tortoise.backends.base.client import BaseDBAsyncClient, TransactionalDBClient

from config import logs
from config.writing import Write

Payload = dict[str, Any]
Handler = Callable[[Payload], Awaitable[None]]

log = logs.get("jobs")
_in_json = json.JSONEncoder(separators=(",", ":")).encode

_QUEUE = """
    INSERT INTO pgqueuer (priority, entrypoint, payload, status)
    VALUES (0, {}, {}, 'queued') RETURNING id, entrypoint, priority
"""
_LOG = """
    INSERT INTO pgqueuer_log (job_id, status, entrypoint, priority)
    SELECT id, 'queued', entrypoint, priority FROM {before}
"""
_STARTS = """
    SELECT count(*) FROM pgqueuer_log WHERE job_id = $1 AND status = 'picked' AND id > coalesce(
        (SELECT max(id) FROM pgqueuer_log WHERE job_id = $1 AND status = 'failed'), 0)
"""
_BURY_UNKNOWN = """
    WITH buried AS (
        UPDATE pgqueuer SET status = 'failed', updated = now(), queue_manager_id = NULL
        WHERE status = 'queued' AND NOT entrypoint = ANY($1)
            AND execute_after < now() - $2::interval
        RETURNING id, entrypoint, priority)
    INSERT INTO pgqueuer_log (job_id, status, entrypoint, priority)
    SELECT id, 'failed', entrypoint, priority FROM buried RETURNING job_id, entrypoint
"""
_FORGET_OTHER_TIMES = """
    DELETE FROM pgqueuer_schedules USING unnest($1::text[], $2::text[]) AS ours (name, cron)
    WHERE entrypoint = ours.name AND expression <> ours.cron
"""
_FORGET_OLD_LOG = "DELETE FROM pgqueuer_log WHERE created < now() - interval '30 days'"


class JobDead(Exception):
    """Carries the kind of the last fault and nothing of its values: PgQueuer stores the text."""


@dataclass(frozen=True)
class Patience:
    """How long a worker keeps trying, and when it takes over from a silent one."""

    starts: int = 8
    first: timedelta = timedelta(seconds=2)
    most: timedelta = timedelta(hours=1)
    silent: timedelta = timedelta(seconds=30)
    unknown: timedelta = timedelta(minutes=10)  # a name no worker here knows (rolling release)
    sweep: timedelta = timedelta(seconds=30)
    poll: timedelta = timedelta(seconds=5)  # new jobs are announced; this finds the others
    grace: timedelta = timedelta(seconds=20)  # for running jobs at SIGTERM

    def delay(self, starts: int) -> timedelta:
        """Backoff after the ``starts``-th start: 2 s, 8 s, 32 s … at most an hour."""
        factor: int = 4 ** min(starts - 1, 20)
        return min(self.first * factor, self.most)


@dataclass(frozen=True)
class DeadLetter:
    """A job that was given up; its payload is not shown here."""

    id: int
    name: str
    created: datetime
    given_up: datetime


async def enqueue(
    connection: BaseDBAsyncClient,
    name: str,
    payload: Payload,
    *,
    delay: timedelta = timedelta(0),
) -> int:
    """Add a job inside the caller's ``in_transaction() as connection``; returns its id.

    It becomes visible when the transaction commits and never if it rolls back. Raises
    TypeError outside a transaction: a job without its change is what this is to prevent.
    """
    if not isinstance(connection, TransactionalDBClient):
        raise TypeError("enqueue needs the connection of in_transaction()")
    async with connection.acquire_connection() as raw:
        queries = Queries(AsyncpgDriver(raw))
        ids = await queries.enqueue(name, _written(payload), execute_after=delay)
    return int(ids[0])


def queued(name: str, payload: Payload) -> tuple[Write, Write]:
    """``enqueue`` for who writes more than this in one statement of a transaction."""
    return Write(_QUEUE, [name, _written(payload)]), Write(_LOG)


async def enqueue_each(
    connection: BaseDBAsyncClient, name: str, payloads: Sequence[Payload]
) -> None:
    """``enqueue`` for many of one name, in one round trip; for none it does nothing."""
    if not isinstance(connection, TransactionalDBClient):
        raise TypeError("enqueue_each needs the connection of in_transaction()")
    if not payloads:
        return
    bodies: list[bytes | None] = [_written(payload) for payload in payloads]
    count = len(bodies)
    async with connection.acquire_connection() as raw:
        await Queries(AsyncpgDriver(raw)).enqueue([name] * count, bodies, [0] * count)


async def dead_letters(connection: BaseDBAsyncClient, limit: int = 100) -> list[DeadLetter]:
    """The jobs given up, the youngest first."""
    async with connection.acquire_connection() as raw:
        found = await Queries(AsyncpgDriver(raw)).list_failed_jobs(limit)
    return [DeadLetter(job.id, job.entrypoint, job.created, job.updated) for job in found]


async def revive(connection: BaseDBAsyncClient, ids: Sequence[int]) -> None:
    """Queue dead letters again with all their starts."""
    async with connection.acquire_connection() as raw:
        await Queries(AsyncpgDriver(raw)).requeue_jobs([JobId(each) for each in ids])


def _written(payload: Payload) -> bytes:
    return _in_json(payload).encode()


class Worker:
    """Runs jobs by name until ``stop()``; reconnects by itself when PostgreSQL comes back.

    ``schedules`` names handlers to be enqueued by cron expression (UTC), once for all workers,
    and not again while one is waiting. Raises ValueError for a schedule without a handler.
    """

    def __init__(
        self,
        address: str,
        handlers: Mapping[str, Handler],
        schedules: Mapping[str, str] | None = None,
        patience: Patience | None = None,
    ):
        self._address = address
        self._handlers = dict(handlers)
        self._schedules = dict(schedules or {})
        self._patience = patience or Patience()
        self._stopping = asyncio.Event()
        self._current: PgQueuer | None = None
        if missing := self._schedules.keys() - self._handlers.keys():
            raise ValueError(f"no handler for the schedules {sorted(missing)}")

    def stop(self) -> None:
        """Take no new job; ``run`` returns when the running ones are done or the grace is over."""
        self._stopping.set()
        if self._current is not None:
            self._current.shutdown.set()

    async def run(self) -> None:
        """Work until stopped. A lost connection is logged and tried again (0.2 s … 5 s)."""
        wait = 0.2
        while not self._stopping.is_set():
            try:
                await self._work()
                wait = 0.2
            except Exception as fault:
                log.fault("worker-lost-its-database", fault)
                await self._pause(wait)
                wait = min(wait * 2, 5.0)

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

    async def _work(self) -> None:
        """One connection's life."""
        connection = await asyncpg.connect(self._address, timeout=2.0, command_timeout=10.0)
        try:
            queuer = self._current = self._prepared(connection)
            connection.add_termination_listener(lambda _connection: queuer.shutdown.set())
            if self._stopping.is_set():
                return
            times = list(self._schedules), list(self._schedules.values())
            await connection.execute(_FORGET_OTHER_TIMES, *times)  # what is due stays due
            sweeping = asyncio.create_task(self._sweep(queuer))
            try:
                await self._run_queuer(queuer)
            finally:
                sweeping.cancel()
                await asyncio.gather(sweeping, return_exceptions=True)
        finally:
            self._current = None
            await _close(connection)

    async def _run_queuer(self, queuer: PgQueuer) -> None:
        running = asyncio.create_task(
            queuer.run(
                dequeue_timeout=self._patience.poll,
                heartbeat_timeout=self._patience.silent,
                log_aggregation_interval=timedelta(0),
            )
        )
        ending = asyncio.create_task(queuer.shutdown.wait())
        try:
            await asyncio.wait({running, ending}, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait({running}, timeout=self._patience.grace.total_seconds())
        finally:
            ending.cancel()
            running.cancel()  # what still runs is queued again, see _run_job
        outcome = (await asyncio.gather(running, return_exceptions=True))[0]
        if isinstance(outcome, Exception):
            raise outcome

    def _prepared(self, connection: Any) -> PgQueuer:
        queuer = PgQueuer(AsyncpgDriver(connection))
        queries = Queries(queuer.connection)
        for name, handler in self._handlers.items():
            queuer.entrypoint(name, on_failure="hold", accepts_context=False)(
                self._job(queries, handler)
            )
        for name, cron in self._schedules.items():
            queuer.schedule(name, cron, accepts_context=False)(_enqueuer(queries, name))
        return queuer

    def _job(self, queries: Queries, handler: Handler) -> Callable[[Job], Awaitable[None]]:
        async def run_job(job: Job) -> None:
            starts = 1
            try:
                rows = await queries.driver.fetch(_STARTS, job.id)
                starts = int(str(rows[0]["count"]))
                if starts <= self._patience.starts:
                    return await handler(json.loads(job.payload or b"{}"))
            except asyncio.CancelledError:
                raise RetryRequested(reason="worker stopped") from None
            except Exception as fault:
                raise self._verdict(job, starts, fault) from None
            log.error("job-given-up", name=job.entrypoint, id=job.id, starts=starts)
            raise JobDead("worker died")  # it took its workers with it

        return run_job

    def _verdict(self, job: Job, starts: int, fault: Exception) -> Exception:
        kind = type(fault).__name__
        if starts >= self._patience.starts:
            log.fault("job-given-up", fault, name=job.entrypoint, id=job.id, starts=starts)
            return JobDead(kind)
        delay = self._patience.delay(starts)
        seconds = delay.total_seconds()
        log.fault("job-failed", fault, name=job.entrypoint, id=job.id, again_in=seconds)
        return RetryRequested(delay=delay, reason=kind)

    async def _sweep(self, queuer: PgQueuer) -> None:
        """Bury jobs whose name nobody here knows, and forget the log of long ago."""
        while True:
            names = list(self._handlers)
            buried = await queuer.connection.fetch(_BURY_UNKNOWN, names, self._patience.unknown)
            for row in buried:
                log.error("job-name-unknown", name=row["entrypoint"], id=row["job_id"])
            await queuer.connection.execute(_FORGET_OLD_LOG)
            await asyncio.sleep(self._patience.sweep.total_seconds())


def _enqueuer(queries: Queries, name: str) -> Callable[[Any], Awaitable[None]]:
    """A due schedule becomes a job like any other, with its retries and its dead letter."""

    async def enqueue_due(_schedule: Any) -> None:
        await queries.enqueue(name, b"{}", dedupe_key=f"schedule:{name}", on_conflict="skip")

    return enqueue_due


async def _close(connection: Any) -> None:
    try:
        await connection.close(timeout=2)
    except Exception:
        connection.terminate()
