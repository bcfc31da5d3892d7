"""``python -m tests.benchmarks answers``: what an authenticated, audited answer costs.

The provident-fund balance, its read committed in the audit before it leaves, against an empty
handler of the same server that gets the same requests: alternating runs, medians. Then fresh
answers, fewer connections, and the parts one by one in this process.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from tests.benchmarks import house as houses
from tests.benchmarks.house import House, load, post
from tests.benchmarks.load import Measured
from tests.benchmarks.parts import parts
from tests.benchmarks.report import console, loads, median, progress, ratio

PATH = "/v1/services/provident-fund-balance/answers"
PEOPLE = 64
ROUNDS = 5
SECONDS = 1.5
TARGET = 0.4
CONNECTIONS = (1, 8, 64)


@dataclass
class Pairs:
    """Runs one after the other, so that a change of the machine's mood meets both."""

    empty: list[Measured] = field(default_factory=list)
    answers: list[Measured] = field(default_factory=list)

    @property
    def share(self) -> float:
        """The median of the ratios, each of two runs of the same moment."""
        both = zip(self.answers, self.empty, strict=True)
        return statistics.median(answer.rate / empty.rate for answer, empty in both)


async def main() -> None:
    async with houses.running(PEOPLE) as house:
        found = {connections: Pairs() for connections in CONNECTIONS}
        with progress("answers", len(CONNECTIONS) * ROUNDS) as bar:
            for _ in range(ROUNDS):
                for connections, pairs in found.items():
                    await _run(house, connections, pairs)
                    bar.advance(bar.task_ids[0])
        rows = {}
        for connections, pairs in found.items():
            rows[f"empty handler, {connections}"] = median(pairs.empty)
            rows[f"answer, {connections}"] = median(pairs.answers)
        rows["fresh answer, 8"] = await _fresh(house)
        loads("Provident-fund answers, audited; by connections", rows)
        for connections, pairs in found.items():
            goal = TARGET if connections == CONNECTIONS[-1] else None
            ratio(f"cached answer / empty handler, {connections} connections", pairs.share, goal)
        await _print_parts(house)


async def _run(house: House, connections: int, pairs: Pairs) -> None:
    """The same requests, token and body included, for both."""
    given = {"connections": connections, "seconds": SECONDS}
    nothing = [post("/", token) for token in house.tokens]
    asked = [post(PATH, token) for token in house.tokens]
    pairs.empty.append(await load(house.empty_port, nothing, **given))
    pairs.answers.append(await load(house.port, asked, **given))


async def _fresh(house: House) -> Measured:
    """Records of ever other periods, so that nothing is cached."""
    path = "/v1/services/provident-fund-records/answers"
    periods = [
        f'{{"from":"{year}-{month:02d}","to":"2026-10"}}'.encode()
        for year in range(2017, 2026)
        for month in range(1, 13)
    ]
    requests = [post(path, token, one) for one in periods for token in house.tokens]
    return await load(house.port, requests, connections=8, seconds=3.0)


async def _print_parts(house: House) -> None:
    console.print("What each part costs, µs of this process at 64 at once:")
    async with parts(house) as found:
        for name, work in found.items():
            console.print(f"  {name:<42}{await _cost(work):>8.1f}")


async def _cost(work: Callable[[int], Awaitable[object]], each: int = 150) -> float:
    """Processor time of one call, microseconds."""

    async def one(place: int) -> None:
        for _ in range(each):
            await work(place)

    await asyncio.gather(*(work(place) for place in range(PEOPLE)))
    began = time.process_time()
    await asyncio.gather(*(one(place) for place in range(PEOPLE)))
    return (time.process_time() - began) / (each * PEOPLE) * 1e6


if __name__ == "__main__":
    asyncio.run(main())
