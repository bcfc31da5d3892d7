"""The house on engines that are not its own: Debian's PostgreSQL 15 and Redis 7 by URL."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.support import journey, outside
from tests.support.engines import short_folder
from tests.support.house import House, house

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(
        bool(outside.missing()),
        reason=f"NOT TESTED on outside engines: {outside.missing()} not installed (.ci/run does)",
    ),
]


@pytest.fixture(scope="module")
async def engines() -> AsyncIterator[outside.Outside]:
    async with short_folder() as folder, outside.engines(folder) as running:
        yield running


@pytest.fixture(scope="module")
async def guest(engines: outside.Outside) -> AsyncIterator[House]:
    """A house whose addresses are set."""
    with house(
        DATABASE_URL=engines.database_url("zhiban"),
        SANDBOX_DATABASE_URL=engines.database_url("zhiban_sandbox"),
        REDIS_URL=engines.redis_url,
    ) as one:
        one.start()
        yield one


async def test_no_engine_of_our_own_is_started(guest: House) -> None:
    assert guest.answers()
    assert not guest.find("bin/postgres") and not guest.find("valkey-server")
    assert not (guest.data / "postgres").exists() and not (guest.data / "valkey").exists()


async def test_the_tables_are_theirs(guest: House, engines: outside.Outside) -> None:
    assert guest.process is not None
    connection = await asyncpg.connect(engines.database_url("zhiban"))
    try:
        version = await connection.fetchval("SHOW server_version")
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname='public'")
    finally:
        await connection.close()
    assert version.startswith("15.")
    assert {"resident", "pgqueuer"} <= {row["tablename"] for row in tables}


async def test_the_same_journey_ends_in_the_same_answers(
    guest: House, engines: outside.Outside
) -> None:
    sandbox = await journey.new_resident(guest.sandbox_url)
    tokens = await journey.verify(guest.url, sandbox.name, sandbox.number)
    assert tokens.acr == "4"
    balance = await journey.answer(guest.url, tokens.access, "provident-fund-balance")
    assert balance["answer"]["balance"] > 0
    status = await journey.answer(guest.url, tokens.access, "social-insurance-status")
    assert status["answer"]["kinds"]
    connection = await asyncpg.connect(engines.database_url("zhiban"))
    try:
        read = await connection.fetchval(
            "SELECT count(*) FROM audit_event WHERE event = 'service:answered'"
        )
    finally:
        await connection.close()
    assert read == 2
    successor = await journey.refresh(guest.url, tokens.refresh)
    await journey.sign_out(guest.url, successor.access)
    with pytest.raises(journey.Refused, match="refresh-token"):
        await journey.refresh(guest.url, successor.refresh)


async def test_no_password_reaches_console_or_logs(guest: House, engines: outside.Outside) -> None:
    password = engines.postgres.split(":")[2].split("@")[0]
    said = [guest.console, *(log.read_text() for log in (guest.data / "logs").glob("*.log"))]
    assert not [text for text in said if password in text]
