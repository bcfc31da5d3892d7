"""Whatever is added, undone, tried again and stopped, with however many workers and in whatever
order: a job is done once if its change exists and never if not, by one worker at a time, and one
that cannot be done ends as a dead letter after its starts.
"""

import asyncio
import contextlib
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from config import jobs
from config.database import dsn
from config.jobs import Patience, Worker

STARTS = 6
PATIENT = Patience(starts=STARTS, first=timedelta(0), poll=timedelta(seconds=0.2))
HURRIED = replace(PATIENT, grace=timedelta(0))
MOST_HURRIES, MOST_WORKERS = STARTS - 2, 3
SECONDS = {"good": 0.0, "slow": 0.3, "shaky": 0.0, "hopeless": 0.0}


class Undone(Exception):
    """The story that enqueued the job failed."""


class Queue(RuleBasedStateMachine):
    """Rules are synchronous and run in a thread of their own; ``loop`` does what they ask."""

    loop: asyncio.AbstractEventLoop
    address: str

    @initialize()
    def fresh(self):
        self.kinds, self.never, self.lives = {}, set(), Counter()
        self.began, self.ended, self.running = Counter(), Counter(), set()
        self.workers, self.hurries, self.twice = [], 0, []
        self.done(get_connection("default").execute_script("TRUNCATE pgqueuer, pgqueuer_log"))

    def done(self, story):
        return asyncio.run_coroutine_threadsafe(_awaited(story), self.loop).result(90)

    @rule(kind=st.sampled_from(sorted(SECONDS)), undone=st.booleans())
    def add(self, kind, undone):
        number = self._number()
        if undone:
            self.never.add(number)
        else:
            self._known(number, kind)
        self.done(self._added(kind, number, undone))

    def _number(self):
        return len(self.kinds) + len(self.never)

    def _known(self, number, kind):
        self.kinds[number] = kind
        self.lives[number] = 1

    @precondition(lambda self: len(self.workers) < MOST_WORKERS)
    @rule()
    def open(self):
        self.done(self._open(PATIENT))

    @precondition(lambda self: self.workers)
    @rule()
    def close(self):
        """What runs is finished first."""
        self.done(self._close())

    @precondition(lambda self: self.hurries < MOST_HURRIES and len(self.workers) < MOST_WORKERS)
    @rule()
    def hurry(self):
        """A worker that stops without letting its jobs finish: they are queued again."""
        number = self._number()

        async def story():
            await self._open(HURRIED)
            await self._added("slow", number, undone=False)
            while not self.began[number]:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            await self._close()

        self.hurries += 1
        self._known(number, "slow")
        self.done(story())

    @rule(seconds=st.sampled_from([0.0, 0.05]))
    def wait(self, seconds):
        self.done(asyncio.sleep(seconds))

    @rule()
    def revive(self):
        async def story():
            dead = await jobs.dead_letters(get_connection("default"))
            await jobs.revive(get_connection("default"), [one.id for one in dead])
            return await self._numbers([one.id for one in dead])

        for number in self.done(story()):
            self.lives[number] += 1

    def teardown(self):
        """Left to one worker, everything comes to its end."""
        self.done(self._settle())
        assert not self.twice
        assert not self.never & self.began.keys()
        hopeless = {number for number, kind in self.kinds.items() if kind == "hopeless"}
        assert self.done(self._dead()) == hopeless
        wanted = Counter(dict.fromkeys(self.kinds.keys() - hopeless, 1))
        assert self.ended == wanted
        for number in hopeless:
            most = STARTS * self.lives[number]
            assert most - self.hurries <= self.began[number] <= most

    async def _added(self, kind, number, undone):
        with contextlib.suppress(Undone):
            async with in_transaction() as connection:
                await jobs.enqueue(connection, kind, {"job": number})
                if undone:
                    raise Undone

    async def _open(self, patience):
        handlers = {kind: self._handler(kind) for kind in SECONDS}
        worker = Worker(self.address, handlers, patience=patience)
        self.workers.append((worker, asyncio.create_task(worker.run())))

    async def _close(self):
        worker, task = self.workers.pop()
        worker.stop()
        await task

    def _handler(self, kind):
        async def work(payload):
            number = payload["job"]
            if number in self.running:
                self.twice.append(number)
            self.began[number] += 1
            self.running.add(number)
            try:
                await asyncio.sleep(SECONDS[kind])
            finally:
                self.running.discard(number)
            if kind == "hopeless" or (kind == "shaky" and self.began[number] == 1):
                raise RuntimeError
            self.ended[number] += 1

        return work

    async def _settle(self):
        if not self.workers:
            await self._open(PATIENT)
        sql = "SELECT 1 FROM pgqueuer WHERE status <> 'failed'"
        async with asyncio.timeout(60):
            while await get_connection("default").execute_query_dict(sql):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        while self.workers:
            await self._close()

    async def _dead(self):
        dead = await jobs.dead_letters(get_connection("default"))
        return set(await self._numbers([one.id for one in dead]))

    async def _numbers(self, ids):
        sql = "SELECT (convert_from(payload, 'UTF8')::json->>'job')::int AS job FROM pgqueuer"
        rows = await get_connection("default").execute_query_dict(
            f"{sql} WHERE id = ANY($1)", [ids]
        )
        return [row["job"] for row in rows]


async def _awaited(story):
    return await story


async def test_jobs_are_done_once_in_whatever_order(settings, database):
    class Here(Queue):
        loop = asyncio.get_running_loop()
        address = dsn(settings)

    few = hypothesis_settings(
        max_examples=15, stateful_step_count=15, suppress_health_check=list(HealthCheck)
    )
    await asyncio.to_thread(run_state_machine_as_test, Here, settings=few)
