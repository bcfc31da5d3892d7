"""Answers of departments kept for a minute, sealed, for the same resident, client and question.

Valkey may be away or emptied: then nothing is remembered and nothing fails. Readers of one worker
share their round trips.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256

from pydantic import BaseModel
from redis.asyncio import Redis

from config.batch import Batch
from config.cache import reaching_cache
from config.errors import CacheUnavailable, Unavailable
from identity.caller import Caller
from identity.vault import NotOpened, Vault
from services.schema import schema
from services.service import Service

SECONDS = 60
_STAMP = 8  # bytes: milliseconds since 1970, before the answer's JSON


@dataclass(frozen=True)
class Kept:
    """An answer as JSON and the moment the department gave it (seconds since 1970)."""

    body: bytes = field(repr=False)
    at: float


class Answers:
    """The memory of one worker's desk, in Valkey, shared by all workers."""

    def __init__(self, cache: Redis, vault: Vault, *, clock: Callable[[], float] = time.time):
        self._cache, self._vault, self._clock = cache, vault, clock
        self._reads: Batch[str, bytes | None] = Batch(self._fetch)

    async def recall(self, key: str) -> Kept | None:
        """What is kept under ``key`` and not too old; None as well when Valkey is away."""
        try:
            sealed = await self._reads.add(key)
            if sealed is None:
                return None
            plain = self._vault.open(sealed, key)
        except (Unavailable, NotOpened):
            return None
        kept = Kept(plain[_STAMP:], int.from_bytes(plain[:_STAMP]) / 1000)
        return kept if 0 <= self._clock() - kept.at < SECONDS else None

    async def keep(self, key: str, kept: Kept) -> None:
        """Remember for a minute; silently not, when Valkey is away."""
        plain = int(kept.at * 1000).to_bytes(_STAMP) + kept.body
        try:
            with reaching_cache():
                await self._cache.set(key, self._vault.seal(plain, key), ex=SECONDS)
        except CacheUnavailable:
            return

    async def _fetch(self, keys: Sequence[str]) -> Sequence[bytes | None]:
        with reaching_cache():
            found = await self._cache.mget(keys)
        return [value if isinstance(value, bytes) else None for value in found]


def key_of(service: Service, caller: Caller, question: BaseModel) -> str:
    """One key for one resident, client, service (in its present shape) and question."""
    asked = question.model_dump_json(by_alias=True)
    whole = f"{_shape(service)}\0{caller.resident}\0{caller.client}\0{asked}"
    return f"answer:{sha256(whole.encode()).hexdigest()}"


@cache
def _shape(service: Service) -> str:
    """A digest that changes with the answer's schema: a new release does not read old answers."""
    return f"{service.id}:{sha256(repr(schema(service.answer, 'en')).encode()).hexdigest()[:16]}"
