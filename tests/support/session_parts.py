"""The parts behind tokens and sessions, built on a test's own engines."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from redis.asyncio import Redis
from tortoise.transactions import in_transaction

from config import cache as cache_room
from config.settings import Settings
from identity.keys import SigningKeys
from identity.models import Resident
from identity.news import News
from identity.oauth.callers import Callers
from identity.partners.registry import Registry
from identity.revocations import Revocations
from identity.sessions import Opened, Sessions
from identity.tokens import Tokens
from identity.vault import Vault


@dataclass(frozen=True)
class SessionParts:
    """What one worker holds."""

    vault: Vault
    keys: SigningKeys
    news: News
    revocations: Revocations
    registry: Registry
    sessions: Sessions
    tokens: Tokens
    cache: Redis

    async def sign_in(self, resident: UUID, *, acr: str = "4") -> Opened:
        """A session as a verification opens it."""
        async with in_transaction() as connection:
            return await self.sessions.open(
                connection,
                resident,
                device="d" * 64,
                device_name="a phone",
                acr=acr,
                amr=["face"],
            )


@asynccontextmanager
async def a_worker(settings: Settings) -> AsyncIterator[SessionParts]:
    """One worker's parts, listening; several may share the engines of a test."""
    cache = cache_room.connect(settings)
    vault = Vault.from_settings(settings)
    news = News(cache)
    revocations, registry = Revocations(news), Registry(news)
    keys = SigningKeys(vault)
    await news.start()
    try:
        yield SessionParts(
            vault,
            keys,
            news,
            revocations,
            registry,
            Sessions(vault, revocations, settings),
            Tokens(keys, revocations, settings, Callers(registry, cache, vault)),
            cache,
        )
    finally:
        await news.stop()
        await cache.aclose()


async def a_resident(id: UUID | None = None) -> UUID:
    """A proofed resident without documents: enough for sessions."""
    now = datetime.now(UTC)
    row = await Resident.create(
        id=id or uuid4(), proofed=4, proofed_at=now, proofed_until=now + timedelta(days=730)
    )
    return UUID(str(row.id))
