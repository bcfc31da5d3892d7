"""Sessions and refresh tokens under concurrency, on real engines (CONTRACTS: rotation)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from tortoise.context import TortoiseContext

from config.settings import Settings
from identity import sessions as room
from identity.errors import (
    RefreshTokenInvalid,
    RefreshTokenReused,
    SessionEnded,
    SessionMissing,
)
from identity.models import RefreshToken, Session
from tests.support.session_parts import SessionParts, a_resident, a_worker


@pytest.fixture
async def worker(settings: Settings, database: TortoiseContext) -> AsyncIterator[SessionParts]:
    async with a_worker(settings) as parts:
        yield parts


async def hears(worker: SessionParts) -> None:
    """Wait until the worker listens, so that the test is about hearing and not starting."""
    for _ in range(200):
        if worker.news.hearing:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the worker never listened")


async def lately_used(session_id: object, ago: timedelta) -> None:
    then = datetime.now(UTC) - ago
    await RefreshToken.filter(session_id=session_id, used_at__isnull=False).update(used_at=then)


@pytest.mark.parametrize("token", ["", "zr_unknown", "x" * 5000])
async def test_an_unknown_refresh_token_is_refused(worker: SessionParts, token: str) -> None:
    with pytest.raises(RefreshTokenInvalid):
        await worker.sessions.rotate(token)


async def test_fifty_presentations_at_once_yield_one_successor(worker: SessionParts) -> None:
    opened = await worker.sign_in(await a_resident())
    results = await asyncio.gather(
        *(worker.sessions.rotate(opened.refresh_token) for _ in range(50))
    )
    assert len({result.refresh_token for result in results}) == 1
    assert await RefreshToken.filter(session_id=opened.session.id).count() == 2


async def test_a_refresh_token_shown_after_the_grace_ends_the_session(
    worker: SessionParts,
) -> None:
    opened = await worker.sign_in(await a_resident())
    successor = await worker.sessions.rotate(opened.refresh_token)
    await lately_used(opened.session.id, timedelta(seconds=11))
    with pytest.raises(RefreshTokenReused):
        await worker.sessions.rotate(opened.refresh_token)
    with pytest.raises(RefreshTokenInvalid):
        await worker.sessions.rotate(successor.refresh_token)
    assert (await Session.get(id=opened.session.id)).ended_why == "reuse"


async def test_a_refresh_token_shown_with_another_key_ends_the_session(
    worker: SessionParts,
) -> None:
    opened = await worker.sign_in(await a_resident())
    with pytest.raises(RefreshTokenReused):
        await worker.sessions.rotate(opened.refresh_token, proof="another")


async def test_an_expired_session_is_not_refreshed(worker: SessionParts) -> None:
    opened = await worker.sign_in(await a_resident())
    await Session.filter(id=opened.session.id).update(expires_at=datetime.now(UTC))
    with pytest.raises(RefreshTokenInvalid):
        await worker.sessions.rotate(opened.refresh_token)


async def test_refresh_tokens_are_stored_hashed(worker: SessionParts) -> None:
    opened = await worker.sign_in(await a_resident())
    successor = await worker.sessions.rotate(opened.refresh_token)
    for row in await RefreshToken.all():
        stored = repr(dict(row))
        assert opened.refresh_token not in stored
        assert successor.refresh_token not in stored


async def test_nobody_ends_the_session_of_another_resident(worker: SessionParts) -> None:
    opened = await worker.sign_in(await a_resident())
    with pytest.raises(SessionMissing):
        await worker.sessions.end(opened.session.id, await a_resident())
    with pytest.raises(SessionMissing):
        await worker.sessions.end(uuid4(), opened.session.resident_id)


async def test_a_sign_out_is_heard_by_another_worker_within_a_second(
    settings: Settings, database: TortoiseContext
) -> None:
    async with a_worker(settings) as one, a_worker(settings) as two:
        opened = await one.sign_in(await a_resident())
        token = (await one.tokens.issue(opened.session)).value
        await two.tokens.read(token)
        await hears(two)
        await one.sessions.end(opened.session.id, opened.session.resident_id)
        await asyncio.sleep(1.0)
        for worker in (one, two):
            with pytest.raises(SessionEnded):
                await worker.tokens.read(token)
        with pytest.raises(RefreshTokenInvalid):
            await two.sessions.rotate(opened.refresh_token)


async def test_a_worker_that_cannot_hear_asks_the_database(
    settings: Settings, database: TortoiseContext
) -> None:
    async with a_worker(settings) as one, a_worker(settings) as deaf:
        opened = await one.sign_in(await a_resident())
        token = (await one.tokens.issue(opened.session)).value
        await deaf.news.stop()
        await asyncio.sleep(room_for_silence())
        await deaf.tokens.read(token)
        await one.sessions.end(opened.session.id, opened.session.resident_id)
        with pytest.raises(SessionEnded):
            await deaf.tokens.read(token)


async def test_a_worker_that_starts_later_knows_who_signed_out_before(
    settings: Settings, database: TortoiseContext
) -> None:
    async with a_worker(settings) as one:
        opened = await one.sign_in(await a_resident())
        token = (await one.tokens.issue(opened.session)).value
        await one.sessions.end(opened.session.id, opened.session.resident_id)
        async with a_worker(settings) as late:
            await hears(late)
            with pytest.raises(SessionEnded):
                await late.tokens.read(token)


async def test_the_job_ends_expired_sessions_and_only_those(worker: SessionParts) -> None:
    resident = await a_resident()
    late, living = await worker.sign_in(resident), await worker.sign_in(resident)
    await Session.filter(id=late.session.id).update(expires_at=datetime.now(UTC))
    assert await room.end_expired() == 1
    assert await room.end_expired() == 0
    assert [row.id for row in await worker.sessions.living(resident)] == [living.session.id]


async def test_the_job_forgets_sealed_successors_after_the_grace(worker: SessionParts) -> None:
    opened = await worker.sign_in(await a_resident())
    await worker.sessions.rotate(opened.refresh_token)
    await lately_used(opened.session.id, timedelta(seconds=11))
    await room.end_expired()
    assert not await RefreshToken.filter(successor_sealed__isnull=False).exists()


def room_for_silence() -> float:
    from identity.news import SILENCE

    return SILENCE + 0.1
