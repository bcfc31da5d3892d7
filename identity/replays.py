"""What may be shown once: proofs of possession and client assertions, over all workers.

Valkey remembers. Whatever was issued before Valkey's start may have been forgotten with it, and
is refused (CONTRACTS, "State").
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from redis.asyncio import Redis

from config.cache import reaching_cache


@dataclass(frozen=True)
class Once:
    """``name``: what must not come twice, already hashed; ``seconds``: how long it could be
    believed; ``issued``: Unix time it was made at, by its maker's clock.
    """

    name: str
    seconds: int
    issued: float


@dataclass(frozen=True)
class Counter:
    """Something to be counted; forgotten ``seconds`` after it was counted last."""

    name: str
    seconds: int


class Replays:
    def __init__(self, cache: Redis):
        self._cache = cache

    async def first(self, *shown: Once) -> list[bool]:
        """For each whether it is shown for the first time, in one round trip. CacheUnavailable."""
        new, _ = await self.first_and_counted(shown, ())
        return new

    async def first_and_counted(
        self, shown: Sequence[Once], counters: Sequence[Counter]
    ) -> tuple[list[bool], list[int]]:
        """``first``, and what each counter stands at with this request, in the same round trip."""
        with reaching_cache():
            async with self._cache.pipeline(transaction=False) as pipe:
                for one in shown:
                    pipe.set(one.name, b"", nx=True, ex=one.seconds)
                for counter in counters:
                    pipe.incr(counter.name)
                    pipe.expire(counter.name, counter.seconds)
                pipe.info("server")
                *answers, server = await pipe.execute()
        new, counted = answers[: len(shown)], answers[len(shown) :: 2]
        began = time.time() - int(server["uptime_in_seconds"])
        remembered = [one.issued + 1 >= began for one in shown]
        first = [bool(each) and sure for each, sure in zip(new, remembered, strict=True)]
        return first, [int(each) for each in counted]
