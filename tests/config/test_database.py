"""PostgreSQL: faults by kind, recovery by itself, migrations that may race."""

import asyncio
import os
import secrets
import signal
from urllib.parse import parse_qs, quote, urlsplit

import asyncpg
import pytest
from tortoise.exceptions import IntegrityError, OperationalError
from tortoise.transactions import in_transaction

from config import database as room
from config import embedded
from config.errors import DatabaseUnavailable
from tests.support import engines as engines_room

APPS = {app: (f"{app}.models", f"{app}.migrations") for app in room.APPS}


async def answer(context):
    _, rows = await context.db().execute_query("SELECT 1 AS one")
    return rows[0]["one"]


async def test_a_wrong_statement_is_our_fault_and_not_the_servers(database):
    with pytest.raises(OperationalError), room.reaching_database():
        await database.db().execute_query("SELECT no_such_column")


async def test_a_broken_constraint_passes_through(database):
    await database.db().execute_script("CREATE TABLE one (id int PRIMARY KEY)")
    with pytest.raises(IntegrityError), room.reaching_database():
        await database.db().execute_query("INSERT INTO one VALUES (1), (1)")


@pytest.mark.parametrize("fault", [ValueError(), KeyError(), asyncpg.InterfaceError("bad use")])
def test_other_faults_pass_through(fault):
    with pytest.raises(type(fault)), room.reaching_database():
        raise fault


async def test_a_server_that_is_not_there_is_unavailable(tmp_path):
    nowhere = room.connections_to(f"postgres://zhiban@/zhiban?host={tmp_path}", APPS)
    async with room.opened(nowhere) as context:
        with pytest.raises(DatabaseUnavailable) as refused, room.reaching_database():
            await answer(context)
    assert refused.value.headers["Retry-After"] == "2"


async def test_a_statement_that_takes_too_long_is_unavailable(database):
    with pytest.raises(DatabaseUnavailable), room.reaching_database():
        await database.db().execute_query("SELECT pg_sleep(60)")
    assert await answer(database) == 1


async def test_a_pool_whose_connections_are_all_taken_is_unavailable(settings):
    narrow = room.connections_to(room.dsn(settings), APPS, most=1)
    async with room.opened(narrow) as context, in_transaction():
        pool = context.db()._parent._pool
        with pytest.raises(DatabaseUnavailable), room.reaching_database():
            await pool.acquire()


async def test_connections_cut_by_a_restart_are_replaced(database):
    assert await answer(database) == 1
    address = database.db()._pool._connect_args[0]
    other = await asyncpg.connect(address)
    await other.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await other.close()
    await asyncio.sleep(0.1)
    assert await answer(database) == 1


async def test_a_transaction_that_loses_its_server_is_unavailable_and_undone(database):
    await database.db().execute_script("CREATE TABLE one (id int)")
    with pytest.raises(DatabaseUnavailable), room.reaching_database():
        async with in_transaction() as connection:
            await connection.execute_query("INSERT INTO one VALUES (1)")
            await connection.execute_query("SELECT pg_terminate_backend(pg_backend_pid())")
    _, rows = await database.db().execute_query("SELECT * FROM one")
    assert rows == []


async def test_a_transaction_that_could_not_begin_spoils_nothing_for_its_task(database):
    """A server that was killed is often noticed at BEGIN, and a browser's line is one task long."""
    async with in_transaction() as connection:
        pid = (await connection.execute_query_dict("SELECT pg_backend_pid() AS pid"))[0]["pid"]
    other = await asyncpg.connect(database.db()._pool._connect_args[0])

    async def cut() -> None:
        await other.execute("SELECT pg_terminate_backend($1)", pid)
        await other.close()
        os.kill(pid, signal.SIGCONT)

    os.kill(pid, signal.SIGSTOP)
    cutting = asyncio.create_task(cut())
    with pytest.raises(DatabaseUnavailable), room.reaching_database():
        async with in_transaction():
            raise AssertionError("a server that stands still began it")
    await cutting
    assert await answer(database) == 1
    for _ in range(10):  # more than the pool has
        async with in_transaction() as connection:
            assert await connection.execute_query_dict("SELECT 1 AS one") == [{"one": 1}]


