"""Tortoise's PostgreSQL engine with a pool of ours: any libpq address, and no wait without an end.

Tortoise waits for ever for a free connection and for a statement that never answers; here
every step has a limit, so that a server that is gone or hung is noticed within three seconds.
Tortoise's migrations choose their dialect by the word asyncpg in this module's name.
"""

from typing import Any

import asyncpg
from asyncpg.pool import Pool
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import (
    TransactionalDBClient,
    TransactionContext,
    TransactionContextPooled,
)
from tortoise.connection import get_connections

CONNECT_SECONDS = 1.5
ACQUIRE_SECONDS = 1.5  # includes connecting
STATEMENT_SECONDS = 2.0
RELEASE_SECONDS = 0.5
IDLE_SECONDS = 300.0
_BROKEN = (
    OSError,  # TimeoutError is one
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)

NAMED = {"application_name": "zhiban"}
LIMITS = {
    # The server gives up too, when we are no longer there to cancel.
    "statement_timeout": "5s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "10s",
}


async def _nothing_to_reset(_connection: Any) -> None:
    """No one sets session state on a pooled connection, so a reset would be a lost round trip.

    asyncpg itself still rolls back a transaction left open before it calls this.
    """


class LimitedPool(Pool):  # type: ignore[misc]  # asyncpg carries no types
    """asyncpg's pool, with limits where its callers in Tortoise give none."""

    async def _acquire(self, timeout: float | None) -> Any:  # noqa: ASYNC109
        return await super()._acquire(ACQUIRE_SECONDS if timeout is None else timeout)

    async def release(self, connection: Any, *, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """A connection that cannot be returned in time is thrown away; the caller is not told.

        What the caller asked for has succeeded or failed before this point.
        """
        limit = RELEASE_SECONDS if timeout is None else timeout
        try:
            await super().release(connection, timeout=limit)
        except _BROKEN:
            return


class Whole(TransactionContextPooled):
    """Tortoise never leaves a transaction whose BEGIN failed: its connection is not returned, and
    whatever the same task asks later is asked of it, for ever, however well the server is by then.
    """

    async def __aenter__(self) -> TransactionalDBClient:
        try:
            return await super().__aenter__()
        except BaseException:
            if hasattr(self, "token"):  # it stands in the task's context already
                get_connections().reset(self.token)
                await self.client._parent._pool.release(self.client._connection)
            raise


class Client(AsyncpgDBClient):
    """Takes ``dsn`` whole, so that asyncpg reads sockets, sslmode and the rest by libpq's rules."""

    async def create_pool(self, **given: Any) -> Pool:
        return await LimitedPool(
            given["dsn"],
            min_size=given["min_size"],
            max_size=given["max_size"],
            max_queries=50_000,
            max_inactive_connection_lifetime=IDLE_SECONDS,
            connection_class=asyncpg.Connection,
            record_class=asyncpg.Record,
            connect=None,
            setup=None,
            init=None,
            reset=_nothing_to_reset,
            loop=None,
            timeout=CONNECT_SECONDS,
            # A migration may take as long as it takes.
            command_timeout=None if given.get("patient") else STATEMENT_SECONDS,
            server_settings=NAMED if given.get("patient") else NAMED | LIMITS,
        )

    def _in_transaction(self) -> TransactionContext:
        return Whole(TransactionWrapper(self), self._pool_init_lock)


client_class = Client
