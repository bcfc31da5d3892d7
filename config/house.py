"""`make run`: the engines and the processes of the house, in order, healed, and ended together.

``python -m config.house`` starts PostgreSQL and Valkey (where no address is set), migrates,
starts faces, sandbox, worker and web, waits until web is ready and says where to go. It ends
everything at SIGINT or SIGTERM. In production the Procfile's processes run without it.
"""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

from config import embedded
from config.child import Child, fresh_log, python, without_secrets
from config.console import Console
from config.embedded import EngineFailed, FolderLock, Postgres, Valkey
from config.postgres_engine import tail
from config.processes import clear_leftovers
from config.settings import RefusedToStart, Settings, settings

PATIENCE = 180.0  # seconds for a child to become ready at the first start, on a busy machine


class House:
    """One run on one data folder; ``stack`` ends what was started, the last first."""

    def __init__(self, house: Settings, stack: AsyncExitStack, console: Console):
        self.settings, self.stack, self.console = house, stack, console
        self.folder = embedded.open_folder(house.data_folder)
        self.environment = os.environ | {
            "DATA_FOLDER": str(self.folder),
            "PUBLIC_URL": public_url(house),
            "PYTHONUNBUFFERED": "1",
        }

    async def open(self) -> None:
        """Start everything; raises EngineFailed with a message for the person at the console."""
        self.stack.enter_context(FolderLock(self.folder))
        if cleared := clear_leftovers(self.folder):
            self.console.say(f"  cleared {cleared} processes that a killed run had left")
        self._check_ports()
        self._worker_mark().unlink(missing_ok=True)
        self.stack.callback(clear_leftovers, self.folder)
        if sys.platform != "linux":
            await self._start("guard", "config.guard", str(self.folder), str(os.getpid()))
        faces = await self._start("faces", "identity.faces.service", secrets=False)
        await self._start_engines()
        await self._migrate()
        sandbox = await self._start("sandbox", "services.sandbox")
        worker = await self._start("worker", "services.worker")
        web = await self._start("web", "api.serve")
        await self._wait("faces", faces, lambda: answers_at(self._faces_socket()))
        await self._wait("sandbox", sandbox, lambda: is_ready(self._sandbox(), "/"))
        await self._wait("worker", worker, self._worker_is_ready)
        await self._wait("web", web, lambda: is_ready(self._web(), "/health/ready"))

    def _check_ports(self) -> None:
        for name, where in (("PORT", self._web()), ("SANDBOX_PORT", self._sandbox())):
            if not is_free(where):
                raise EngineFailed(
                    f"port {where[1]} is in use by another program: stop it, "
                    f"or choose another port, for example {name}={where[1] + 100} make run"
                )

    async def _start_engines(self) -> None:
        house = self.settings
        outside = house.database_url.get_secret_value()
        if not (outside and house.sandbox_database_url.get_secret_value()):
            await self._start_engine(Postgres, signal.SIGINT)
        if not house.redis_url.get_secret_value():
            await self._start_engine(Valkey, signal.SIGTERM)

    async def _start_engine(self, kind: type[Postgres] | type[Valkey], how: signal.Signals) -> None:
        log = fresh_log(self.folder, kind.name.lower())
        engine = kind(self.folder, log)
        child = Child(kind.name, engine.start, log, ending=how, patience=30, say=self.console.say)
        with self.console.step(f"starting {kind.name}"):
            self.stack.push_async_callback(child.stop)
            await child.start()

    async def _migrate(self) -> None:
        log = fresh_log(self.folder, "release")
        start = python(
            "config.database", self.folder, log,
            environment=self.environment, arguments=("migrate",),
        )  # fmt: skip
        with self.console.step("bringing tables up to date"):
            if await (await start()).wait():
                raise EngineFailed(f"the tables could not be brought up to date:\n{tail(log)}")

    async def _start(self, name: str, module: str, *arguments: str, secrets: bool = True) -> Child:
        log = fresh_log(self.folder, name)
        environment = self.environment if secrets else without_secrets(self.environment)
        start = python(module, self.folder, log, environment=environment, arguments=arguments)
        child = Child(name, start, log, say=self.console.say)
        self.stack.push_async_callback(child.stop)
        await child.start()
        return child

    async def _wait(self, name: str, child: Child, ready: Callable[[], Awaitable[bool]]) -> None:
        with self.console.step(f"starting {name}"):
            try:
                async with asyncio.timeout(PATIENCE):
                    while not await ready():  # noqa: ASYNC110  # another process's state
                        await asyncio.sleep(0.05)
            except TimeoutError:
                raise EngineFailed(
                    f"{name} is not ready after {PATIENCE:.0f} s. "
                    f"The end of {child.log}:\n{tail(child.log)}"
                ) from None

    def _web(self) -> tuple[str, int]:
        return self.settings.host, self.settings.port

    def _sandbox(self) -> tuple[str, int]:
        return self.settings.sandbox_host, self.settings.sandbox_port

    def _faces_socket(self) -> Path | None:
        if self.settings.faces_url:
            return None
        return self.folder / "run" / "faces.sock"

    async def _worker_is_ready(self) -> bool:
        return self._worker_mark().exists()

    def _worker_mark(self) -> Path:
        return self.folder / "run" / "worker.ready"


def public_url(house: Settings) -> str:
    """PUBLIC_URL as it was set, or the address we listen on."""
    if "public_url" in house.model_fields_set:
        return house.public_url
    return f"http://{house.host}:{house.port}"


def is_free(where: tuple[str, int]) -> bool:
    """Whether we could listen there."""
    family = socket.AF_INET6 if ":" in where[0] else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(where)
        except OSError:
            return False
        return True


async def answers_at(path: Path | None) -> bool:
    """Whether someone accepts connections on the Unix socket; none to ask counts as yes."""
    if path is None:
        return True
    try:
        _, writer = await asyncio.open_unix_connection(path)
    except OSError:
        return False
    writer.close()
    return True


async def is_ready(where: tuple[str, int], path: str) -> bool:
    """Whether a GET of ``path`` is answered with 200."""
    try:
        reader, writer = await asyncio.open_connection(*where)
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: {where[0]}\r\nConnection: close\r\n\r\n".encode()
        )
        status = await reader.readline()
        writer.close()
    except OSError:
        return False
    return b" 200 " in status


async def run(house: Settings) -> int:
    """Run until told to stop; 0 after a clean stop, 1 when something does not start."""
    console = Console()
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    code = 0
    async with AsyncExitStack() as stack:
        try:
            opening = asyncio.create_task(House(house, stack, console).open())
            stopping = asyncio.create_task(told.wait())
            await asyncio.wait([opening, stopping], return_when=asyncio.FIRST_COMPLETED)
            if not told.is_set():
                opening.result()
                console.welcome(
                    house.model_copy(update={"public_url": public_url(house)}),
                    house.data_folder / "logs",
                )
                await told.wait()
            opening.cancel()
            await asyncio.wait([opening])
        except EngineFailed as fault:
            console.say(f"\n  {fault}\n")
            code = 1
        console.say("  stopping …")
    console.say("  stopped")
    return code


def main() -> int:
    """The command behind `make run`."""
    try:
        house = settings()
        if not house.embedded:
            raise RefusedToStart("`make run` is for ENVIRONMENT=embedded: see the Procfile")
    except RefusedToStart as refused:
        print(f"  {refused}", file=sys.stderr)
        return 1
    return asyncio.run(run(house))


if __name__ == "__main__":
    sys.exit(main())
