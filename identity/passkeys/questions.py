"""The challenge a device must answer: one a session and purpose, used once, two minutes.

In Valkey, which may be emptied: a lost question is asked anew.
"""

import secrets
from uuid import UUID

from redis.asyncio import Redis

from config.cache import reaching_cache
from identity.passkeys.ceremony import PATIENCE
from identity.passkeys.errors import PasskeyTooLate

BIND, PROVE = "bind", "prove"
_BYTES = 32  # WebAuthn §13.4.3 asks for 16 at least


class Questions:
    def __init__(self, cache: Redis):
        self._cache = cache

    async def ask(self, purpose: str, session: UUID) -> bytes:
        """A new challenge, in place of one that stood. Raises CacheUnavailable."""
        challenge = secrets.token_bytes(_BYTES)
        with reaching_cache():
            await self._cache.set(_key(purpose, session), challenge, ex=PATIENCE)
        return challenge

    async def redeem(self, purpose: str, session: UUID) -> bytes:
        """The challenge that stands, once. Raises PasskeyTooLate or CacheUnavailable."""
        with reaching_cache():
            kept = await self._cache.getdel(_key(purpose, session))
        if not isinstance(kept, bytes):
            raise PasskeyTooLate()
        return kept


def _key(purpose: str, session: UUID) -> str:
    return f"passkey:{purpose}:{session}"
