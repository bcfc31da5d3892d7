"""Answers of departments kept for a minute, sealed, for the same resident, client and question.

Valkey may be away or emptied: then nothing is remembered and nothing fails. Readers of one worker
share their round trips, and what is to be remembered goes along with the next one of them, so that
an answer costs one call.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256

from pydantic import BaseModel
from redis.asyncio import Redis

from config.batch import Batch
from config.cache import reaching_cache
from config.errors import Unavailable
from identity.caller import Caller
from identity.vault import NotOpened, Vault
from services.schema import schema
from services.service import Service

SECONDS = 60
_FORM = 2  # of what is kept: a new release does not read what an old one wrote otherwise
_STAMP = 8  # bytes: milliseconds since 1970
_STAMPS = 2 * _STAMP  # when it was answered and how fresh it was, before the answer's JSON
_WAITING = 256  # answers that wait to be written, at most; the oldest give way


@dataclass(frozen=True)
class Kept:
    """An answer as JSON, the moment the department gave it, and when its records were last
    brought up to date (seconds since 1970).
    """

    body: bytes = field(repr=False)
    at: float
    as_of: float


class Answers:
    """The memory of one worker's desk, in Valkey, shared by all workers."""

    def __init__(self, cache: Redis, vault: Vault, *, clock: Callable[[], float] = time.time):
        self._cache, self._vault, self._clock = cache, vault, clock
        self._reads: Batch[str, bytes | None] = Batch(self._fetch)
        self._waiting: deque[tuple[str, bytes, float]] = deque(maxlen=_WAITING)

    async def recall(self, key: str) -> Kept | None:
        """What is kept under ``key`` and not too old; None as well when Valkey is away."""
        try:
            sealed = await self._reads.add(key)
            if sealed is None:
                return None
            plain = self._vault.open(sealed, key)
        except (Unavailable, NotOpened):
            return None
        at, as_of = (int.from_bytes(plain[n : n + _STAMP]) / 1000 for n in (0, _STAMP))
        kept = Kept(plain[_STAMPS:], at, as_of)
        return kept if 0 <= self._clock() - kept.at < SECONDS else None

    def keep(self, key: str, kept: Kept) -> None:
        """Remember for a minute, from this worker's next read on."""
        stamps = b"".join(int(one * 1000).to_bytes(_STAMP) for one in (kept.at, kept.as_of))
        self._waiting.append((key, self._vault.seal(stamps + kept.body, key), kept.at))

    async def _fetch(self, keys: Sequence[str]) -> Sequence[bytes | None]:
        """One round trip: what waits is written, then ``keys`` are read."""
        pipe = self._cache.pipeline(transaction=False)
        while self._waiting:
            key, sealed, at = self._waiting.popleft()
            if (left := int(at + SECONDS - self._clock())) > 0:
                pipe.set(key, sealed, ex=left)
        pipe.mget(keys)
        with reaching_cache():
            *_, found = await pipe.execute()
        return [value if isinstance(value, bytes) else None for value in found]


def key_of(service: Service, caller: Caller, question: BaseModel) -> str:
    """One key for one resident, client, service (in its present shape) and question."""
    asked = question.model_dump_json(by_alias=True)
    whole = f"{_FORM}\0{_shape(service)}\0{caller.resident}\0{caller.client}\0{asked}"
    return f"answer:{sha256(whole.encode()).hexdigest()}"


@cache
def _shape(service: Service) -> str:
    """A digest that changes with the answer's schema: a new release does not read old answers."""
    return f"{service.id}:{sha256(repr(schema(service.answer, 'en')).encode()).hexdigest()[:16]}"
