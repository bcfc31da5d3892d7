"""What both embedded engines share: where the binary is, which user runs it, from which folder.

PostgreSQL refuses to run as root, so under root an engine runs as ``nobody``. The project may
lie in a home that ``nobody`` cannot enter (0700). Nothing is opened for that: the engine is
started *inside* its own folder, which is its own (0700), and names it by ``/proc/self/cwd``,
which needs no way through the folders above. Only the binaries, which hold nothing private,
are copied to a folder for caches when ``nobody`` cannot reach them.
"""

import asyncio
import os
import pwd
import shutil
import signal
import stat
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from config.processes import follow_parent

CACHE = Path("/var/cache/zhiban")  # only root uses it
HERE = "/proc/self/cwd"


class EngineFailed(Exception):
    """An embedded engine cannot start; the message says why and what to do."""


@dataclass(frozen=True)
class Owner:
    """The user an engine runs as; ``None`` names mean: the one we are."""

    uid: int | None = None
    gid: int | None = None

    @property
    def other(self) -> bool:
        return self.uid is not None


def owner() -> Owner:
    """``nobody`` when we are root, otherwise ourselves."""
    if os.geteuid() != 0:
        return Owner()
    entry = pwd.getpwnam("nobody")
    return Owner(entry.pw_uid, entry.pw_gid)


def package_folder(package: str) -> Path:
    """Where an installed package lies, found without running a line of its code."""
    found = find_spec(package)
    if found is None or found.origin is None:
        raise EngineFailed(f"the package {package} is not installed: run `make run` once more")
    return Path(found.origin).resolve().parent


def reachable_binaries(folder: Path, libraries: Path | None, who: Owner) -> Path:
    """``folder`` of programs, or a copy of it that ``who`` can enter.

    ``libraries`` is the wheel's folder of shared libraries; it is copied to the same place
    beside its package, because the programs look for it by a relative path.
    """
    if not who.other or _open_to_all(folder):
        return folder
    stamp = f"{folder.name}-{folder.stat().st_mtime_ns:x}"
    target = CACHE / stamp
    copy = target / folder.parent.name / folder.name
    if not target.exists():
        draft = target.with_name(f"{stamp}.{os.getpid()}")
        draft.mkdir(parents=True, mode=0o755)
        shutil.copytree(folder, draft / folder.parent.name / folder.name, symlinks=True)
        if libraries is not None:
            shutil.copytree(libraries, draft / libraries.name)
        _settle(draft, target)
    if target.stat().st_uid != 0 or target.stat().st_mode & 0o022:
        raise EngineFailed(f"{target} can be written by others: remove it and start again")
    return copy


def _settle(draft: Path, target: Path) -> None:
    CACHE.chmod(0o755)
    for path in (draft, *draft.rglob("*")):
        if path.is_symlink():
            continue
        runs = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
        path.chmod(0o755 if runs else 0o644)
    try:
        draft.rename(target)
    except OSError:  # another run was first with the same copy
        shutil.rmtree(draft)


def _open_to_all(folder: Path) -> bool:
    """Whether any user can enter ``folder`` and all folders above it, and read what is in it."""
    ways = (folder, *folder.parents)
    return all(one.stat().st_mode & stat.S_IXOTH for one in ways) and all(
        one.stat().st_mode & stat.S_IROTH for one in folder.rglob("*")
    )


def own_folder(folder: Path, who: Owner) -> Path:
    """Create ``folder`` for the engine alone: 0700, and the engine's user owns it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if who.other:
        os.chown(folder, who.uid or 0, who.gid or 0)
    folder.chmod(0o700)
    return folder


def name_of(folder: Path, who: Owner) -> str:
    """How a program started inside ``folder`` by ``spawn`` may name that folder."""
    if who.other and sys.platform == "linux":
        return HERE
    return str(folder)


async def spawn(
    command: list[str], *, folder: Path, who: Owner, output: IO[bytes] | int, ending: signal.Signals
) -> asyncio.subprocess.Process:
    """Start an engine inside ``folder``, in a session of its own, tied to our life."""
    return await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=output,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
        user=who.uid,
        group=who.gid,
        extra_groups=[] if who.other else None,
        umask=0o077,
        preexec_fn=follow_parent(ending),
    )
