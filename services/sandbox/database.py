"""The sandbox's own PostgreSQL database, made at start, awaited when it is away.

The one table is made by ``generate_schemas`` and not by migrations: what the sandbox keeps is
disposable by promise (a resident lives 30 days at most), so a changed table is dropped, not
migrated. The tables of the house have migrations.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from tortoise import Tortoise

from config.database import connections_to, opened, reaching_database
from config.settings import SandboxSettings

DATABASE = "zhiban_sandbox"
_CONNECTIONS = 4
_SECONDS = 2.0


def address(settings: SandboxSettings) -> str:
    """Where the database is: as set, else on the embedded server."""
    if given := settings.sandbox_database_url.get_secret_value():
        return given
    from config import embedded  # noqa: PLC0415  # never loaded where a real server is used

    return embedded.postgres_dsn(settings.data_folder, DATABASE)


def tortoise_config(url: str) -> dict[str, Any]:
    config = connections_to(url, {"sandbox": ("services.sandbox.models", "")}, most=_CONNECTIONS)
    del config["apps"]["sandbox"]["migrations"]
    return config


class Database:
    """Makes what is missing at the first use that succeeds; every later use goes straight on."""

    def __init__(self, url: str):
        self._url = url
        self._made = False
        self._making = asyncio.Lock()
        self._open = AsyncExitStack()

    async def open(self) -> None:
        """Register the models. Connects to nothing, so the sandbox starts without PostgreSQL."""
        await self._open.enter_async_context(opened(tortoise_config(self._url)))

    async def close(self) -> None:
        await self._open.aclose()

    @asynccontextmanager
    async def reached(self) -> AsyncIterator[None]:
        """Raises DatabaseUnavailable when the server is away; the next use tries anew."""
        with reaching_database():
            if not self._made:
                await self._make()
            yield

    async def _make(self) -> None:
        async with self._making:
            if not self._made:
                await _create_absent(self._url)
                await Tortoise.generate_schemas(safe=True)
                self._made = True


async def _create_absent(url: str) -> None:
    """Create the database if the server does not have it yet; needs the right to create one."""
    try:
        await (await asyncpg.connect(url, timeout=_SECONDS)).close()
    except asyncpg.InvalidCatalogNameError:
        parts = urlsplit(url)
        server = await asyncpg.connect(
            urlunsplit(parts._replace(path="/postgres")), timeout=_SECONDS
        )
        try:
            with suppress(asyncpg.DuplicateDatabaseError):
                await server.execute(f'CREATE DATABASE "{parts.path[1:]}"')
        finally:
            await server.close()
