"""What may be shown once: proofs of possession and client assertions, over all workers.

Valkey remembers. Whatever was issued before Valkey's start may have been forgotten with it, and
is refused (CONTRACTS, "State").
"""

import time
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


class Replays:
    def __init__(self, cache: Redis):
        self._cache = cache

    async def first(self, *shown: Once) -> list[bool]:
        """For each whether it is shown for the first time, in one round trip. CacheUnavailable."""
        with reaching_cache():
            async with self._cache.pipeline(transaction=False) as pipe:
                for one in shown:
                    pipe.set(one.name, b"", nx=True, ex=one.seconds)
                pipe.info("server")
                *new, server = await pipe.execute()
        began = time.time() - int(server["uptime_in_seconds"])
        return [
            bool(each) and one.issued + 1 >= began for each, one in zip(new, shown, strict=True)
        ]
