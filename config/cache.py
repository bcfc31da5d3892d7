"""Valkey (or Redis): the client, its limits, and its faults.

It may be emptied at any time: nothing that must last lives here.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from redis.exceptions import (
    BusyLoadingError,
    ConnectionError,
    ReadOnlyError,
    TimeoutError,
    TryAgainError,
)

from config.errors import CacheUnavailable
from config.settings import Settings

CONNECT_SECONDS = 0.5
ANSWER_SECONDS = 1.0
FREE_SECONDS = 1.0  # how long to wait for a connection of the pool

_AWAY = (ConnectionError, TimeoutError, OSError, BusyLoadingError, ReadOnlyError, TryAgainError)


def url(settings: Settings) -> str:
    """REDIS_URL, or the embedded server's socket when it is empty."""
    if given := settings.redis_url.get_secret_value():
        return given
    from config import embedded  # noqa: PLC0415  # never loaded where real servers are used

    return embedded.valkey_url(settings.data_folder)


def connect(settings: Settings) -> Redis:
    """A client with a capped pool; opens its connections at first use, close with ``aclose()``.

    One quick retry hides a restart that is already over; a server that is gone is reported
    within three seconds. The pool waits instead of failing when all connections are taken:
    redis-py's own default raises above 100 callers.
    """
    pool = BlockingConnectionPool.from_url(
        url(settings),
        max_connections=settings.cache_connections,
        timeout=FREE_SECONDS,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        retry=Retry(ConstantBackoff(0.02), 1),
        client_name="zhiban",
    )
    return Redis.from_pool(pool)


@contextmanager
def reaching_cache() -> Iterator[None]:
    """Turn "Valkey does not answer" into CacheUnavailable; let everything else pass."""
    try:
        yield
    except _AWAY as fault:
        raise CacheUnavailable(type(fault).__name__, retry_after=2) from fault
