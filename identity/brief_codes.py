"""Check codes of messages that no list keeps, such as a code to type in: known for a day.

They lapse by themselves in Valkey and say the same as the code of a kept message: which kind it
was and on which day, and to whoever is signed in whether it was theirs.
"""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from redis.asyncio import Redis

from config.cache import reaching_cache
from identity import notices, written_codes
from identity.vault import Vault

KNOWN_FOR = timedelta(days=1)


@dataclass(frozen=True)
class Brief:
    """``whose``: the resident's digest; ``sent_on``: a day in China."""

    kind: str
    whose: str
    sent_on: date


class BriefCodes:
    def __init__(self, cache: Redis, vault: Vault):
        self._cache = cache
        self._vault = vault

    async def made(self, kind: str, resident: UUID) -> str:
        """A code for a message that is about to go out. Raises CacheUnavailable."""
        code = written_codes.drawn(notices.CHECK_LENGTH)
        day = notices.local_day(datetime.now(UTC)).isoformat()
        with reaching_cache():
            await self._cache.set(
                self._name(code), json.dumps([kind, self.whose(resident), day]), ex=KNOWN_FOR
            )
        return written_codes.grouped(code)

    async def found(self, plain_code: str) -> Brief | None:
        """What the code stood in, if that was lately. Raises CacheUnavailable."""
        with reaching_cache():
            kept = await self._cache.get(self._name(plain_code))
        if kept is None:
            return None
        kind, whose, day = json.loads(kept)
        return Brief(kind, whose, date.fromisoformat(day))

    def whose(self, resident: UUID) -> str:
        return self._vault.anchor("message-to", str(resident))

    def _name(self, plain_code: str) -> str:
        return f"message-code:{self._vault.anchor(notices.CHECK, plain_code)}"
