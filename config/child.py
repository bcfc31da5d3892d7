"""One child of the house: started, watched, started again when it ends, ended when told."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from config.engine import EngineFailed
from config.postgres_engine import tail
from config.processes import HOUSE_MARK, end, follow_parent, kill_group, mark

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 10.0  # seconds between an end and the next start
LONG_LIFE = 20.0  # seconds after which an end counts as the first again
SHOWN_AFTER = 3  # ends in a row after which the last lines are shown

# The face process judges strangers' pictures: it is told no secret (docs/decisions/0015).
SECRETS = frozenset(
    {
        "DATABASE_URL",
        "INDEX_KEYS",
        "REDIS_URL",
        "REGISTER_KEY",
        "SANDBOX_DATABASE_URL",
        "SANDBOX_KEY",
        "SEAL_KEYS",
    }
)

Start = Callable[[], Awaitable[asyncio.subprocess.Process]]
Say = Callable[[str], None]


class Child:
    """Keeps one program alive. ``ending`` asks it to go; it is killed ``patience`` s later."""

    def __init__(
        self,
        name: str,
        start: Start,
        log: Path,
        *,
        ending: signal.Signals = signal.SIGTERM,
        patience: float = 10.0,
        say: Say = print,
    ):
        self.name, self.log = name, log
        self.process: asyncio.subprocess.Process | None = None
        self.ends_in_a_row = 0
        self._start, self._ending, self._patience, self._say = start, ending, patience, say
        self._keeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start it and keep it from now on; a first start that fails raises EngineFailed."""
        self.process = await self._start()
        self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.name}")

    async def stop(self) -> None:
        """Stop keeping it and end it, its whole session included."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait([self._keeper])
        if self.process is not None:
            await end(self.process, self._ending, self._patience)

    async def _keep(self) -> None:
        pause, began = FIRST_PAUSE, time.monotonic()
        while True:
            reason = await self._until_it_ends()
            if time.monotonic() - began > LONG_LIFE:
                pause, self.ends_in_a_row = FIRST_PAUSE, 0
            self.ends_in_a_row += 1
            self._tell(reason)
            await asyncio.sleep(pause)
            pause, began = min(pause * 2, LONGEST_PAUSE), time.monotonic()
            await self._try_to_start()

    async def _until_it_ends(self) -> str:
        if self.process is None:
            return "did not start"
        code = await self.process.wait()
        kill_group(self.process.pid)
        return f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"

    async def _try_to_start(self) -> None:
        self.process = None
        try:
            self.process = await self._start()
        except (EngineFailed, OSError) as fault:
            self._say(f"  {self.name}: {fault}")
        except Exception as fault:  # whatever it is, a child that nobody keeps is worse
            self._say(f"  {self.name}: {type(fault).__name__}: {fault}")

    def _tell(self, reason: str) -> None:
        self._say(f"  {self.name} {reason}; starting it again")
        if self.ends_in_a_row % SHOWN_AFTER == 0:
            self._say(f"  {self.name} keeps failing. The end of {self.log}:\n{tail(self.log)}")


def python(
    module: str,
    folder: Path,
    log: Path,
    *,
    environment: Mapping[str, str],
    arguments: tuple[str, ...] = (),
) -> Start:
    """How to start ``python -m module`` as a child: own session, marked, output to its log."""

    async def start() -> asyncio.subprocess.Process:
        with log.open("ab") as output:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                module,
                *arguments,
                env=dict(environment) | {HOUSE_MARK: mark(folder)},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=follow_parent(),
            )

    return start  # fmt: skip


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment for a process that must not know any key."""
    return {name: value for name, value in environment.items() if name.upper() not in SECRETS}


def fresh_log(folder: Path, name: str) -> Path:
    """An empty log of this run; the last run's is kept beside it as ``.1``."""
    log = folder / "logs" / f"{name}.log"
    if log.exists():
        log.replace(log.with_suffix(".log.1"))
    os.close(os.open(log, os.O_CREAT | os.O_WRONLY, 0o600))
    return log
