"""The worker as a process: it says that it is up, does its jobs, and stops when told."""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tortoise.transactions import in_transaction

from config.jobs import enqueue
from config.settings import Settings
from identity.models import Session
from services import worker
from tests.support.session_parts import a_resident, a_worker

pytestmark = pytest.mark.server


async def until(true) -> None:
    """Wait for another process; a minute at most, for a machine that is busy."""
    for _ in range(1200):
        if await true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not happen")


def environment(house: Settings) -> dict[str, str]:
    """The settings as the process reads them; its engines are the test's."""
    secrets = {
        name: getattr(house, name).get_secret_value()
        for name in ("database_url", "redis_url", "seal_keys", "index_keys", "sandbox_key")
    }
    given = {name.upper(): value for name, value in secrets.items()}
    return os.environ | given | {"DATA_FOLDER": str(house.data_folder)}


async def started(house: Settings) -> tuple[asyncio.subprocess.Process, Path]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.worker", env=environment(house)
    )
    return process, house.data_folder / "run" / worker.READY


async def test_every_schedule_has_a_handler(settings, database):
    async with worker.tools(settings) as tools:
        assert set(worker.SCHEDULES) <= set(worker.handlers(tools))


async def test_expired_sessions_are_ended_and_the_worker_stops_when_told(settings, database):
    async with a_worker(settings) as parts:
        late, fresh = [await parts.sign_in(await a_resident()) for _ in range(2)]
    past = datetime.now(UTC) - timedelta(seconds=1)
    await Session.filter(id=late.session.id).update(expires_at=past)
    process, mark = await started(settings)
    try:
        await until(lambda: asyncio.to_thread(mark.exists))
        async with in_transaction() as connection:
            await enqueue(connection, "end-expired-sessions", {})
        ended = Session.filter(id=late.session.id, ended_at__isnull=False)
        await until(ended.exists)
        assert not await Session.filter(id=fresh.session.id, ended_at__isnull=False).exists()
    finally:
        process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 30) == 0
    assert not mark.exists()


async def test_it_does_not_start_on_settings_that_contradict_the_environment(settings, tmp_path):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.worker",
        env=environment(settings) | {"ENVIRONMENT": "production"},
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, said = await process.communicate()
    assert process.returncode == 1
    assert said.decode().startswith("worker: ")
    assert said.decode().count("\n") == 1
