"""Real engines for the tests: one PostgreSQL and one Valkey for the run, a database a test.

Embedded ones by default. TEST_DATABASE_URL and TEST_REDIS_URL name servers instead; the
database user must be allowed to create databases, and the Valkey there is flushed.
"""

import os
import re
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from config import database

TEMPLATE = f"zb_template_{os.getpid()}"


@dataclass(frozen=True)
class Engines:
    """Addresses of the two servers of this run."""

    database_url: str
    redis_url: str


def renamed(address: str, name: str) -> str:
    """The same server, another database."""
    return re.sub(r"^(\w+://[^/?]*)/?[^?]*", rf"\1/{name}", address)


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Engines]:
    """The servers of the run, with a migrated template database."""
    async with _servers(folder) as engines:
        await _make_template(engines.database_url)
        try:
            yield engines
        finally:
            await _run(engines.database_url, f'DROP DATABASE IF EXISTS "{TEMPLATE}" WITH (FORCE)')


@asynccontextmanager
async def _servers(folder: Path) -> AsyncIterator[Engines]:
    if address := os.environ.get("TEST_DATABASE_URL"):
        yield Engines(address, os.environ["TEST_REDIS_URL"])
        return
    from config import embedded

    async with embedded.engines(folder) as engines:
        yield Engines(engines.database_url(database.DATABASE), engines.redis_url)


async def _make_template(address: str) -> None:
    await _run(address, f'CREATE DATABASE "{TEMPLATE}"')
    apps = {app: (f"{app}.models", f"{app}.migrations") for app in database.APPS}
    config = database.connections_to(renamed(address, TEMPLATE), apps)
    await database.migrate(config, say=lambda _line: None)


@asynccontextmanager
async def fresh_database(engines: Engines) -> AsyncIterator[str]:
    """A migrated database of its own; gone afterwards, whoever is still connected."""
    name = f"zb_{secrets.token_hex(6)}"
    await _run(engines.database_url, f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
    try:
        yield renamed(engines.database_url, name)
    finally:
        await _run(engines.database_url, f'DROP DATABASE "{name}" WITH (FORCE)')


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
