"""A real face process for tests: started once, on a private socket, ended with the run."""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from config.settings import FaceSettings
from identity.faces.client import Faces
from tests.support import log_capture


def face_settings(folder: Path, **others: object) -> FaceSettings:
    """One worker, embedded, blind to ``.env``."""
    values = {"data_folder": folder, "face_workers": 1, "face_queue": 16}
    return FaceSettings(_env_file=None, **(values | others))  # type: ignore[arg-type]


def environment(settings: FaceSettings) -> dict[str, str]:
    """The process environment that makes a child read exactly these settings."""
    values = {name.upper(): value for name, value in settings.model_dump().items()}
    kept = {name: value for name, value in os.environ.items() if name not in values}
    return kept | {name: str(value) for name, value in values.items() if value is not None}


@contextmanager
def process(settings: FaceSettings, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """``python -m identity.faces.service``, its stderr in ``log``; ended by SIGTERM."""
    with log.open("ab") as stderr:
        child = subprocess.Popen(
            [sys.executable, "-m", "identity.faces.service"],
            env=environment(settings),
            stderr=stderr,
            stdout=stderr,
            cwd=Path(__file__).parents[2],
        )
    try:
        yield child
    finally:
        child.terminate()
        child.wait(20)
        log_capture.run.keep(log.read_text(errors="replace"))


async def until_ready(faces: Faces, seconds: float = 60) -> None:
    """Wait until a worker has loaded its models. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not await faces.ready():  # noqa: ASYNC110  another process: no event reaches us
            await asyncio.sleep(0.05)


@asynccontextmanager
async def running(settings: FaceSettings, log: Path) -> AsyncIterator[subprocess.Popen[bytes]]:
    """The process, ready to judge."""
    with process(settings, log) as child:
        async with Faces(settings) as faces:
            await until_ready(faces)
        yield child


@pytest.fixture(scope="session")
async def faces_service() -> AsyncIterator[FaceSettings]:
    """The settings of a face process that runs for the whole session."""
    with tempfile.TemporaryDirectory(prefix="zf-", dir="/tmp") as folder:
        settings = face_settings(Path(folder))
        async with running(settings, Path(folder) / "faces.log"):
            yield settings


@pytest.fixture
async def faces(faces_service: FaceSettings) -> AsyncIterator[Faces]:
    """A client of that process."""
    async with Faces(faces_service) as client:
        yield client
