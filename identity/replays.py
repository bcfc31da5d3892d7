"""What may be shown once: proofs of possession and client assertions, over all workers.

Valkey remembers. Whatever was issued before Valkey's start may have been forgotten with it, and
is refused (CONTRACTS, "State").
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from redis.asyncio import Redis

from config.batch import Batch
from config.cache import reaching_cache

# One script for everybody who waits: each name is kept if it is new, or counted; then how long
# Valkey has been remembering. It runs as a whole, so nothing comes between two of its names.
_ONCE_AND_COUNTED = """
local answers = {}
for place, name in ipairs(KEYS) do
  local seconds = ARGV[2 * place]
  if ARGV[2 * place - 1] == 'once' then
    answers[place] = redis.call('SET', name, '', 'NX', 'EX', seconds) and 1 or 0
  else
    answers[place] = redis.call('INCR', name)
    redis.call('EXPIRE', name, seconds)
  end
end
answers[#KEYS + 1] = tonumber(redis.call('INFO', 'server'):match('uptime_in_seconds:(%d+)'))
return answers
"""


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


Shown = tuple[Sequence[Once], Sequence[Counter]]
Seen = tuple[list[bool], list[int]]


class Replays:
    """Requests that come at the same time share a round trip."""

    def __init__(self, cache: Redis):
        self._ask = cache.register_script(_ONCE_AND_COUNTED)
        self._asked: Batch[Shown, Seen] = Batch(self._flush)

    async def first(self, *shown: Once) -> list[bool]:
        """For each whether it is shown for the first time, in one round trip. CacheUnavailable."""
        new, _ = await self.first_and_counted(shown, ())
        return new

    async def first_and_counted(self, shown: Sequence[Once], counters: Sequence[Counter]) -> Seen:
        """``first``, and what each counter stands at with this request, in the same round trip."""
        return await self._asked.add((shown, counters))

    async def _flush(self, asked: Sequence[Shown]) -> list[Seen]:
        names: list[str] = []
        kinds: list[str | int] = []
        for shown, counters in asked:
            for once in shown:
                names.append(once.name)
                kinds += ["once", once.seconds]
            for counter in counters:
                names.append(counter.name)
                kinds += ["count", counter.seconds]
        with reaching_cache():
            *answers, uptime = await self._ask(keys=names, args=kinds)
        began, left = time.time() - int(uptime), iter(answers)
        return [_seen(shown, counters, left, began) for shown, counters in asked]


def _seen(
    shown: Sequence[Once], counters: Sequence[Counter], answers: Iterator[int], began: float
) -> Seen:
    first = [bool(next(answers)) and one.issued + 1 >= began for one in shown]
    return first, [int(next(answers)) for _ in counters]
