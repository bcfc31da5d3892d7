"""How much a client may ask: a rate a minute and a quota a day, counted in Valkey.

A confidential client is counted by its name, after it has proven itself. A public client's name
proves nothing, so it is counted by name and address: nobody can use up what is somebody else's.
What is counted may be lost with Valkey; it guards our strength and no secret.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from redis.asyncio import Redis

from config import logs
from config.cache import reaching_cache
from config.errors import CacheUnavailable, Throttled
from identity.attempts import network_of
from identity.caller import OWN_APP, Caller, CallerKind
from identity.partners.client import Client
from identity.partners.registry import Registry
from identity.replays import Counter
from identity.vault import Vault

log = logs.get("partners")
_MINUTE, _DAY = 60, 24 * 3600
MOST_CHANGES = 30  # a minute, of one client or with one invitation
_HERE = timezone(timedelta(hours=8))  # a day is a day in China


class ClientTooOften(Throttled):
    code = "client-too-often"


@dataclass(frozen=True)
class Usage:
    """Requests counted in the present minute and on the present day."""

    minute: int
    today: int


class Quotas:
    """``counters`` where Valkey is asked for something else too, ``spend`` where it is not."""

    def __init__(self, cache: Redis, vault: Vault, now: Callable[[], float] = time.time):
        self._cache = cache
        self._vault = vault
        self._now = now

    def counters(self, client: Client, address: str) -> tuple[Counter, Counter]:
        """What to count with a request (``identity.replays``); hand the counts to ``check``."""
        return _counters(self._payer(client, address), self._now())

    async def spend(self, client: Client, address: str) -> None:
        """Count a request. Raises ClientTooOften or CacheUnavailable."""
        with reaching_cache():
            async with self._cache.pipeline(transaction=False) as pipe:
                for counter in self.counters(client, address):
                    pipe.incr(counter.name)
                    pipe.expire(counter.name, counter.seconds)
                answers = await pipe.execute()
        check(client, answers[::2])

    async def spend_change(self, of: str) -> None:
        """Count what a client says of itself, or somebody invited (``of``: who): each time its own
        servers are asked, and nobody is to be flooded through us. Raises ClientTooOften; while
        nobody can count, nobody is refused.
        """
        minute = int(self._now()) // _MINUTE
        name = f"changes:{of}:{minute}"
        try:
            with reaching_cache():
                count = await self._cache.incr(name)
                await self._cache.expire(name, 2 * _MINUTE)
        except CacheUnavailable:
            log.warning("not-counted", client=of)
            return
        if count > MOST_CHANGES:
            raise ClientTooOften("says too much of itself", retry_after=_MINUTE)

    async def usage(self, client: Client) -> Usage:
        """Of a confidential client; a public one is counted nowhere as a whole.

        Raises CacheUnavailable.
        """
        with reaching_cache():
            names = [counter.name for counter in _counters(client.id, self._now())]
            counted = await self._cache.mget(names)
        return Usage(*(int(each or 0) for each in counted))

    def _payer(self, client: Client, address: str) -> str:
        if client.confidential:
            return client.id
        return f"{client.id}:{self._vault.anchor('address', network_of(address))}"


class Pace:
    """The counting of a client that comes with an access token, at whatever route."""

    def __init__(self, registry: Registry, quotas: Quotas):
        self._registry = registry
        self._quotas = quotas

    async def keep(self, caller: Caller, address: str) -> None:
        """Raises ClientTooOften. While nobody can count, nobody is refused."""
        if caller.client in ("", OWN_APP) or caller.kind is CallerKind.STAFF:
            return
        client = await self._registry.client(caller.client)
        if client is None:
            return
        try:
            await self._quotas.spend(client, address)
        except CacheUnavailable:
            log.warning("not-counted", client=client.id)


def check(client: Client, counts: Sequence[int]) -> None:
    """Raises ClientTooOften, which says when to come back (RFC 6585 §4)."""
    now = time.time()
    minute, today = counts
    if today > client.quota:
        raise ClientTooOften("over its quota of the day", retry_after=_seconds_of_day_left(now))
    if minute > client.rate:
        raise ClientTooOften("over its rate", retry_after=_MINUTE - int(now) % _MINUTE)


def _counters(payer: str, now: float) -> tuple[Counter, Counter]:
    minute = int(now) // _MINUTE
    return (
        Counter(f"rate:{payer}:{minute}", 2 * _MINUTE),
        Counter(f"quota:{payer}:{_day_of(minute)}", _DAY + _MINUTE),
    )


@lru_cache(4)
def _day_of(minute: int) -> str:
    here = datetime.fromtimestamp(minute * _MINUTE, UTC).astimezone(_HERE)
    return f"{here:%Y%m%d}"


def _seconds_of_day_left(now: float) -> int:
    here = datetime.fromtimestamp(now, UTC).astimezone(_HERE)
    tomorrow = (here + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return int((tomorrow - here).total_seconds()) + 1
