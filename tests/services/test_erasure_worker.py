"""Erasure as the worker does it: killed in the middle, and finished by the next one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.jobs import enqueue
from config.settings import Settings
from identity import erasure
from identity.models import AuditEvent, Document, DocumentIndex, Resident, Session
from tests.services.test_worker import started, until
from tests.support.everything_held import everything_kept
from tests.support.minors import number_of
from tests.support.people import admit
from tests.support.session_parts import a_worker

pytestmark = pytest.mark.server

NAME, MANY = "欧阳修远", 120


async def due(settings: Settings) -> None:
    async with a_worker(settings) as parts:
        for day in range(MANY):
            born = date(1980, 1, 1) + timedelta(days=day)
            await parts.sign_in((await admit(settings, NAME, number_of(born).value)).resident)
    now = datetime.now(UTC)
    await Resident.all().update(erase_after=now - timedelta(hours=1))
    last = await Resident.all().order_by("-id").first()
    assert last
    await Resident.filter(id=last.id).update(erase_after=now)


async def job() -> None:
    async with in_transaction() as connection:
        await enqueue(connection, erasure.JOB, {})


@asynccontextmanager
async def the_last_one_held() -> AsyncIterator[None]:
    """However fast the worker is, it does not get past the one that is due last."""
    async with in_transaction() as connection:
        rows = Resident.all().using_db(connection).order_by("-erase_after")
        assert await rows.select_for_update().first()
        yield


async def test_a_worker_killed_in_the_middle_leaves_nothing_that_the_next_does_not_finish(
    settings: Settings, database: TortoiseContext
) -> None:
    await due(settings)
    await job()
    process, _ = await started(settings)
    async with the_last_one_held():

        async def begun() -> bool:
            assert process.returncode is None
            return await Resident.all().count() < MANY

        await until(begun)
        process.kill()
        await process.wait()
    left = await Resident.all().count()
    assert 0 < left < MANY
    assert await Document.all().count() <= left
    await job()  # as the schedule does every ten minutes
    process, _ = await started(settings)
    try:

        async def finished() -> bool:
            return not await Resident.exists()

        await until(finished)
    finally:
        process.kill()
        await process.wait()
    for table in (Document, DocumentIndex):
        assert not await table.exists()
    assert not await Session.filter(ended_at__isnull=True).exists()
    assert await AuditEvent.filter(event="erasure:begun").count() == MANY
    async with a_worker(settings) as parts:
        kept = await everything_kept(parts.cache)
    assert not [place for place, _, value in kept if NAME in str(value)]
