"""The whole house as one subprocess on free ports and a data folder of its own."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from config.processes import belonging_to
from tests.support import log_capture
from tests.support.workers import free_port

ROOT = Path(__file__).parents[2]
READY = "ready in"
PATIENCE = 60.0
START = 150.0  # a start is twenty seconds of work: minutes where others work beside it


def until(true: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Wait until ``true()`` holds; AssertionError naming ``what`` when it never does."""
    deadline = time.monotonic() + patience
    while not true():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {patience:.0f} s in vain: {what}")
        time.sleep(0.05)


class House:
    """``make run`` without make. ``environment`` is added to a clean one."""

    def __init__(self, folder: Path, **environment: str):
        self.folder, self.data = folder, folder / "data"
        self.port, self.sandbox_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.sandbox_url = f"http://127.0.0.1:{self.sandbox_port}"
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def console(self) -> str:
        """What was printed since the last start."""
        return (self.folder / "console").read_text(errors="replace")

    @property
    def runs(self) -> bool:
        """Whether it was started and has not ended."""
        return self.process is not None and self.process.poll() is None

    def launch(self) -> "subprocess.Popen[bytes]":
        """Start it and do not wait."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        _keep_logs(self)  # a start makes new ones
        with (self.folder / "console").open("wb") as console:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.house"],
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self.process

    def start(self) -> None:
        """Start it and wait until it says where to go."""
        process = self.launch()
        until(
            lambda: READY in self.console or process.poll() is not None,
            "the house to be ready",
            START,
        )
        assert READY in self.console, self.console

    def stop(self) -> int:
        """End it as Ctrl-C does; its exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=PATIENCE)

    def kill_everything(self) -> None:
        """``kill -9`` of the house and of all that belongs to it."""
        assert self.process is not None
        self.process.kill()
        while found := list(belonging_to(self.data)):
            for one in found:
                with contextlib.suppress(psutil.Error):
                    one.kill()
            psutil.wait_procs(found, timeout=5)
        self.process.wait()

    def find(self, words: str) -> list[psutil.Process]:
        """The live processes of this house with ``words`` in their command line."""
        found = []
        for one in belonging_to(self.data):
            with contextlib.suppress(psutil.Error):
                if words in " ".join(one.cmdline()):
                    found.append(one)
        return found

    def web_workers(self) -> list[psutil.Process]:
        """Sanic's workers; they bear their name in the environment."""
        found = []
        for one in self.find("spawn_main"):
            with contextlib.suppress(psutil.Error):
                if "Server" in one.environ().get("SANIC_WORKER_NAME", ""):
                    found.append(one)
        return found

    def run(self, module: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """A command of the house, beside what runs already."""
        return subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT, env=self._environment(), capture_output=True, text=True, timeout=PATIENCE,
            check=False,
        )  # fmt: skip

    def answers(self, path: str = "/health/ready") -> bool:
        """Whether web answers ``path`` with 200."""
        try:
            with urllib.request.urlopen(f"{self.url}{path}", timeout=2) as reply:
                return bool(reply.status == 200)
        except OSError:
            return False

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        ours = {
            "DATA_FOLDER": str(self.data),
            "PORT": str(self.port),
            "SANDBOX_PORT": str(self.sandbox_port),
        }
        return kept | ours | self.environment


@contextlib.contextmanager
def house(**environment: str) -> Iterator[House]:
    """A house that is not started yet; killed whole and forgotten at the end."""
    folder = Path(tempfile.mkdtemp(prefix="zbh-", dir="/tmp"))
    one = House(folder, **environment)
    try:
        yield one
    finally:
        if one.process is not None:
            one.kill_everything()
        _keep_logs(one)
        shutil.rmtree(folder, ignore_errors=True)


def _keep_logs(one: House) -> None:
    """For the house test that looks for personal values in the lines of the whole run."""
    for file in (one.data / "logs").glob("*.log"):
        log_capture.run.keep(file.read_text(errors="replace"))
