"""``python -m tests.benchmarks overhead``: what the house adds to a department's own time.

The same questions, one at a time and never twice the same, asked of the fund centre directly and
through the counter: token, scope, hours, the resident's record, the audit's commit, the answer.
The asking itself is bytes on one open connection: what a client makes of them is not the house's.
"""

import asyncio
import json
import statistics
import time
from collections.abc import Iterator

from services import offices
from services.catalogue import Catalogue
from services.departments.provident_fund.department import ProvidentFund
from tests.benchmarks import house as houses
from tests.benchmarks.house import House
from tests.benchmarks.report import console, progress, ratio

PATH = "/v1/services/provident-fund-records/answers"
PEOPLE = 8
ROUNDS = 240
TARGET = 3.0  # milliseconds


async def main() -> None:
    async with houses.running(PEOPLE) as house:
        direct, served = await _measure(house)
    console.print("Fund records, asked one at a time, ms:")
    console.print(f"  the department itself  median {direct:7.2f}")
    console.print(f"  through the counter    median {served:7.2f}")
    ratio("overhead of an answer, ms, median", served - direct, TARGET, at_most=True)


async def _measure(house: House) -> tuple[float, float]:
    """Milliseconds, medians; both ways in turn, so that a change of the machine meets both."""
    direct, served = list[float](), list[float]()
    catalogue = Catalogue.load()
    line = await asyncio.open_connection(houses.HOST, house.port)
    async with offices.opened(catalogue, house.settings) as departments:
        fund = departments["provident-fund"]
        assert isinstance(fund, ProvidentFund)
        with progress("overhead", ROUNDS) as bar:
            for place, (first, last) in zip(range(ROUNDS), _periods(), strict=False):
                who = place % PEOPLE
                person = house.people[who].person
                request = _question(house.tokens[who], first, last)
                began = time.perf_counter()
                await fund.records(person, first, last)
                direct.append(time.perf_counter() - began)
                began = time.perf_counter()
                await _ask(line, request)
                served.append(time.perf_counter() - began)
                bar.advance(bar.task_ids[0])
    line[1].close()
    return statistics.median(direct) * 1000, statistics.median(served) * 1000


def _question(token: str, first: str, last: str) -> bytes:
    return houses.post(PATH, token, json.dumps({"from": first, "to": last}).encode())


async def _ask(line: tuple[asyncio.StreamReader, asyncio.StreamWriter], request: bytes) -> None:
    """Until the last byte of the answer is here."""
    reader, writer = line
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    said = await reader.readexactly(int(head.partition(b"content-length: ")[2].split(b"\r")[0]))
    assert head.startswith(b"http/1.1 200 "), said


def _periods() -> Iterator[tuple[str, str]]:
    """Others each time, of about the same length, so that nothing is remembered."""
    for year in range(2017, 2026):
        for month in range(1, 13):
            for last in ("2026-09", "2026-10", "2026-08"):
                yield f"{year}-{month:02d}", last
