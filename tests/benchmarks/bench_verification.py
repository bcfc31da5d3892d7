"""``python -m tests.benchmarks.bench_verification``: what the face tier adds to its engines.

Verifications a second (three frames, one reference) through client, socket, queue and pool,
against the same engine calls made bare in as many processes; alternating runs, medians, in one
sitting. Then the resident memory of the face process and of one worker.
"""

import asyncio
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from multiprocessing.pool import Pool
from pathlib import Path

import psutil
from rich.console import Console
from rich.progress import Progress

from config.settings import FaceSettings
from identity.faces.client import Faces, Frame
from tests.support import faces as pictures
from tests.support.faces_service import face_settings, running

PROMPTS = ("front", "left", "right")
ROUNDS = 7
EACH = 10  # verifications a worker in one run
SPEED, WORKER_MB = 0.95, 350
WORKERS = max(1, (os.cpu_count() or 2) - 1)
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM")
_bare = {}


def load() -> None:
    """The engines alone, one thread, as nice as the pool's workers."""
    os.nice(10)
    import cv2

    from identity.faces.engine import Detector, engines
    from identity.faces.mesh import Mesh

    cv2.setNumThreads(1)
    _bare.update(detector=Detector(), mesh=Mesh(), engines=engines("sface,dlib"))


def engine_calls(work: tuple[Sequence[bytes], bytes]) -> None:
    """Decode, find, measure and embed every frame; dlib only where the tier uses it; compare."""
    from identity.faces.limits import REFERENCE_BYTES
    from identity.faces.pictures import read

    detector, (sface, dlib) = _bare["detector"], _bare["engines"]
    frames, reference = work
    seen = [(picture, detector.find(picture)[0]) for picture in map(read, frames)]
    for one in seen:
        _bare["mesh"].look(*one, eyes=False)
    templates = [sface.embed(*one) for one in seen]
    other = read(reference, limit=REFERENCE_BYTES, exact=True)
    wanted = (other, detector.find(other)[0])
    assert sface.same(templates[0], sface.embed(*wanted))
    assert dlib.same(dlib.embed(*seen[0]), dlib.embed(*wanted))


def bare(pool: Pool, work: tuple[Sequence[bytes], bytes]) -> float:
    began = time.perf_counter()
    pool.map(engine_calls, [work] * EACH * WORKERS, chunksize=1)
    return EACH * WORKERS / (time.perf_counter() - began)


async def through(faces: Faces, frames: Sequence[Frame], reference: bytes) -> float:
    """The same number, two at a time a worker, so that none waits for its next."""
    left = iter(range(EACH * WORKERS))

    async def visitor() -> None:
        for _ in left:
            assert await faces.match(await faces.inspect(frames, PROMPTS), reference)

    began = time.perf_counter()
    await asyncio.gather(*(visitor() for _ in range(2 * WORKERS)))
    return EACH * WORKERS / (time.perf_counter() - began)


async def compare(settings: FaceSettings) -> tuple[list[float], list[float]]:
    frames = pictures.challenge_frames(pictures.OBAMA, PROMPTS)
    reference = pictures.portrait(pictures.OBAMA_AGAIN)
    work = ([frame.image for frame in frames], reference)
    alone, tier = [], []
    with multiprocessing.get_context("spawn").Pool(WORKERS, load) as pool, Progress() as progress:
        task = progress.add_task("Verifying, bare and through the tier", total=2 * ROUNDS + 2)
        async with Faces(settings) as faces:
            for _ in range(ROUNDS + 1):
                alone.append(bare(pool, work))
                progress.advance(task)
                tier.append(await through(faces, frames, reference))
                progress.advance(task)
    return alone[1:], tier[1:]  # the first of each warms up


def memory(pid: int) -> tuple[float, float]:
    """MB of the process and of its largest worker."""
    process = psutil.Process(pid)
    below = [child.memory_info().rss / 1e6 for child in process.children(recursive=True)]
    return process.memory_info().rss / 1e6, max(below)


async def main() -> None:
    console = Console()
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    with tempfile.TemporaryDirectory(prefix="zf-", dir="/tmp") as folder:
        settings = face_settings(Path(folder), face_workers=WORKERS, face_queue=64)
        async with running(settings, Path(folder) / "faces.log") as child:
            alone, tier = await compare(settings)
            own, worker = memory(child.pid)
    ratio = statistics.median(tier) / statistics.median(alone)
    console.print(f"bare engines  {statistics.median(alone):6.2f}/s in {WORKERS} process(es)")
    console.print(f"face tier     {statistics.median(tier):6.2f}/s, ratio {ratio:.3f} (≥ {SPEED})")
    console.print(
        f"runs, ratio by ratio: {[round(t / a, 2) for t, a in zip(tier, alone, strict=True)]}"
    )
    console.print(
        f"face worker {worker:.0f} MB (≤ {WORKER_MB}), the process before it {own:.0f} MB"
    )


if __name__ == "__main__":
    asyncio.run(main())
