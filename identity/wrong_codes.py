"""How often a network may be wrong with a code that nobody is signed in for."""

from redis.asyncio import Redis

from config.cache import reaching_cache
from identity.attempts import Attempts, network_of
from identity.errors import TooManyFromAddress
from identity.vault import Vault

WRONG_AN_HOUR = 30
_HOUR = 3600


class WrongCodes:
    """``name``: what the codes are for; each purpose has its own count."""

    def __init__(self, cache: Redis, vault: Vault, attempts: Attempts, name: str):
        self._cache = cache
        self._vault = vault
        self._attempts = attempts
        self._name = name

    async def count(self, address: str) -> None:
        """Before the code is looked at. Raises TooManyFromAddress or CacheUnavailable."""
        await self._attempts.pace(address)
        key = self._key(address)
        with reaching_cache():
            async with self._cache.pipeline(transaction=True) as pipe:
                pipe.incr(key)
                pipe.expire(key, _HOUR, nx=True)
                pipe.ttl(key)
                count, _, left = await pipe.execute()
        if count > WRONG_AN_HOUR:
            raise TooManyFromAddress(retry_after=max(1, left))

    async def forgive(self, address: str) -> None:
        """It was a right one."""
        with reaching_cache():
            await self._cache.decr(self._key(address))

    def _key(self, address: str) -> str:
        return f"{self._name}:{self._vault.anchor('address', network_of(address))}"
