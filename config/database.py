"""PostgreSQL: one configuration for the app, the tests and the tortoise CLI; faults; migrations.

``python -m config.database migrate`` is the release process.
"""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import asyncpg
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.queries import Queries
from tortoise.context import TortoiseContext
from tortoise.exceptions import DBConnectionError
from tortoise.migrations.api.migrate import migrate as apply_migrations

from config import settings as house
from config.errors import DatabaseUnavailable
from config.migrating import without_copies
from config.settings import RefusedToStart, Settings

DATABASE = "zhiban"
APPS = ("identity", "services")
MIGRATION_LOCK = 0x7A6869  # any fixed number; two releases at once must choose the same
WAIT_SECONDS = 30.0

Say = Callable[[str], None]

# What asyncpg raises when the server is gone, starting, stopping, full or silent. The list
# names no constraint, syntax or data error: those are ours and must be seen.
_AWAY = (
    OSError,  # refused, reset, no such socket; TimeoutError is one
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InternalClientError,
    DBConnectionError,
)
_AWAY_WORDS = ("connection is closed", "connection was closed", "pool is clos", "released back")


def dsn(settings: Settings) -> str:
    """The libpq address: DATABASE_URL, or the embedded server's socket when it is empty."""
    if given := settings.database_url.get_secret_value():
        return given
    from config import embedded  # noqa: PLC0415  # never loaded where real servers are used

    return embedded.postgres_dsn(settings.data_folder, DATABASE)


def tortoise_config(settings: Settings) -> dict[str, Any]:
    """Tortoise's configuration for both apps on one database."""
    return connections_to(
        dsn(settings),
        {app: (f"{app}.models", f"{app}.migrations") for app in APPS},
        most=settings.database_connections,
    )


def connections_to(
    address: str, apps: dict[str, tuple[str, str]], *, most: int = 8
) -> dict[str, Any]:
    """Tortoise's configuration for ``apps`` (label → models, migrations) at a libpq address."""
    credentials = {"dsn": address, "minsize": 1, "maxsize": most}
    return {
        "connections": {"default": {"engine": "config.asyncpg_pool", "credentials": credentials}},
        "apps": {
            label: {"models": [models], "migrations": migrations, "default_connection": "default"}
            for label, (models, migrations) in apps.items()
        },
        "use_tz": True,
        "timezone": "UTC",
    }


@asynccontextmanager
async def opened(config: dict[str, Any]) -> AsyncIterator[TortoiseContext]:
    """Tortoise for this whole process, whatever task asks; connects at first use, not here.

    Tortoise keeps its state in a context; the global fallback lets handlers and jobs, which
    run in tasks of their own, see it. One at a time in a process.
    """
    context = TortoiseContext()
    with context:  # its models look for the current context
        await context.init(config=config, _enable_global_fallback=True)
    try:
        yield context
    finally:
        await context.close_connections()


@contextmanager
def reaching_database() -> Iterator[None]:
    """Turn "PostgreSQL does not answer" into DatabaseUnavailable; let everything else pass.

    Wrap a whole story, not one statement: a transaction that loses its server is undone.
    """
    try:
        yield
    except Exception as fault:
        if not is_away(fault):
            raise
        raise DatabaseUnavailable(type(fault).__name__, retry_after=2) from fault


def is_away(fault: BaseException) -> bool:
    """Whether the server, rather than our statement, is at fault (Tortoise wraps some)."""
    if isinstance(fault, _AWAY):
        return True
    if isinstance(fault, asyncpg.InterfaceError):
        return any(words in str(fault) for words in _AWAY_WORDS)
    return False


async def migrate(config: dict[str, Any], *, jobs: bool = True, say: Say = print) -> None:
    """Bring the database of a Tortoise configuration up to date; safe to repeat and to race.

    A PostgreSQL advisory lock lets one release work while another waits. ``jobs`` adds
    PgQueuer's tables. Raises DatabaseUnavailable when the server stays away 30 seconds.
    """
    address = config["connections"]["default"]["credentials"]["dsn"]
    patient = {"dsn": address, "minsize": 1, "maxsize": 2, "patient": True}
    connections = {"default": config["connections"]["default"] | {"credentials": patient}}
    async with _lock(address, say) as connection:
        for app in config["apps"]:
            await _migrate_app(config | {"connections": connections}, app, say)
        if jobs:
            await _migrate_jobs(connection, say)
    say("database is up to date")


async def _migrate_app(config: dict[str, Any], app: str, say: Say) -> None:
    def progress(event: str, label: str, name: str) -> None:
        if event == "apply_done":
            say(f"applied {label}.{name}")

    async with TortoiseContext():
        with without_copies():
            await apply_migrations(config=config, app_labels=[app], progress=progress)


async def _migrate_jobs(connection: Any, say: Say) -> None:
    queries = Queries(AsyncpgDriver(connection))
    if not await queries.schema_is_installed():
        async with connection.transaction():
            await queries.install()
        say("installed the job tables")
        return
    done = await queries.apply_upgrade()
    if done.statements:
        say(f"upgraded the job tables ({len(done.statements)} statements)")


@asynccontextmanager
async def _lock(address: str, say: Say) -> AsyncIterator[Any]:
    connection = await _connect_patiently(address, say)
    try:
        if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", MIGRATION_LOCK):
            say("another release is migrating; waiting for it")
            await connection.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        yield connection
    finally:
        await connection.close()  # frees the lock


async def _connect_patiently(address: str, say: Say) -> Any:
    loop = asyncio.get_running_loop()
    until = loop.time() + WAIT_SECONDS
    told = False
    while True:
        try:
            return await asyncpg.connect(address, timeout=2.0)
        except Exception as fault:
            if not is_away(fault) or loop.time() > until:
                with reaching_database():
                    raise
        if not told:
            say("waiting for PostgreSQL")
            told = True
        await asyncio.sleep(0.2)


def __getattr__(name: str) -> Any:
    """``TORTOISE_ORM`` for the tortoise CLI, made on demand: reading settings is not an import."""
    if name == "TORTOISE_ORM":
        return tortoise_config(house.load(Settings))
    raise AttributeError(name)


def main(arguments: list[str]) -> int:
    """The release process."""
    if arguments != ["migrate"]:
        print("usage: python -m config.database migrate", file=sys.stderr)
        return 2
    gc.disable()  # short-lived, and half its time went into looking for what to collect
    try:
        asyncio.run(migrate(tortoise_config(house.settings())))
    except (DatabaseUnavailable, RefusedToStart) as fault:
        print(f"migrate: {fault}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
