"""A database that was migrated without Tortoise's copies is the one that Tortoise itself makes."""

from contextlib import nullcontext
from importlib import import_module
from pkgutil import iter_modules

import asyncpg
import pytest
from tortoise.migrations import operations

from config import database
from tests.support import engines as engines_room
from tests.support.engines import Engines

# All that a schema is made of (PostgreSQL manual, 53 and 9.27).
LOOKS = {
    "columns": "SELECT table_name, ordinal_position, column_name, data_type, is_nullable,"
    " column_default, character_maximum_length FROM information_schema.columns"
    " WHERE table_schema = 'public' ORDER BY 1, 2",
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)"
    " FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
    "triggers": "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1",
    "functions": "SELECT pg_get_functiondef(oid) FROM pg_proc"
    " WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' ORDER BY 1",
    "migrations": "SELECT app, name FROM tortoise_migrations ORDER BY 1, 2",
}


async def looked_at(address: str) -> dict[str, list[asyncpg.Record]]:
    connection = await asyncpg.connect(address)
    try:
        return {what: await connection.fetch(sql) for what, sql in LOOKS.items()}
    finally:
        await connection.close()


async def test_what_is_migrated_without_copies_is_what_tortoise_itself_makes(
    engines: Engines, settings, monkeypatch: pytest.MonkeyPatch
):
    whole = engines_room.renamed(engines.database_url, "zb_whole")
    await engines_room._run(whole, 'CREATE DATABASE "zb_whole"')
    try:
        monkeypatch.setattr(database, "without_copies", nullcontext)
        apps = {app: (f"{app}.models", f"{app}.migrations") for app in database.APPS}
        await database.migrate(database.connections_to(whole, apps), say=lambda _line: None)
        theirs = await looked_at(whole)
        ours = await looked_at(settings.database_url.get_secret_value())
    finally:
        await engines_room._run(whole, 'DROP DATABASE "zb_whole" WITH (FORCE)')
    assert all(len(rows) > 1 for rows in theirs.values())
    for what, rows in theirs.items():
        assert ours[what] == rows, what


@pytest.mark.parametrize("app", database.APPS)
def test_a_column_that_comes_later_suits_the_rows_that_are_there(app: str) -> None:
    """It may be empty, or the database itself says what stands in it."""
    room = import_module(f"{app}.migrations")
    added = [
        (found.name, step.model_name, step.name, step.field.null or step.field.has_db_default())
        for found in iter_modules(room.__path__)
        for step in import_module(f"{room.__name__}.{found.name}").Migration.operations
        if isinstance(step, operations.AddField)
    ]
    assert added and [place[:-1] for place in added if not place[-1]] == []
