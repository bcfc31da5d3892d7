"""``kill -9`` at a chosen moment: which parts of a house may be killed, and when it is back."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import psutil

from tests.support.house import House, until

BACK = 150.0  # seconds; on a busy machine a start takes long
SETTLED = 300.0  # seconds for what waits: 30 until a dead worker's job is another's, and backoff
Victims = Callable[[House], list[psutil.Process]]
VICTIMS: Mapping[str, Victims] = {
    "web": lambda house: house.web_workers()[:1],
    "worker": lambda house: house.find("-m services.worker"),
    "PostgreSQL": lambda house: house.find("bin/postgres")[:1],
    "Valkey": lambda house: house.find("valkey-server")[:1],
}


class Settling(Protocol):
    """Books that say whether anything still moves."""

    @property
    def settled(self) -> bool: ...


Found = TypeVar("Found", bound=Settling)


@dataclass(frozen=True)
class Moment:
    """Who is killed, and when: 0 as a story begins, 1 when one is usually over."""

    who: str
    share: float


def moments(kills: int, seed: int) -> list[Moment]:
    """The same for a seed. Everybody has a turn before anybody has the next."""
    chance = random.Random(seed)
    rounds = range(kills // len(VICTIMS) + 1)
    names = [name for _ in rounds for name in chance.sample(list(VICTIMS), len(VICTIMS))]
    return [Moment(name, chance.random()) for name in names[:kills]]


def kill(house: House, who: str) -> None:
    """AssertionError where there is nobody of that name: then nothing would be proven."""
    found = VICTIMS[who](house)
    assert found, f"{who} was not there"
    for one in found:
        one.kill()
    psutil.wait_procs(found, timeout=10)


async def back(house: House) -> None:
    """Wait until the house serves and works again, by itself."""

    def whole() -> bool:
        there = all(find(house) for find in VICTIMS.values())
        return there and len(house.web_workers()) == 2 and house.answers()

    await asyncio.to_thread(until, whole, "the house to be back", BACK)


async def disturbed(house: House, story: Awaitable[Any], moment: Moment, length: float) -> None:
    """A story of ``length`` seconds, and somebody killed in it. Over when both are back."""
    telling = asyncio.ensure_future(story)
    await asyncio.sleep(moment.share * length)
    await asyncio.to_thread(kill, house, moment.who)
    await telling
    await back(house)


async def settled(read: Callable[[], Awaitable[Found]], within: float = SETTLED) -> Found:
    """What is read once nothing moves any more, or at last, after so many seconds, as it stands."""
    deadline = time.monotonic() + within
    while True:
        found = await read()
        if found.settled or time.monotonic() > deadline:
            return found
        await asyncio.sleep(0.1)


def in_words(kills: int, seed: int) -> str:
    """How often each was killed."""
    parts = Counter(one.who for one in moments(kills, seed))
    return ", ".join(f"{who} {count}" for who, count in parts.items())
