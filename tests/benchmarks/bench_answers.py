"""``python -m tests.benchmarks answers``: what an authenticated, audited answer costs.

The provident-fund balance, its read committed in the audit before it leaves, against an empty
handler of the same server: alternating runs, medians. Then fresh answers, fewer connections, and
the parts one by one in this process.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from tests.benchmarks import house as houses
from tests.benchmarks.house import House, get, load, post
from tests.benchmarks.load import Measured
from tests.benchmarks.parts import parts
from tests.benchmarks.report import console, loads, progress, ratio

PATH = "/v1/services/provident-fund-balance/answers"
PEOPLE = 64
ROUNDS = 5
TARGET = 0.4
CONNECTIONS = (1, 8, 64)


def median(runs: list[Measured]) -> Measured:
    """The run in the middle by its rate, with the failures of all."""
    middle = sorted(runs, key=lambda one: one.rate)[len(runs) // 2]
    return replace(middle, failed=sum(one.failed for one in runs))


async def main() -> None:
    async with houses.running(PEOPLE) as house:
        cached = [post(PATH, token) for token in house.tokens]
        results: dict[str, Measured] = {}
        with progress("answers", len(CONNECTIONS) * ROUNDS) as bar:
            for connections in CONNECTIONS:
                runs: dict[str, list[Measured]] = {"empty": [], "answer": []}
                for _ in range(ROUNDS):
                    given = {"connections": connections, "seconds": 1.5}
                    runs["empty"].append(await load(house.empty_port, [get("/")], **given))
                    runs["answer"].append(await load(house.port, cached, **given))
                    bar.advance(bar.task_ids[0])
                for name, found in runs.items():
                    results[f"{name}, {connections} connections"] = median(found)
                shares = [
                    a.rate / e.rate for a, e in zip(runs["answer"], runs["empty"], strict=True)
                ]
                results[f"{connections}"] = replace(results[f"answer, {connections} connections"])
                results[f"{connections}"].rate = statistics.median(shares)
        shares_by = {c: results.pop(f"{c}").rate for c in CONNECTIONS}
        results["fresh answer, 8 connections"] = await _fresh(house)
        loads("Provident-fund balance, cached, audited", results)
        for connections, share in shares_by.items():
            if connections == CONNECTIONS[-1]:
                ratio(f"answer / empty handler at {connections} connections", share, TARGET)
            else:
                console.print(f"answer / empty handler at {connections} connections: {share:.2f}")
        await _print_parts(house)


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
