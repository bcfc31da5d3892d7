"""A client that is told of a logout by real workers: killed on the way, kept waiting, sent away."""

import asyncio
import signal
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext

from config.settings import Settings
from identity.models import Session
from identity.oauth import logout_tokens
from tests.identity.oauth.test_logout_tokens import ISSUER, a_session
from tests.services.test_worker import started, until
from tests.support.listening_client import ListeningClient, listening
from tests.support.partner_app import an_approved_partner
from tests.support.session_parts import a_resident, a_worker

pytestmark = pytest.mark.server


@pytest.fixture
async def client() -> AsyncIterator[ListeningClient]:
    async with listening() as running:
        yield running


async def signed_out(settings: Settings, address: str) -> Session:
    """A resident's session with a client that listens there, just ended."""
    app = await an_approved_partner(ISSUER, backchannel_logout_uri=address)
    session = await a_session(app.id, await a_resident())
    async with a_worker(settings) as parts:
        await parts.sessions.end(UUID(str(session.id)), UUID(str(session.resident_id)))
    return session


async def waiting() -> int:
    """Jobs that are not done."""
    asked = "SELECT count(*) AS n FROM pgqueuer WHERE entrypoint = $1"
    rows = await get_connection("default").execute_query_dict(asked, [logout_tokens.JOB])
    return int(rows[0]["n"])


async def finished() -> bool:
    return await waiting() == 0


async def test_a_worker_killed_while_the_client_thinks_leaves_its_debt_to_the_next(
    settings: Settings, database: TortoiseContext, client: ListeningClient
) -> None:
    client.silent = True
    session = await signed_out(settings, client.address)
    first, _ = await started(settings)
    await client.until(lambda: len(client.heard) == 1)
    first.kill()
    await first.wait()
    assert await waiting() == 1
    client.silent = False
    await _release()
    second, _ = await started(settings)
    try:
        await client.until(lambda: len(client.heard) == 2)
        await until(finished)
    finally:
        second.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(second.wait(), 30) == 0
    assert {one["sid"] for one in client.claims} == {str(session.id)}


async def test_a_client_in_trouble_is_tried_again_and_a_redirecting_one_is_not(
    settings: Settings, database: TortoiseContext, client: ListeningClient
) -> None:
    client.statuses = [503]
    await signed_out(settings, client.address)
    process, _ = await started(settings)
    try:
        await client.until(lambda: len(client.heard) == 2)
        await until(finished)
        client.statuses = [302]
        await signed_out(settings, client.address)
        await client.until(lambda: len(client.heard) == 3)
        await until(finished)
        await signed_out(settings, "http://169.254.169.254/latest")
        await until(finished)
    finally:
        process.kill()
        await process.wait()
    assert set(client.paths) == {"/backchannel-logout"}


async def _release() -> None:
    """As when the dead worker has been silent for half a minute, without waiting for it."""
    asked = "UPDATE pgqueuer SET heartbeat = now() - interval '1 hour' WHERE entrypoint = $1"
    await get_connection("default").execute_query(asked, [logout_tokens.JOB])
