"""Several worker processes, killed while they work: nothing is left out, nothing is done twice at a
time, and what is due by the clock is due once for all of them.
"""

import asyncio
import contextlib
import os
import random
import signal
import sys

import pytest
from tortoise.transactions import in_transaction

from config import jobs
from config.database import dsn
from tests.support import log_capture

pytestmark = pytest.mark.timeout(400)
JOBS = 30
SEED = int(os.environ.get("FAULTS_SEED", "20261121"))
EVERY_SECOND, NEW_YEAR = "* * * * * *", "0 0 1 1 *"


class Crew:
    """Worker processes on one database, by their names."""

    def __init__(self, address):
        self.address = address
        self.living = {}

    async def add(self, name, *cron):
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.support.job_worker", self.address, name, *cron,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        self.living[name] = child
        assert await child.stdout.readline() == b"ready\n"

    async def kill(self, name):
        child = self.living.pop(name)
        child.send_signal(signal.SIGKILL)
        log_capture.run.keep((await child.stderr.read()).decode())
        await child.wait()


@pytest.fixture
async def crew(settings, database):
    await database.db().execute_script(
        "CREATE TABLE seen (job int, worker text, what text,"
        " at timestamptz DEFAULT clock_timestamp())"
    )
    made = Crew(dsn(settings))
    yield made
    for name in list(made.living):
        await made.kill(name)


async def rows(database, sql):
    return await database.db().execute_query_dict(sql)


async def until(true, what):
    async with asyncio.timeout(150):
        while not await true():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_every_job_is_done_by_one_worker_at_a_time_whoever_is_killed(database, crew):
    """Of three workers one is killed after another, in the middle of jobs, and replaced."""
    chance = random.Random(SEED)
    async with in_transaction() as connection:
        payloads = [{"job": n, "seconds": 0.2} for n in range(1, JOBS + 1)]
        await jobs.enqueue_each(connection, "work", payloads)
    names = [f"w{n}" for n in range(6)]
    await asyncio.gather(*(crew.add(name) for name in names[:3]))
    for name in names[3:]:
        await until(lambda: anybody_at_work(database, crew), "a job that has begun")
        victims = [row["worker"] for row in await at_work(database) if row["worker"] in crew.living]
        await crew.kill(chance.choice(victims or list(crew.living)))
        await crew.add(name)

    async def empty():
        return not await rows(database, "SELECT 1 FROM pgqueuer")

    await until(empty, "an empty queue")
    seen = await rows(database, "SELECT job, worker, what FROM seen ORDER BY at")
    for job in range(1, JOBS + 1):
        own = [(row["worker"], row["what"]) for row in seen if row["job"] == job]
        assert own[-1][1] == "ended", (SEED, job, own)  # nobody began after that
        assert own[-2] == (own[-1][0], "started"), (SEED, job, own)
        # At least once: who was killed may have ended it and not yet have said so.
        assert all(worker not in crew.living for worker, _ in own[:-2]), (SEED, job, own)


async def at_work(database):
    """Started, and not ended by the same worker."""
    return await rows(
        database,
        "SELECT job, worker FROM seen GROUP BY job, worker HAVING count(*) = 1",
    )


async def anybody_at_work(database, crew):
    found = {row["worker"] for row in await at_work(database)}
    return found & crew.living.keys() or not await rows(database, "SELECT 1 FROM pgqueuer")


async def ticks(database):
    """When the schedule made a job of itself."""
    return await rows(
        database,
        "SELECT created FROM pgqueuer_log WHERE entrypoint = 'tick' AND status = 'queued'"
        " ORDER BY created",
    )


async def test_a_schedule_is_due_once_for_several_workers_and_outlives_each(database, crew):
    await asyncio.gather(*(crew.add(name, EVERY_SECOND) for name in ("w0", "w1", "w2")))

    def as_many(count):
        async def there():
            return len(await ticks(database)) >= count

        return there

    await until(as_many(3), "three ticks")
    await crew.kill("w0")
    await until(as_many(8), "ticks without the first worker")
    found = [row["created"] for row in await ticks(database)]
    seconds = (found[-1] - found[0]).total_seconds()
    assert len(found) <= seconds + 3  # each worker for itself would make three a second


async def test_what_fell_due_while_no_worker_lived_is_done_when_one_comes_back(database, crew):
    """A job of every night is not left out because a release lasted over midnight."""
    await crew.add("w0", NEW_YEAR)

    async def known():
        return await rows(database, "SELECT 1 FROM pgqueuer_schedules WHERE entrypoint = 'tick'")

    await until(known, "the schedule")
    await crew.kill("w0")
    await database.db().execute_query("UPDATE pgqueuer_schedules SET next_run = now()")
    await crew.add("w1", NEW_YEAR)

    async def ticked():
        return await rows(database, "SELECT 1 FROM seen WHERE what = 'ticked'")

    await until(ticked, "the tick that was due")


async def test_another_time_of_a_schedule_takes_the_place_of_the_first(database, crew):
    await crew.add("w0", NEW_YEAR)
    await crew.add("w1", EVERY_SECOND)

    async def only_the_new():
        found = await rows(database, "SELECT expression FROM pgqueuer_schedules")
        return [row["expression"] for row in found] == [EVERY_SECOND]

    await until(only_the_new, "one time")
    with contextlib.suppress(KeyError):
        await crew.kill("w0")
