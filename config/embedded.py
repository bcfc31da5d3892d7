"""The embedded engines: PostgreSQL and Valkey of one data folder, for `make run` and the tests.

data folder (0700)/
  lock         held by whoever runs the engines
  keys.env     settings.py makes it
  postgres/    cluster and socket     valkey/    append-only file and socket
  run/         sockets of our own     logs/      what the children say
"""

import contextlib
import fcntl
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote

from config import postgres_engine, valkey_engine
from config.engine import EngineFailed
from config.postgres_engine import Postgres
from config.valkey_engine import Valkey

__all__ = [
    "EngineFailed", "Engines", "FolderInUse", "FolderLock", "Postgres", "Valkey",
    "engines", "open_folder", "postgres_dsn", "valkey_url",
]  # fmt: skip

LONGEST = 75  # bytes of a data folder's path: a socket's path ends at 107 (103 on macOS)


class FolderInUse(EngineFailed):
    """Another run holds the lock of the data folder."""


@dataclass(frozen=True)
class Engines:
    """Addresses of running engines."""

    folder: Path

    def database_url(self, database: str = "zhiban") -> str:
        return postgres_dsn(self.folder, database)

    @property
    def redis_url(self) -> str:
        return valkey_url(self.folder)


def postgres_dsn(folder: Path, database: str = "zhiban") -> str:
    """Address of a database of the embedded server, over its Unix socket."""
    home = quote(str(postgres_engine.socket_folder(short(folder))), safe="/")
    return f"postgres://{postgres_engine.USER}@/{database}?host={home}"


def valkey_url(folder: Path) -> str:
    """Address of the embedded Valkey, over its Unix socket."""
    return f"unix://{quote(str(valkey_engine.socket(short(folder))), safe='/')}"


@asynccontextmanager
async def engines(folder: Path) -> AsyncIterator[Engines]:
    """Both engines of ``folder``, running; stopped cleanly at the end.

    Raises FolderInUse when another run holds the folder, EngineFailed when one does not start.
    """
    home = open_folder(folder)
    async with AsyncExitStack() as stack:
        stack.enter_context(FolderLock(home))
        for engine in (
            Postgres(home, home / "logs" / "postgres.log"),
            Valkey(home, home / "logs" / "valkey.log"),
        ):
            stack.push_async_callback(engine.stop)
            await engine.start()
        yield Engines(home)


def open_folder(folder: Path) -> Path:
    """Create the data folder and its rooms, closed to other users; answers its short path."""
    for part in (folder, folder / "run", folder / "logs"):
        part.mkdir(mode=0o700, parents=True, exist_ok=True)
        if part.stat().st_uid != os.geteuid():
            raise EngineFailed(f"{part} belongs to another user: name another DATA_FOLDER")
        part.chmod(0o700)
    return short(folder)


def short(folder: Path) -> Path:
    """``folder``, or where its path is too long for a socket, a link to it in a private folder."""
    whole = folder.absolute()
    if len(os.fsencode(whole)) <= LONGEST:
        return whole
    private = Path(tempfile.gettempdir()) / f"zhiban-{os.geteuid()}"
    private.mkdir(mode=0o700, exist_ok=True)
    seen = private.lstat()
    if private.is_symlink() or seen.st_uid != os.geteuid() or seen.st_mode & 0o077:
        raise EngineFailed(f"{private} is not private to you: remove it, or shorten DATA_FOLDER")
    link = private / hashlib.sha256(os.fsencode(whole)).hexdigest()[:12]
    if not link.is_symlink():
        with contextlib.suppress(FileExistsError):  # another process of the folder was first
            link.symlink_to(whole)
    return link


class FolderLock:
    """Held while engines run on a data folder; the kernel frees it when its holder dies."""

    def __init__(self, folder: Path):
        self.file = folder / "lock"
        self._handle: IO[str] | None = None

    def __enter__(self) -> Self:
        handle = os.fdopen(os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600), "r+")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = handle.read().strip() or "unknown"
            handle.close()
            raise FolderInUse(
                f"{self.file.parent} is already in use by process {holder}: "
                "stop that run first, or name another DATA_FOLDER"
            ) from None
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        self._handle = handle
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        if self._handle is not None:
            self._handle.close()
