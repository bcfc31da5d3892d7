"""Ends what a killed house leaves, where the kernel does not do it (anything but Linux).

``python -m config.guard FOLDER PID`` waits until its parent, PID, is gone. Then it clears the
folder's processes, unless the next run already holds the lock and so has done it.
"""

import os
import sys
import time
from pathlib import Path

from config.embedded import FolderInUse, FolderLock
from config.processes import clear_leftovers


def guard(folder: Path, parent: int, *, interval: float = 0.5) -> int:
    """Wait for ``parent`` to be gone, then clear; returns how many processes were ended."""
    while os.getppid() == parent:
        time.sleep(interval)
    try:
        with FolderLock(folder):
            return clear_leftovers(folder)
    except FolderInUse:
        return 0


if __name__ == "__main__":
    guard(Path(sys.argv[1]), int(sys.argv[2]))
