"""Databases as an earlier release left them: stopped at a migration, with rows in them."""

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import asyncpg
from tortoise.context import TortoiseContext
from tortoise.migrations.api.migrate import migrate as apply_migrations

from config import database
from tests.support import engines as engines_room
from tests.support.engines import Engines

Row = tuple[str, tuple[object, ...]]


@asynccontextmanager
async def stopped_at(engines: Engines, target: str, rows: Sequence[Row]) -> AsyncIterator[str]:
    """The address of one; ``target``: ``identity.0001_initial``; ``rows``: statements, values."""
    name = f"zb_{secrets.token_hex(6)}"
    await engines_room._run(engines.database_url, f'CREATE DATABASE "{name}"')
    address = engines_room.renamed(engines.database_url, name)
    async with TortoiseContext():
        await apply_migrations(
            config=config_of(address), app_labels=[target.partition(".")[0]], target=target
        )
    connection = await asyncpg.connect(address)
    for statement, values in rows:
        await connection.execute(statement, *values)
    await connection.close()
    yield address
    await engines_room._run(engines.database_url, f'DROP DATABASE "{name}" WITH (FORCE)')


def config_of(address: str) -> dict[str, object]:
    apps = {app: (f"{app}.models", f"{app}.migrations") for app in database.APPS}
    return database.connections_to(address, apps)
