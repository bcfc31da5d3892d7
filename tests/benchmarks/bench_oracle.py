"""``python -m tests.benchmarks oracle``: can the time of a refusal tell who exists?

Three kinds of claim, interleaved, against one house: a person the register does not know, a known
one under a wrong name, and a known one with another face. All get one answer; here its time is
compared. ORACLE_ANSWERS sets how many of each (500). Budgets are lifted, frames filmed before.

A rank test (Kruskal and Wallis, then Mann and Whitney for each pair) asks whether the three times
come from one distribution; the size of a difference is told beside it, because with enough answers
any difference, however useless, becomes significant.
"""

import asyncio
import base64
import itertools
import os
import random
import secrets
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import aiohttp
from rich.table import Table
from scipy import stats

from identity.documents.citizen_number import check_character
from tests.benchmarks.report import console, progress
from tests.support import journey
from tests.support.faces import BIDEN, OBAMA, challenge_frames, portrait
from tests.support.house import House, house

ANSWERS = int(os.environ.get("ORACLE_ANSWERS", "500"))
WARM_UP = 5  # of each, not counted
SUSPICIOUS = 0.01
POOL = 20  # people of each kind
LIFTED = {
    "TRIES_PER_NUMBER": "1000000",
    "TRIES_PER_ACCOUNT": "1000000",
    "TRIES_PER_DEVICE": "1000000",
    "TRY_WAITS": "[]",
    "REQUESTS_PER_ADDRESS": "1000000",
    "CHALLENGE_SECONDS": "120",
    "WEB_WORKERS": "1",
}
Frames = Sequence[Mapping[str, str]]


@cache
def filmed(prompts: tuple[str, ...]) -> Frames:
    return [
        {"prompt": one.prompt, "image": base64.b64encode(one.image).decode()}
        for one in challenge_frames(OBAMA, prompts)
    ]


def fresh(frames: Frames) -> list[dict[str, str]]:
    """The same film; a JPEG comment of random bytes makes every file another one."""
    return [{"prompt": one["prompt"], "image": _marked(one["image"])} for one in frames]


def _marked(image: str) -> str:
    comment = b"\xff\xfe\x00\x0a" + secrets.token_bytes(8)
    raw = base64.b64decode(image)
    return base64.b64encode(raw[:2] + comment + raw[2:]).decode()


@dataclass(frozen=True)
class Asked:
    """Whom a claim is about. Each kind has as many of its own: their tries are counted alike."""

    name: str
    number: str


def nobody(place: int) -> Asked:
    """A well-formed number that the sandbox has not given out."""
    seventeen = f"44052418800101{place:03d}"
    return Asked("欧阳无名", seventeen + check_character(seventeen))


async def people(one: House) -> dict[str, Sequence[Asked]]:
    """OBAMA stands before the camera each time; the last kind has BIDEN's portrait in the register,
    so that the pictures sent are of one kind and only what they meet differs."""
    alike = [await journey.new_resident(one.sandbox_url) for _ in range(POOL)]
    unlike = [await journey.new_resident(one.sandbox_url, portrait(BIDEN)) for _ in range(POOL)]
    return {
        "unknown person": [nobody(place) for place in range(POOL)],
        "wrong name": [Asked("欧阳无名", each.number) for each in alike],
        "other face": [Asked(each.name, each.number) for each in unlike],
    }


async def claim(http: aiohttp.ClientSession, asked: Asked) -> dict[str, Any]:
    """With a challenge of its own, on a device of its own."""
    device = journey.new_device()
    async with http.post("/v1/challenges", json={"device": device}) as answer:
        issued = await answer.json()
    frames = await asyncio.to_thread(filmed, tuple(issued["prompts"]))
    return {
        "name": asked.name,
        "id_number": asked.number,
        "document_type": "resident-id",
        "challenge": issued["id"],
        "device": device,
        "frames": fresh(frames),
        "consent": journey.CONSENT,
    }


async def answered(http: aiohttp.ClientSession, asked: Asked) -> float:
    """Seconds until the refusal was read. A film that does not pass is filmed anew, of whomever
    it is: it is judged before anybody is looked for.
    """
    while True:
        sent = await claim(http, asked)
        began = time.perf_counter()
        async with http.post("/v1/verifications", json=sent) as answer:
            code = (await answer.json())["code"]
            took = time.perf_counter() - began
        if code == "identity-not-matched":
            return took
        assert code == "prompts-not-followed", code


async def measure(one: House, asked: Mapping[str, Sequence[Asked]]) -> dict[str, list[float]]:
    """The times of each kind. The order within each round of three is drawn by lot."""
    times: dict[str, list[float]] = {kind: [] for kind in asked}
    kinds, lot = list(asked), random.SystemRandom()
    async with aiohttp.ClientSession(one.url) as http:
        with progress("Refusing, one at a time", ANSWERS + WARM_UP) as bar:
            for turn in range(ANSWERS + WARM_UP):
                for kind in lot.sample(kinds, len(kinds)):
                    times[kind].append(await answered(http, asked[kind][turn % POOL]))
                bar.advance(bar.task_ids[0])
    return {kind: taken[WARM_UP:] for kind, taken in times.items()}


def show(times: Mapping[str, Sequence[float]]) -> None:
    table = Table(title=f"{ANSWERS} refusals of each kind, milliseconds", title_justify="left")
    for name in ("", "median", "p10", "p90"):
        table.add_column(name, justify="right" if name else "left")
    for kind, taken in times.items():
        tenths = statistics.quantiles(taken, n=10)
        row = (statistics.median(taken), tenths[0], tenths[-1])
        table.add_row(kind, *(f"{value * 1000:.1f}" for value in row))
    console.print(table)


def judge(times: Mapping[str, Sequence[float]]) -> None:
    """``told apart``: how often a guess from one answer's time would be right; 0.50 is a coin."""
    found = stats.kruskal(*times.values())
    console.print(f"Kruskal-Wallis: H = {found.statistic:.2f}, p = {found.pvalue:.3f}")
    for one, other in itertools.combinations(times, 2):
        pair = stats.mannwhitneyu(times[one], times[other])
        share = pair.statistic / (len(times[one]) * len(times[other]))
        apart = max(share, 1 - share)
        console.print(f"{one} / {other}: p = {pair.pvalue:.3f}, told apart {apart:.3f}")
    found_none = found.pvalue >= SUSPICIOUS
    verdict = "no difference found" if found_none else "[bold]A DIFFERENCE[/bold]"
    console.print(f"(o) time of a refusal: {verdict}, at p < {SUSPICIOUS}")


async def main() -> None:
    with house(**LIFTED) as one:
        await asyncio.to_thread(one.start)
        times = await measure(one, await people(one))
    show(times)
    judge(times)


if __name__ == "__main__":
    asyncio.run(main())
