"""Numbers for readings of a card: given to one kiosk, for two minutes, used once."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from redis.asyncio import Redis

from config.cache import reaching_cache
from identity.kiosks.errors import CardReadingUnknown
from identity.kiosks.terminals import Terminal

SECONDS = 120


@dataclass(frozen=True)
class Reading:
    nonce: str = field(repr=False)
    expires_at: datetime


class Readings:
    def __init__(self, cache: Redis):
        self._cache = cache

    async def begin(self, terminal: Terminal) -> Reading:
        """A number that this kiosk's reader is to sign. Raises CacheUnavailable."""
        made = Reading(secrets.token_urlsafe(24), datetime.now(UTC) + timedelta(seconds=SECONDS))
        with reaching_cache():
            await self._cache.set(_place(terminal, made.nonce), b"", ex=SECONDS)
        return made

    async def take(self, terminal: Terminal, nonce: str) -> None:
        """Use it up: of many at once one has it. Raises CardReadingUnknown."""
        with reaching_cache():
            if not await self._cache.delete(_place(terminal, nonce)):
                raise CardReadingUnknown()


def _place(terminal: Terminal, nonce: str) -> str:
    return f"card-reading:{hashlib.sha256(f'{terminal.client}|{nonce}'.encode()).hexdigest()}"
