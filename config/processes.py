"""Children of the house: started in a session of their own, ended whole, found again.

Two marks tie a process to its data folder, because process ids are recycled and files that
hold them lie after a crash: an engine carries ``zhiban-<digest>`` in its command line, a
Python child carries ``ZHIBAN_HOUSE=<digest>`` in its environment, and so do its own children.
"""

import asyncio
import contextlib
import ctypes
import hashlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

HOUSE_MARK = "ZHIBAN_HOUSE"
_PR_SET_PDEATHSIG = 1  # prctl(2)
_LIBC = ctypes.CDLL(None, use_errno=True)


def mark(folder: Path) -> str:
    """The mark of everything that belongs to one data folder, whatever path leads to it."""
    return "zhiban-" + hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:16]


def follow_parent(ending: signal.Signals = signal.SIGTERM) -> Callable[[], None]:
    """A ``preexec_fn``: the child gets ``ending`` when the process that starts it dies.

    Linux does it in the kernel (prctl PR_SET_PDEATHSIG, kept over execve of a plain program);
    elsewhere Python children call ``watch_parent`` themselves.
    """
    parent = os.getpid()

    def tie() -> None:
        if sys.platform == "linux":
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(ending))
            if os.getppid() != parent:  # it died before the tie was made
                os._exit(1)

    return tie


def watch_parent(ending: signal.Signals = signal.SIGTERM, *, interval: float = 1.0) -> None:
    """End this process when its parent is gone; for Python children, on every platform."""
    parent = os.getppid()
    if sys.platform == "linux":
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(ending))
        if os.getppid() != parent:
            os.kill(os.getpid(), ending)
        return

    def poll() -> None:
        while os.getppid() == parent:
            time.sleep(interval)
        os.kill(os.getpid(), ending)

    threading.Thread(target=poll, name="watch-parent", daemon=True).start()


async def end(process: asyncio.subprocess.Process, how: signal.Signals, patience: float) -> None:
    """Ask the process to end, wait ``patience`` seconds, then kill its whole session."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(how)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), patience)
    kill_group(process.pid)
    await process.wait()


def kill_group(leader: int) -> None:
    """Kill what is left of the session that ``leader`` led.

    Safe after the leader was reaped: while the group lives the kernel does not give its number
    away, and our group can only be one we are not in.
    """
    if leader == os.getpgrp():
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def clear_leftovers(folder: Path, *, only: str = "") -> int:
    """Kill what an earlier, killed run on ``folder`` left behind; returns how many.

    Call it only while holding the lock of the folder. ``only`` narrows it to command lines
    that contain that word.
    """
    found = [one for one in belonging_to(folder) if only in _command(one)]
    for process in found:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(found, timeout=10)
    return len(found)


def belonging_to(folder: Path) -> Iterator[psutil.Process]:
    """The live processes that bear the mark of ``folder``: engines, children, their children."""
    sign = mark(folder)
    ourselves = {os.getpid(), *(one.pid for one in psutil.Process().parents())}
    for process in psutil.process_iter():
        if process.pid not in ourselves and _bears(process, sign):
            yield process


def _bears(process: psutil.Process, sign: str) -> bool:
    if sign in _command(process):
        return True
    try:
        return process.environ().get(HOUSE_MARK) == sign
    except (psutil.Error, OSError):
        return False


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except (psutil.Error, OSError):
        return ""
