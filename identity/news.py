"""What every worker must hear of within a second: by pub/sub, with a sign of life.

A worker may trust its memory only while it ``hearing``s; otherwise it asks PostgreSQL: slower,
never wrong. Rooms say what they remember with ``on`` and what to read again with ``on_begin``.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from config import logs

SILENCE = 1.0  # seconds without a sign of life after which memory is not trusted
_BEAT = 0.3
log = logs.get("news")

Hears = Callable[[str], None]
Begins = Callable[[], Awaitable[None]]


class News:
    """``say`` after a change was committed; whoever is ``on`` its topic hears of it everywhere."""

    def __init__(self, cache: Redis):
        self._cache = cache
        self._hears: dict[str, Hears] = {}
        self._begins: list[Begins] = []
        self._heard_at = float("-inf")
        self._task: asyncio.Task[None] | None = None

    def on(self, topic: str, hears: Hears) -> None:
        """Hear of a topic, one ear a topic; before ``start``."""
        self._hears[topic] = hears

    def on_begin(self, begins: Begins) -> None:
        """Called whenever the ear opens: read what may have been missed."""
        self._begins.append(begins)

    async def start(self) -> None:
        self._task = asyncio.create_task(self._listen_forever(), name="news")

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

    async def say(self, topic: str, *words: str) -> None:
        """Tell every worker, this one first. Those that cannot be told ask the database anyway."""
        for word in words:
            if hears := self._hears.get(topic):
                hears(word)
            try:
                await self._cache.publish(topic, word)
            except (RedisError, OSError) as fault:
                log.warning("announcement-not-sent", fault=type(fault).__name__)

    async def _listen_forever(self) -> None:
        while True:
            try:
                await self._listen()
            except asyncio.CancelledError:
                raise
            except Exception as fault:  # engines come and go; this task must not
                log.warning("not-hearing", fault=type(fault).__name__)
                self._heard_at = float("-inf")  # what is said from here on is missed
            await asyncio.sleep(0.2)

    async def _listen(self) -> None:
        async with self._cache.pubsub() as ear:
            await ear.subscribe(*self._hears)
            for _topic in self._hears:
                await ear.get_message(timeout=SILENCE)  # the confirmations, before we read
            for begins in self._begins:
                await begins()
            self._heard_at = time.monotonic()
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
            self._hears[message["channel"].decode()](message["data"].decode())
