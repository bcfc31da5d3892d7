"""Ended sessions, known to every worker within a second.

A worker keeps the sessions that ended lately in memory and hears of new ones by pub/sub.
While it cannot hear (Valkey gone, or the loop busy) it asks PostgreSQL for every token:
slower, never wrong.
"""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from config import logs
from config.database import reaching_database
from identity.errors import SessionEnded
from identity.models import Session

CHANNEL = "sessions-ended"
SILENCE = 1.0  # seconds without a sign of life after which memory is not trusted
_BEAT = 0.3
_MEMORY = timedelta(minutes=15)  # longer than any access token lives
log = logs.get("revocations")


class Revocations:
    """``check`` on every request, ``announce`` after a session ended and was committed."""

    def __init__(self, cache: Redis):
        self._cache = cache
        self._ended: dict[UUID, float] = {}
        self._heard_at = float("-inf")
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._listen_forever(), name="revocations")

    async def stop(self) -> None:
        """Stop listening. Asked again until heard: redis-py can swallow a cancellation that
        arrives while it opens a connection.
        """
        while self._task and not self._task.done():
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=0.1)

    @property
    def hearing(self) -> bool:
        """Whether memory can be trusted right now."""
        return time.monotonic() - self._heard_at <= SILENCE

    async def check(self, session: UUID) -> None:
        """Raise SessionEnded if the session is over; DatabaseUnavailable if nobody can say."""
        if session in self._ended:
            raise SessionEnded()
        if not self.hearing:
            await self._ask_database(session)

    async def announce(self, *sessions: UUID) -> None:
        """Tell every worker. Workers that cannot be told already ask the database."""
        for session in sessions:
            self._remember(session)
            try:
                await self._cache.publish(CHANNEL, str(session))
            except (RedisError, OSError) as fault:
                log.warning("announcement-not-sent", fault=type(fault).__name__)

    async def _ask_database(self, session: UUID) -> None:
        with reaching_database():
            over = await Session.filter(id=session, ended_at__isnull=True).exists()
        if not over:
            raise SessionEnded()

    def _remember(self, session: UUID) -> None:
        """Newest last, so that what no token can name any more falls off the front."""
        self._ended.pop(session, None)
        self._ended[session] = time.monotonic()
        horizon = time.monotonic() - _MEMORY.total_seconds()
        while self._ended[first := next(iter(self._ended))] < horizon:
            del self._ended[first]

    async def _listen_forever(self) -> None:
        while True:
            try:
                await self._listen()
            except asyncio.CancelledError:
                raise
            except Exception as fault:  # engines come and go; this task must not
                log.warning("not-hearing", fault=type(fault).__name__)
            await asyncio.sleep(0.2)

    async def _listen(self) -> None:
        async with self._cache.pubsub() as ear:
            await ear.subscribe(CHANNEL)
            await ear.get_message(timeout=SILENCE)  # the confirmation, before we load
            await self._load()
            await ear.ping()
            while True:
                await self._hear(ear)

    async def _hear(self, ear: PubSub) -> None:
        message = await ear.get_message(timeout=_BEAT)
        if message is None:
            if time.monotonic() - self._heard_at > SILENCE:
                raise TimeoutError("no sign of life")
            await ear.ping()
            return
        self._heard_at = time.monotonic()
        if message["type"] == "message":
            self._remember(UUID(message["data"].decode()))

    async def _load(self) -> None:
        """Read what ended lately, so that nothing published while we were deaf is missed."""
        since = datetime.now(UTC) - _MEMORY
        with reaching_database():
            rows = await Session.filter(ended_at__gte=since).values_list("id", flat=True)
        for row in rows:
            self._remember(UUID(str(row)))
        self._heard_at = time.monotonic()
