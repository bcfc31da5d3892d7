"""``kill -9`` at a chosen moment: which processes of a house may be killed, and how it is back."""

import random
from collections.abc import Callable, Mapping

import psutil

from tests.support.house import House, until

Victims = Callable[[House], list[psutil.Process]]
VICTIMS: Mapping[str, Victims] = {
    "web": lambda house: house.web_workers()[:1],
    "worker": lambda house: house.find("-m services.worker"),
    "PostgreSQL": lambda house: house.find("bin/postgres")[:1],
    "Valkey": lambda house: house.find("valkey-server")[:1],
}


def kill(house: House, who: str) -> int:
    """Kill them; how many there were."""
    found = VICTIMS[who](house)
    for one in found:
        try:
            one.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(found, timeout=10)
    return len(found)


def moments(kills: int, seed: int, most: float) -> list[tuple[str, float]]:
    """Who is killed, and how many seconds after the story began: the same for a seed. Everybody
    has a turn before anybody has the next."""
    chance = random.Random(seed)
    names = [name for _ in range(kills // len(VICTIMS) + 1) for name in _shuffled(chance)]
    return [(name, chance.uniform(0, most)) for name in names[:kills]]


def _shuffled(chance: random.Random) -> list[str]:
    return chance.sample(list(VICTIMS), len(VICTIMS))


def back(house: House) -> None:
    """Wait until the house serves and works again."""
    until(lambda: house.answers() and len(house.web_workers()) == 2, "web to be back")
    until(lambda: VICTIMS["worker"](house), "the worker to be back")
