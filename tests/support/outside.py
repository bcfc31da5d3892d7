"""Debian's PostgreSQL and Redis as somebody else would run them: TCP, a password, own folder."""

import asyncio
import secrets
import signal
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import which

import asyncpg
import redis.asyncio
import redis.exceptions

from config.engine import own_folder, owner, spawn
from config.processes import end
from tests.support.house import free_port

POSTGRES = Path("/usr/lib/postgresql/15/bin")
REDIS = which("redis-server") or ""


def missing() -> str:
    """What this machine lacks; empty when both are there."""
    absent = [
        name
        for name, there in {"PostgreSQL 15": POSTGRES.is_dir(), "redis-server": bool(REDIS)}.items()
        if not there
    ]
    return " and ".join(absent)


@dataclass(frozen=True)
class Outside:
    """Addresses with passwords."""

    postgres: str
    redis_url: str

    def database_url(self, name: str) -> str:
        return f"{self.postgres}/{name}"


@asynccontextmanager
async def engines(folder: Path) -> AsyncIterator[Outside]:
    """Both running in ``folder``, with empty databases zhiban and zhiban_sandbox."""
    folder.chmod(0o711)  # PostgreSQL 15 walks in from the top, and may not be root
    password = secrets.token_hex(8)
    async with AsyncExitStack() as stack:
        postgres = await _postgres(folder, password, stack)
        address = await _redis(folder, password, stack)
        yield Outside(postgres, address)


async def _postgres(folder: Path, password: str, stack: AsyncExitStack) -> str:
    port, who = free_port(), owner()
    data = own_folder(folder / "postgres", who)
    await _initdb(data, password)
    command = [str(POSTGRES / "postgres"), "-D", str(data), "-p", str(port), "-k", ""]
    with (folder / "postgres.log").open("ab") as log:
        process = await spawn(command, folder=data, who=who, output=log, ending=signal.SIGINT)
    stack.push_async_callback(end, process, signal.SIGINT, 10)
    address = f"postgres://outside:{password}@127.0.0.1:{port}"
    await _until_it_serves(lambda: _make_databases(address))
    return address


async def _initdb(data: Path, password: str) -> None:
    who = owner()
    command = [str(POSTGRES / "initdb"), "-D", str(data), "-U", "outside", "-N"]
    with tempfile.NamedTemporaryFile("w", dir="/tmp") as secret:
        secret.write(password)
        secret.flush()
        Path(secret.name).chmod(0o644)  # initdb runs as another user, for a moment
        process = await spawn(
            [*command, "-A", "scram-sha-256", f"--pwfile={secret.name}", "-E", "UTF8"],
            folder=data,
            who=who,
            output=asyncio.subprocess.DEVNULL,
            ending=signal.SIGKILL,
        )
        assert await process.wait() == 0


async def _make_databases(address: str) -> None:
    connection = await asyncpg.connect(f"{address}/postgres")
    for name in ("zhiban", "zhiban_sandbox"):
        await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()


async def _redis(folder: Path, password: str, stack: AsyncExitStack) -> str:
    port = free_port()
    command = [REDIS, "--port", str(port), "--bind", "127.0.0.1", "--requirepass", password]
    with (folder / "redis.log").open("ab") as log:
        process = await spawn(
            [*command, "--dir", ".", "--save", ""],
            folder=own_folder(folder / "redis", owner()),
            who=owner(),
            output=log,
            ending=signal.SIGTERM,
        )
    stack.push_async_callback(end, process, signal.SIGTERM, 10)
    address = f"redis://:{password}@127.0.0.1:{port}/0"
    async with redis.asyncio.from_url(address) as client:
        await _until_it_serves(client.ping)
    return address


async def _until_it_serves(ask: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(30):
        while True:
            with suppress(OSError, asyncpg.CannotConnectNowError, redis.exceptions.RedisError):
                await ask()
                return
            await asyncio.sleep(0.05)
