"""``python -m tests.benchmarks.bench_story``: what the whole story adds to the face engines.

Verifications a second over HTTP, from claim to token (budgets, challenge, replay guard, faces,
register, one transaction, audit, token), against the bare engine calls on the same frames in as
many processes; alternating runs, medians, in one sitting. Frames are filmed outside the timing.
"""

import asyncio
import multiprocessing
import os
import statistics
import time
from collections.abc import Sequence
from multiprocessing.pool import Pool
from typing import Any

import aiohttp

from tests.benchmarks import bench_verification as engines
from tests.benchmarks.report import console, progress, ratio
from tests.support import journey
from tests.support.faces import OBAMA, OBAMA_AGAIN, challenge_frames, portrait
from tests.support.house import House, house
from tests.support.sandbox import SandboxResident

ROUNDS = 5
EACH = 10 * engines.WORKERS  # verifications in one run
TARGET = 0.95
Work = tuple[Sequence[bytes], bytes]


async def filmed(one: House, person: SandboxResident) -> tuple[list[dict[str, Any]], list[Work]]:
    """Claims with challenges of their own, and the same frames as bare work."""
    claims, works = [], []
    reference = portrait(OBAMA_AGAIN)
    for _ in range(EACH):
        device = journey.new_device()
        issued = await journey.challenge(one.url, device)
        frames = await asyncio.to_thread(challenge_frames, OBAMA, issued["prompts"], None)
        claims.append(journey.claim(person.name, person.number, issued["id"], device, frames))
        works.append(([frame.image for frame in frames], reference))
    return claims, works


def bare(pool: Pool, works: Sequence[Work]) -> float:
    began = time.perf_counter()
    pool.map(engines.engine_calls, works, chunksize=1)
    return len(works) / (time.perf_counter() - began)


async def told(one: House, claims: Sequence[dict[str, Any]]) -> float:
    """The story for every claim, two at a time a face worker, so that none waits for its next."""
    left = iter(claims)

    async def visitor(http: aiohttp.ClientSession) -> None:
        for claim in left:
            async with http.post("/v1/verifications", json=claim) as answer:
                assert answer.status == 201, await answer.text()

    async with aiohttp.ClientSession(one.url) as http:
        began = time.perf_counter()
        await asyncio.gather(*(visitor(http) for _ in range(2 * engines.WORKERS)))
        return len(claims) / (time.perf_counter() - began)


async def compare(one: House) -> tuple[list[float], list[float]]:
    person = await journey.new_resident(one.sandbox_url)
    alone, story = [], []
    with (
        multiprocessing.get_context("spawn").Pool(engines.WORKERS, engines.load) as pool,
        progress("Verifying, bare and as a whole story", ROUNDS + 1) as bar,
    ):
        for _ in range(ROUNDS + 1):
            claims, works = await filmed(one, person)
            story.append(await told(one, claims))
            alone.append(await asyncio.to_thread(bare, pool, works))
            bar.advance(bar.task_ids[0])
    return alone[1:], story[1:]  # the first of each warms up


async def main() -> None:
    os.environ.update(dict.fromkeys(engines._ONE_THREAD, "1"))
    given = {
        "REQUESTS_PER_ADDRESS": "100000",
        "CHALLENGE_SECONDS": "120",
        "FACE_WORKERS": str(engines.WORKERS),
        "WEB_WORKERS": "1",
    }
    with house(**given) as one:
        await asyncio.to_thread(one.start)
        alone, story = await compare(one)
    console.print(f"bare engines {statistics.median(alone):.2f}/s in {engines.WORKERS} process(es)")
    console.print(f"whole story  {statistics.median(story):.2f}/s over HTTP")
    shares = [round(told / own, 2) for told, own in zip(story, alone, strict=True)]
    console.print(f"runs, ratio by ratio: {shares}")
    value = statistics.median(story) / statistics.median(alone)
    ratio("(a) verifications against bare engine calls", value, TARGET)


if __name__ == "__main__":
    asyncio.run(main())
