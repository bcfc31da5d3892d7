"""Keeps faces in the memory of this process: no core dump, no tracer, no orphan."""

import ctypes
import os
import resource
import signal
import sys

_SET_PDEATHSIG = 1  # linux/prctl.h
_SET_DUMPABLE = 4


def seclude() -> None:
    """No core file, and on Linux no ptrace by other processes of the same user."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _prctl(_SET_DUMPABLE, 0)


def die_with_parent() -> None:
    """On Linux the kernel ends this process with its parent; elsewhere its closed pipe does."""
    parent = os.getppid()
    _prctl(_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)
