"""Real engines for the tests: one PostgreSQL and one Valkey for the run, a database a test.

Embedded ones by default. TEST_DATABASE_URL and TEST_REDIS_URL name servers instead; the
database user must be allowed to create databases, and the Valkey there is flushed.
"""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from config import database
from tests.support.clean_databases import CleanDatabases, renamed

__all__ = ["Engines", "fresh_database", "renamed", "running", "short_folder"]
TEMPLATE = f"zb_template_{os.getpid()}"


@dataclass(frozen=True)
class Engines:
    """Addresses of the two servers of this run, and its databases."""

    database_url: str
    redis_url: str
    databases: CleanDatabases


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Engines]:
    """The servers of the run, with a migrated template database."""
    async with _servers(folder) as (database_url, redis_url):
        await _make_template(database_url)
        databases = CleanDatabases(database_url, TEMPLATE)
        try:
            yield Engines(database_url, redis_url, databases)
        finally:
            await databases.close()


@asynccontextmanager
async def _servers(folder: Path) -> AsyncIterator[tuple[str, str]]:
    if address := os.environ.get("TEST_DATABASE_URL"):
        yield address, os.environ["TEST_REDIS_URL"]
        return
    from config import embedded

    async with embedded.engines(folder) as engines:
        yield engines.database_url(database.DATABASE), engines.redis_url


async def _make_template(address: str) -> None:
    await _run(address, f'CREATE DATABASE "{TEMPLATE}"')
    apps = {app: (f"{app}.models", f"{app}.migrations") for app in database.APPS}
    config = database.connections_to(renamed(address, TEMPLATE), apps)
    await database.migrate(config, say=lambda _line: None)


@asynccontextmanager
async def fresh_database(engines: Engines) -> AsyncIterator[str]:
    """A migrated, empty database of its own; gone afterwards, whoever is still connected."""
    name = await engines.databases.take()
    try:
        yield renamed(engines.database_url, name)
    finally:
        await engines.databases.give_back(name)


async def _run(address: str, statement: str) -> Any:
    connection = await asyncpg.connect(renamed(address, "postgres"))
    try:
        return await connection.execute(statement)
    finally:
        await connection.close()


@asynccontextmanager
async def short_folder() -> AsyncIterator[Path]:
    """A folder with a short path: a Unix socket's may have 107 bytes."""
    folder = Path(tempfile.mkdtemp(prefix="zb-", dir="/tmp"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
