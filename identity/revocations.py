"""Ended sessions and single tokens, known to every worker within a second (``identity.news``).

A worker keeps what ended lately in memory. While it cannot hear it asks PostgreSQL for every
token.
"""

import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

from config.database import reaching_database
from identity.errors import SessionEnded
from identity.models import EndedToken, Session
from identity.news import News

CHANNEL = "sessions-ended"
_MEMORY = timedelta(minutes=15)  # longer than any access token lives


class Revocations:
    """``check`` on every request, ``announce`` after something ended and was committed."""

    def __init__(self, news: News):
        self._news = news
        self._ended: dict[UUID, float] = {}
        news.on(CHANNEL, lambda word: self._remember(UUID(word)))
        news.on_begin(self._load)

    async def check(self, session: UUID | None, token: UUID | None = None) -> None:
        """Raise SessionEnded if the session is over, or this one token by its ``jti``;
        DatabaseUnavailable if nobody can say. Either may be absent.
        """
        if session in self._ended or token in self._ended:
            raise SessionEnded()
        if not self._news.hearing:
            await self._ask_database(session, token)

    async def announce(self, *ended: UUID) -> None:
        """Tell every worker of sessions, or tokens by ``jti``, whose end is committed."""
        await self._news.say(CHANNEL, *map(str, ended))

    async def _ask_database(self, session: UUID | None, token: UUID | None) -> None:
        with reaching_database():
            over = session and not await Session.filter(id=session, ended_at__isnull=True).exists()
            over = over or (token and await EndedToken.filter(id=token).exists())
        if over:
            raise SessionEnded()

    def _remember(self, ended: UUID) -> None:
        """Newest last, so that what no token can name any more falls off the front."""
        self._ended.pop(ended, None)
        self._ended[ended] = time.monotonic()
        horizon = time.monotonic() - _MEMORY.total_seconds()
        while self._ended[first := next(iter(self._ended))] < horizon:
            del self._ended[first]

    async def _load(self) -> None:
        """Read what ended lately, so that nothing published while we were deaf is missed."""
        now = datetime.now(UTC)
        with reaching_database():
            rows = await Session.filter(ended_at__gte=now - _MEMORY).values_list("id", flat=True)
            tokens = await EndedToken.filter(expires_at__gte=now).values_list("id", flat=True)
        for row in [*rows, *tokens]:
            self._remember(UUID(str(row)))
