"""A test's database is as a fresh copy of the template, whatever the test before it left behind."""

import asyncpg
import pytest

from tests.support.clean_databases import MOST_USES, CleanDatabases, renamed
from tests.support.engines import TEMPLATE, Engines

# Each changes something besides rows.
CHANGES = (
    "CREATE TABLE bare (id int)",
    "DROP TABLE search_miss",
    "ALTER TABLE search_miss ADD COLUMN more int",
    "ALTER TABLE search_miss ALTER COLUMN words DROP NOT NULL",
    "ALTER TABLE search_miss ALTER COLUMN count SET DEFAULT 7",
    "ALTER TABLE search_miss ADD CONSTRAINT few CHECK (count < 9)",
    "ALTER TABLE application DISABLE TRIGGER application_moved",
    "CREATE INDEX more ON search_miss (count)",
    "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION application_moved() RETURNS trigger LANGUAGE plpgsql"
    " AS 'BEGIN RETURN NEW; END'",
    "CREATE SCHEMA more",
    "DELETE FROM tortoise_migrations WHERE app = 'services'",
    "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = ''5MB''', current_database());"
    " END $$",
)


@pytest.fixture
async def databases(engines: Engines) -> CleanDatabases:
    return CleanDatabases(engines.database_url, TEMPLATE)


async def connected(engines: Engines, name: str) -> asyncpg.Connection:
    return await asyncpg.connect(renamed(engines.database_url, name))


async def number(engines: Engines, name: str) -> int:
    """What stays the same when a database gets another name."""
    connection = await connected(engines, name)
    found = await connection.fetchval(
        "SELECT oid::bigint FROM pg_database WHERE datname = current_database()"
    )
    await connection.close()
    return int(found)


async def empty(engines: Engines, name: str) -> bool:
    connection = await connected(engines, name)
    try:
        return await connection.fetchval(
            "SELECT NOT EXISTS (SELECT 1 FROM ledger_movement) AND NOT EXISTS"
            " (SELECT 1 FROM search_miss) AND NOT EXISTS (SELECT 1 FROM application_event)"
            " AND NOT EXISTS (SELECT 1 FROM pg_sequences WHERE last_value IS NOT NULL)"
        )
    finally:
        await connection.close()


async def test_rows_counters_and_locks_are_gone_and_so_is_the_name(engines, databases):
    first = await databases.take()
    left = await connected(engines, first)
    await left.execute("INSERT INTO search_miss (words, day, count) VALUES ('x', now(), 1)")
    await left.execute(
        "INSERT INTO application_event (application_id, at, name, state, actor_kind, actor, step,"
        " reason) VALUES (gen_random_uuid(), now(), 'x', 'x', 'x', '', '', '')"
    )
    await left.execute("SELECT nextval('application_event_id_seq'), pg_advisory_lock(7)")
    assert not await empty(engines, first)
    same = await number(engines, first)
    await databases.give_back(first)
    second = await databases.take()
    assert (await number(engines, second), second != first) == (same, True)
    assert await empty(engines, second)
    assert left.is_closed() or not await answers(left)
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await connected(engines, first)
    await databases.give_back(second)


async def answers(connection: asyncpg.Connection) -> bool:
    try:
        return bool(await connection.fetchval("SELECT 1"))
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        return False


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: " ".join(one.split()[:5]))
async def test_one_that_was_changed_is_used_no_more(engines, databases, change):
    name = await databases.take()
    same = await number(engines, name)
    connection = await connected(engines, name)
    await connection.execute(change)
    await connection.close()
    await databases.give_back(name)
    following = await databases.take()
    assert await number(engines, following) != same
    await databases.give_back(following)


async def test_one_that_was_used_often_is_used_no_more(engines, databases):
    name, seen = await databases.take(), set()
    for _ in range(MOST_USES):
        seen.add(await number(engines, name))
        await databases.give_back(name)
        name = await databases.take()
    assert len(seen) == 1
    assert await number(engines, name) not in seen
    await databases.give_back(name)
