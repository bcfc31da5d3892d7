"""``python -m tests.benchmarks catalogue``: catalogue pages, idle and beside busy faces; memory.

The page of all services against an empty handler of the same server; then its times under an open
load of a fifth of its peak, with the face pool idle and with the face pool saturated; then what
the web worker weighs.
"""

import asyncio
import statistics
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import psutil
from rich.progress import Progress

from config.errors import Problem
from identity.faces.client import Faces
from tests.benchmarks import house as houses
from tests.benchmarks.house import House, get, load
from tests.benchmarks.load import Measured
from tests.benchmarks.report import loads, progress, ratio
from tests.support import faces as pictures
from tests.support.faces_service import face_settings, running

PAGE = get("/v1/services")
ROUNDS = 5
PAGE_TARGET, TAIL_TARGET, MEGABYTES = 0.7, 2.0, 120
SHARE_OF_PEAK = 0.2
PROMPTS = ("front", "left", "right")


async def main() -> None:
    async with houses.running(1) as house:
        with progress("catalogue", 2 * ROUNDS) as bar:
            pages, empty = [], []
            for _ in range(ROUNDS):
                empty.append(await load(house.empty_port, [get("/")], seconds=1.5))
                pages.append(await load(house.port, [PAGE], seconds=1.5))
                bar.advance(bar.task_ids[0])
            shares = [page.rate / peer.rate for page, peer in zip(pages, empty, strict=True)]
            peak = statistics.median(page.rate for page in pages)
            idle, busy = await _beside_faces(house, peak * SHARE_OF_PEAK, bar)
        loads("Catalogue page, 64 connections", {"empty": empty[-1], "page": pages[-1]})
        ratio("catalogue page / empty handler", statistics.median(shares), PAGE_TARGET)
        loads(
            f"Catalogue page, open load of {peak * SHARE_OF_PEAK:,.0f}/s",
            {"faces idle": _middle(idle), "faces saturated": _middle(busy)},
        )
        ratio(
            "p99 beside saturated faces / idle", _p99(busy) / _p99(idle), TAIL_TARGET, at_most=True
        )
        weight = _megabytes(house.web.pid)
        ratio("resident memory of a web worker, MB", weight, MEGABYTES, at_most=True)


async def _beside_faces(
    house: House, rate: float, bar: Progress
) -> tuple[list[Measured], list[Measured]]:
    """Alternating runs, so that a change of the machine's mood meets both."""
    idle: list[Measured] = []
    busy: list[Measured] = []
    folder = house.settings.data_folder
    settings = face_settings(folder)
    async with running(settings, folder / "faces.log"), Faces(settings) as faces:
        for _ in range(ROUNDS):
            idle.append(await load(house.port, [PAGE], rate=rate, seconds=3.0))
            async with _saturated(faces):
                busy.append(await load(house.port, [PAGE], rate=rate, seconds=3.0))
            bar.advance(bar.task_ids[0])
    return idle, busy


@asynccontextmanager
async def _saturated(faces: Faces) -> AsyncIterator[None]:
    """More verifications at once than the pool has workers, again and again."""
    frames = pictures.challenge_frames(pictures.OBAMA, PROMPTS)

    async def verify_for_ever() -> None:
        while True:
            with suppress(Problem):
                await faces.inspect(frames, PROMPTS)

    crowd = [asyncio.create_task(verify_for_ever()) for _ in range(4)]
    await asyncio.sleep(1.0)
    try:
        yield
    finally:
        for one in crowd:
            one.cancel()
        await asyncio.gather(*crowd, return_exceptions=True)


def _middle(runs: list[Measured]) -> Measured:
    return sorted(runs, key=lambda one: one.p99)[len(runs) // 2]


def _p99(runs: list[Measured]) -> float:
    return statistics.median(one.p99 for one in runs)


def _megabytes(main_process: int) -> float:
    """The heaviest of Sanic's worker processes; its manager and resource tracker serve nobody."""
    children = psutil.Process(main_process).children(recursive=True)
    return max(one.memory_info().rss for one in children) / 2**20


if __name__ == "__main__":
    asyncio.run(main())