async def test_a_cancelled_story_leaves_no_transaction_open(database):
    await database.db().execute_script("CREATE TABLE one (id int)")

    async def story():
        async with in_transaction() as connection:
            await connection.execute_query("INSERT INTO one VALUES (1)")
            await connection.execute_query("SELECT pg_sleep(1.5)")

    task = asyncio.create_task(story())
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    _, rows = await database.db().execute_query("SELECT * FROM one")
    assert rows == []


async def test_a_stopped_and_a_frozen_server_are_unavailable_and_found_again():
    async with engines_room.short_folder() as folder:
        home = embedded.open_folder(folder / "e")
        server = embedded.Postgres(home, home / "logs" / "postgres.log")
        await server.start()
        config = room.connections_to(embedded.postgres_dsn(home, "postgres"), APPS)
        async with room.opened(config) as context:
            assert await answer(context) == 1
            _, rows = await context.db().execute_query("SELECT pg_backend_pid() AS pid")
            os.kill(rows[0]["pid"], signal.SIGSTOP)  # only this backend: it hangs
            try:
                with pytest.raises(DatabaseUnavailable), room.reaching_database():
                    await answer(context)
            finally:
                os.kill(rows[0]["pid"], signal.SIGCONT)
            assert await answer(context) == 1
            await server.stop()
            with pytest.raises(DatabaseUnavailable), room.reaching_database():
                await answer(context)
            await server.start()
            assert await answer(context) == 1
        await server.stop()


@pytest.fixture
async def empty(engines):
    """The address of a database without tables."""
    name = f"zb_{secrets.token_hex(6)}"
    await engines_room._run(engines.database_url, f'CREATE DATABASE "{name}"')
    yield engines_room.renamed(engines.database_url, name)
    await engines_room._run(engines.database_url, f'DROP DATABASE "{name}" WITH (FORCE)')


def config_for(address):
    return room.connections_to(address, APPS)


async def test_two_releases_at_once_migrate_once(empty):
    said = []
    config = config_for(empty)
    await asyncio.gather(*(room.migrate(config, say=said.append) for _ in range(3)))
    assert said.count("applied identity.0001_initial") == 1
    assert said.count("installed the job tables") == 1
    assert said.count("database is up to date") == 3


async def test_a_second_migration_changes_nothing(empty):
    await room.migrate(config_for(empty), say=lambda _line: None)
    said = []
    await room.migrate(config_for(empty), say=said.append)
    assert said == ["database is up to date"]


async def test_the_models_and_their_migrations_agree(empty):
    """A model changed without `make migration` would fail here first."""
    from tortoise import Tortoise
    from tortoise.context import TortoiseContext
    from tortoise.migrations.autodetector import MigrationAutodetector

    config = config_for(empty)
    async with TortoiseContext():
        await Tortoise.init(config=config, init_connections=False)
        changes = await MigrationAutodetector(Tortoise.apps, config["apps"]).changes()
    assert not [change.name for change in changes]


async def test_a_migration_waits_for_a_server_that_is_starting():
    async with engines_room.short_folder() as folder:
        home = embedded.open_folder(folder / "e")
        server = embedded.Postgres(home, home / "logs" / "postgres.log")
        said = asyncio.Queue()
        config = config_for(embedded.postgres_dsn(home, "postgres"))
        release = asyncio.create_task(room.migrate(config, say=said.put_nowait))
        assert await said.get() == "waiting for PostgreSQL"
        await server.start()
        await release
        await server.stop()


async def test_a_socket_folder_as_percent_encoded_host_is_reached(settings):
    """The other spelling libpq knows (PostgreSQL manual 34.1.1.2)."""
    parts = urlsplit(room.dsn(settings))
    folder = parse_qs(parts.query).get("host", [""])[0]
    if not folder.startswith("/"):
        pytest.skip("the server of this run is not on a Unix socket")
    address = f"postgresql://{parts.username}@{quote(folder, safe='')}{parts.path}"
    async with room.opened(room.connections_to(address, APPS)) as context:
        assert await answer(context) == 1
