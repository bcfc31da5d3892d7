"""The face process under stress: killed, full, stale; and what it must never leave behind."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from config.settings import FaceSettings
from identity.faces import errors
from identity.faces.address import socket_path
from identity.faces.client import Capture, Faces, Frame
from tests.support import faces as pictures
from tests.support.faces_service import environment, face_settings, process, running, until_ready

PROMPTS = ("front", "nod", "left", "blink", "mouth", "right")  # eight frames, the most there are
FRAMES = pictures.challenge_frames(pictures.OBAMA, PROMPTS)


@pytest.fixture
async def own(run_log: Path) -> AsyncIterator[tuple[FaceSettings, subprocess.Popen[bytes]]]:
    """A face process of the test's own, which it may hurt; one place to wait in its queue."""
    settings = face_settings(run_log.parent, face_queue=1)
    async with running(settings, run_log) as child:
        yield settings, child


@pytest.fixture
def run_log():
    with tempfile.TemporaryDirectory(prefix="zf-", dir="/tmp") as folder:
        yield Path(folder) / "faces.log"


def workers(child: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """The pool's processes (multiprocessing's resource tracker is not one)."""
    below = psutil.Process(child.pid).children()
    return [one for one in below if "spawn_main" in " ".join(one.cmdline())]


async def until_working(faces: Faces) -> None:
    while (await faces.numbers())["running"] == 0:  # noqa: ASYNC110
        await asyncio.sleep(0.005)


async def test_without_a_process_faces_are_unavailable(run_log: Path):
    async with Faces(face_settings(run_log.parent)) as faces:
        assert await faces.ready() is False
        with pytest.raises(errors.FacesUnavailable):
            await faces.inspect(FRAMES, PROMPTS)


async def test_a_full_queue_is_busy_and_says_when_to_come_back(own):
    async with Faces(own[0]) as faces:
        asked = [faces.inspect(FRAMES, PROMPTS) for _ in range(8)]
        answers = await asyncio.gather(*asked, return_exceptions=True)
    busy = [answer for answer in answers if isinstance(answer, errors.FacesBusy)]
    served = [answer for answer in answers if isinstance(answer, Capture)]
    assert (len(served), len(busy)) == (2, 6)  # one at work, one waiting
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in busy)


async def test_a_worker_killed_at_work_costs_nobody_an_answer(own):
    settings, child = own
    async with Faces(settings) as faces:
        asked = asyncio.create_task(faces.inspect(FRAMES, PROMPTS))
        await until_working(faces)
        workers(child)[0].kill()
        assert await faces.match(await asked, pictures.portrait(pictures.OBAMA_AGAIN)) is True
        assert (await faces.numbers())["replaced"] >= 1


async def test_a_worker_killed_while_idle_is_replaced(own):
    settings, child = own
    async with Faces(settings) as faces:
        workers(child)[0].kill()
        assert isinstance(await faces.inspect(FRAMES, PROMPTS), Capture)


async def test_a_killed_process_is_unavailable_then_comes_back_on_its_stale_socket(run_log: Path):
    settings = face_settings(run_log.parent)
    async with Faces(settings) as faces:
        async with running(settings, run_log) as child:
            judged = psutil.Process(child.pid).children(recursive=True)
            await faces.inspect(FRAMES, PROMPTS)
            child.kill()
            child.wait()
            with pytest.raises(errors.FacesUnavailable):
                await faces.inspect(FRAMES, PROMPTS)
            _, alive = psutil.wait_procs(judged, timeout=10)
            assert alive == []  # no worker outlives it with a face in memory
        assert socket_path(settings).exists()
        with process(settings, run_log):
            await until_ready(faces)
            assert isinstance(await faces.inspect(FRAMES, PROMPTS), Capture)


async def test_a_second_process_does_not_take_the_socket_of_a_living_one(own):
    second = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "identity.faces.service"),
        env=environment(own[0]),
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await asyncio.wait_for(second.communicate(), 60)
    assert second.returncode != 0
    assert b"already listening" in said
    async with Faces(own[0]) as faces:
        assert await faces.ready()


async def test_a_body_that_is_nonsense_is_answered_and_hurts_nobody(own):
    async with Faces(own[0]) as faces:
        for body in (b"", b"\xff" * 9, b"\x00\x00\x00\x02{}", b"\x00\x00\x00\x02[]"):
            with pytest.raises(errors.FacesUnavailable):
                await faces._ask("/inspect", body)
        assert (await faces.numbers())["replaced"] == 0


async def test_the_socket_is_for_this_user_only(own):
    mode = socket_path(own[0]).stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_no_core_dump_and_low_priority(own):
    _, child = own
    for one in [psutil.Process(child.pid), *workers(child)]:
        assert one.rlimit(psutil.RLIMIT_CORE) == (0, 0)
    assert all(one.nice() >= 10 for one in workers(child))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_nothing_of_a_capture_is_on_disk_or_in_the_log(own):
    settings, child = own
    async with Faces(settings) as faces:
        capture = await faces.inspect(FRAMES, PROMPTS)
        await faces.match(capture, pictures.portrait(pictures.OBAMA_AGAIN))
    opened = [file.path for one in (psutil.Process(child.pid), *workers(child))
              for file in one.open_files()]  # fmt: skip
    written = [path for path in settings.data_folder.rglob("*") if path.is_file()]
    assert [path.name for path in written] == ["faces.log"]
    assert [path for path in opened if not path.endswith((".log", ".so"))] == []
    log = written[0].read_bytes()
    pieces = [frame.image[1000:1012] for frame in FRAMES] + [part[8:20] for part in capture._parts]
    assert not any(piece in log or piece.hex().encode() in log for piece in pieces)


@pytest.mark.skipif(sys.platform != "linux", reason="prctl")
def test_a_secluded_process_cannot_be_traced_by_its_own_user():
    code = (
        "import ctypes; from identity.faces.seclusion import seclude; seclude();"
        "print(ctypes.CDLL(None).prctl(3))"  # PR_GET_DUMPABLE
    )
    seen = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert seen.stdout.strip() == "0"


def test_a_frame_prints_without_its_picture():
    assert repr(Frame("left", b"secret")) == "Frame(prompt='left')"


def test_a_long_path_falls_back_to_a_short_private_folder(tmp_path: Path):
    settings = face_settings(tmp_path / ("long" * 40))
    path = socket_path(settings)
    assert len(os.fsencode(path)) <= 103
    assert path == socket_path(settings)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert path != socket_path(face_settings(tmp_path / ("else" * 40)))


def test_a_web_worker_that_calls_faces_stays_light():
    heavy = "cv2 dlib numpy face_recognition PIL pebble"
    code = (
        "import sys, identity.faces.client, identity.faces.errors\n"
        f"print([name for name in {heavy.split()!r} if name in sys.modules])"
    )
    seen = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert seen.stdout.strip() == "[]"


async def test_sigterm_ends_it_and_its_workers(run_log: Path):
    with process(face_settings(run_log.parent), run_log) as child:
        async with Faces(face_settings(run_log.parent)) as faces:
            await until_ready(faces)
        judged = workers(child)
        child.send_signal(signal.SIGTERM)
        assert child.wait(20) == 0
        _, alive = psutil.wait_procs(judged, timeout=10)
        assert alive == []
