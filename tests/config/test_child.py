"""A child of the house is started again when it ends, heard when it keeps failing, ended whole."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
import pytest

from config import embedded
from config.child import Child, Start, fresh_log, without_secrets
from config.engine import EngineFailed
from config.processes import HOUSE_MARK, belonging_to, follow_parent, mark
from tests.support.engines import short_folder
from tests.support.house import ROOT, until


@pytest.fixture
async def folder() -> AsyncIterator[Path]:
    async with short_folder() as home:
        yield embedded.open_folder(home / "data")


def shell(script: str, log: Path) -> Start:
    async def start() -> asyncio.subprocess.Process:
        with log.open("ab") as output:
            return await asyncio.create_subprocess_exec(
                "sh",
                "-c",
                script,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=follow_parent(),
            )

    return start


async def eventually(true: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110  # another process's doing
            await asyncio.sleep(0.02)


async def test_a_child_that_keeps_failing_is_heard(folder: Path) -> None:
    log, said = fresh_log(folder, "faulty"), list[str]()
    child = Child("faulty", shell("echo the real cause; exit 3", log), log, say=said.append)
    await child.start()
    await eventually(lambda: any("keeps failing" in line for line in said))
    await child.stop()
    assert "ended with 3" in said[0]
    assert any("the real cause" in line for line in said)


@pytest.mark.parametrize(
    "fault",
    [EngineFailed("no room left"), OSError("no room left"), RuntimeError("no room left")],
    ids=lambda one: type(one).__name__,
)
async def test_a_child_that_cannot_be_started_again_is_tried_further(
    folder: Path, fault: Exception
) -> None:
    """Whatever the reason: an engine killed between two of our questions ended its keeper once."""
    log, said = fresh_log(folder, "absent"), list[str]()
    first = shell("exit 0", log)
    starts: list[int] = []

    async def start() -> asyncio.subprocess.Process:
        starts.append(1)
        if len(starts) in (2, 3):
            raise fault
        return await first()

    child = Child("absent", start, log, say=said.append)
    await child.start()
    await eventually(lambda: len(starts) > 4)
    await child.stop()
    assert sum("no room left" in line for line in said) == 2


async def test_what_a_child_started_ends_with_it(folder: Path) -> None:
    log = fresh_log(folder, "parent")
    child = Child(
        "parent", shell("sleep 300 & echo $!; trap '' TERM; wait", log), log, patience=0.2
    )
    await child.start()
    await eventually(lambda: log.read_text().strip())
    grandchild = psutil.Process(int(log.read_text()))
    await child.stop()
    await eventually(
        lambda: not grandchild.is_running() or grandchild.status() == psutil.STATUS_ZOMBIE
    )


def test_secrets_are_left_out_whatever_their_case() -> None:
    assert without_secrets({"seal_keys": "1:x", "DATABASE_URL": "y", "PATH": "/bin"}) == {
        "PATH": "/bin"
    }


async def test_the_last_log_is_kept_beside_the_new_one(folder: Path) -> None:
    fresh_log(folder, "web").write_text("the run before")
    log = fresh_log(folder, "web")
    assert log.read_text() == ""
    assert log.with_suffix(".log.1").read_text() == "the run before"


def test_the_guard_ends_what_a_killed_house_leaves(tmp_path: Path) -> None:
    """What PDEATHSIG does on Linux, the guard does elsewhere: no child here is tied."""
    folder = embedded.open_folder(tmp_path / "data")
    script = f"""
import os, subprocess, sys, time
environment = os.environ | {{{HOUSE_MARK!r}: {mark(folder)!r}}}
guard = ["-m", "config.guard", {str(folder)!r}, str(os.getpid())]
for command in (guard, ["-c", "import time; time.sleep(300)"]):
    subprocess.Popen([sys.executable, *command], env=environment, start_new_session=True)
time.sleep(300)
"""
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT)
    until(lambda: len(list(belonging_to(folder))) == 3, "the house, its guard and its child")
    parent.kill()
    parent.wait()
    until(lambda: not list(belonging_to(folder)), "the guard to clear up and go", 20)
