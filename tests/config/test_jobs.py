"""Jobs: with their transaction or not at all, at least once, never twice at a time."""

import asyncio
import contextlib
import contextvars
import os
import signal
import sys
from datetime import timedelta

import pytest
from tortoise.transactions import in_transaction

from config import jobs
from config.database import dsn
from config.jobs import Worker
from tests.support import log_capture
from tests.support.job_worker import QUICK


async def until(answer, wanted, seconds=30.0):
    """Ask again until the answer is the wanted one, or fail with the last."""
    end = asyncio.get_running_loop().time() + seconds
    while (last := await answer()) != wanted:
        assert asyncio.get_running_loop().time() < end, last
        await asyncio.sleep(0.05)


async def add(name, payload=None, **more):
    async with in_transaction() as connection:
        return await jobs.enqueue(connection, name, payload or {}, **more)


async def queue(database):
    rows = await database.db().execute_query_dict(
        "SELECT entrypoint AS name, status::text FROM pgqueuer ORDER BY id"
    )
    return [(row["name"], row["status"]) for row in rows]


@contextlib.asynccontextmanager
async def working(settings, handlers, **more):
    worker = Worker(dsn(settings), handlers, patience=QUICK, **more)
    task = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        worker.stop()
        await task


async def test_a_job_outside_a_transaction_is_refused(database):
    with pytest.raises(TypeError):
        await jobs.enqueue(database.db(), "work", {})


async def test_a_job_of_a_transaction_that_rolls_back_never_existed(database):
    with pytest.raises(RuntimeError):
        async with in_transaction() as connection:
            await jobs.enqueue(connection, "work", {})
            raise RuntimeError("the story failed")
    assert await queue(database) == []


async def test_a_job_is_seen_only_when_its_transaction_commits(database):
    async with in_transaction() as connection:
        await jobs.enqueue(connection, "work", {})
        outside = asyncio.create_task(queue(database), context=contextvars.Context())
        assert await outside == []
    assert await queue(database) == [("work", "queued")]


async def test_a_schedule_without_a_handler_stops_the_start(settings):
    with pytest.raises(ValueError, match="clean"):
        Worker(dsn(settings), {}, {"clean": "* * * * *"})


async def test_a_job_with_a_name_nobody_knows_becomes_a_dead_letter(database, settings):
    await add("no-such-work")
    async with working(settings, {}):
        await until(lambda: queue(database), [("no-such-work", "failed")])
    assert [letter.name for letter in await jobs.dead_letters(database.db())] == ["no-such-work"]


async def test_a_job_that_always_fails_is_tried_as_often_as_allowed_then_kept(database, settings):
    starts = []
    secret = log_capture.personal("何谓失败")

    async def fail(payload):
        starts.append(payload)
        raise RuntimeError(secret)

    await add("fail", {"job": 1})
    async with working(settings, {"fail": fail}):
        await until(lambda: queue(database), [("fail", "failed")])
    assert starts == [{"job": 1}] * 3
    stored = await database.db().execute_query_dict("SELECT traceback::text FROM pgqueuer_log")
    assert not [row for row in stored if secret in (row["traceback"] or "")]


async def test_a_job_that_takes_its_workers_with_it_is_given_up_unseen(database, settings):
    """Three workers have started it and never come back to say how it ended."""
    done = []

    async def deadly(payload):
        done.append(payload)

    number = await add("deadly")
    await database.db().execute_query(
        "INSERT INTO pgqueuer_log (job_id, status, entrypoint, priority)"
        " SELECT $1, 'picked', 'deadly', 0 FROM generate_series(1, 3)",
        [number],
    )
    async with working(settings, {"deadly": deadly}):
        await until(lambda: queue(database), [("deadly", "failed")])
    assert done == []


async def test_a_revived_dead_letter_is_done(database, settings):
    done = []

    async def fail_thrice(payload):
        done.append(payload)
        if len(done) <= 3:
            raise RuntimeError

    number = await add("work")
    async with working(settings, {"work": fail_thrice}):
        await until(lambda: queue(database), [("work", "failed")])
        await jobs.revive(database.db(), [number])
        await until(lambda: queue(database), [])
    assert len(done) == 4


async def test_a_job_is_done_once_and_leaves_the_queue(database, settings):
    done = []

    async def work(payload):
        done.append(payload)

    await add("work", {"job": 7})
    async with working(settings, {"work": work}):
        await until(lambda: queue(database), [])
    assert done == [{"job": 7}]


async def test_a_delayed_job_waits(database, settings):
    done = []

    async def work(payload):
        done.append(payload["job"])

    await add("work", {"job": "later"}, delay=timedelta(hours=1))
    await add("work", {"job": "now"})
    async with working(settings, {"work": work}):
        await until(lambda: queue(database), [("work", "queued")])
    assert done == ["now"]


async def test_a_schedule_becomes_a_job(database, settings):
    done = asyncio.Event()

    async def clean(_payload):
        done.set()

    async with working(settings, {"clean": clean}, schedules={"clean": "* * * * * *"}):
        await asyncio.wait_for(done.wait(), 30)


async def test_a_worker_goes_on_when_its_connection_was_cut(database, settings):
    done = asyncio.Event()

    async def work(_payload):
        done.set()

    async with working(settings, {"work": work}):
        await until(lambda: cut(database), True)
        await add("work")
        await asyncio.wait_for(done.wait(), 30)


async def cut(database):
    """End every other connection to this database, as a restart of PostgreSQL does."""
    _, rows = await database.db().execute_query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND query LIKE '%pgqueuer%'"
    )
    return bool(rows)


@contextlib.asynccontextmanager
async def process(settings, name):
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.job_worker", dsn(settings), name,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert await child.stdout.readline() == b"ready\n"
        yield child
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        log_capture.run.keep((await child.stderr.read()).decode())
        await child.wait()


@pytest.fixture
async def seen(database):
    """What the worker processes wrote, in order: (job, worker, what)."""
    await database.db().execute_script(
        "CREATE TABLE seen (job int, worker text, what text,"
        " at timestamptz DEFAULT clock_timestamp())"
    )

    async def read():
        rows = await database.db().execute_query_dict("SELECT * FROM seen ORDER BY at")
        return [(row["job"], row["worker"], row["what"]) for row in rows]

    return read


async def test_the_job_of_a_killed_worker_is_done_by_another(database, settings, seen):
    await add("work", {"job": 1, "seconds": 3})
    async with process(settings, "first") as first:
        await until(seen, [(1, "first", "started")])
        first.send_signal(signal.SIGKILL)
        await first.wait()
        async with process(settings, "second"):
            await until(lambda: queue(database), [])
    assert await seen() == [
        (1, "first", "started"),
        (1, "second", "started"),
        (1, "second", "ended"),
    ]


async def test_a_worker_told_to_end_finishes_its_job_first(database, settings, seen):
    await add("work", {"job": 1, "seconds": 1})
    async with process(settings, "first") as worker:
        await until(seen, [(1, "first", "started")])
        worker.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(worker.wait(), 20) == os.EX_OK
    assert await seen() == [(1, "first", "started"), (1, "first", "ended")]
    assert await queue(database) == []


async def test_two_workers_never_do_one_job_twice(database, settings, seen):
    for number in range(40):
        await add("work", {"job": number})
    async with process(settings, "first"), process(settings, "second"):
        await until(lambda: queue(database), [])
    started = [job for job, _, what in await seen() if what == "started"]
    assert sorted(started) == list(range(40))
