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
from identity.revocations import Revocations
from identity.sessions import Opened, Sessions
from identity.tokens import Tokens
from identity.vault import Vault


@dataclass(frozen=True)
class SessionParts:
    """What one worker holds."""

    vault: Vault
    keys: SigningKeys
    revocations: Revocations
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
    revocations = Revocations(cache)
    keys = SigningKeys(vault)
    await revocations.start()
    try:
        yield SessionParts(
            vault,
            keys,
            revocations,
            Sessions(vault, revocations, settings),
            Tokens(keys, revocations, settings),
            cache,
        )
    finally:
        await revocations.stop()
        await cache.aclose()


async def a_resident() -> UUID:
    """A proofed resident without documents: enough for sessions."""
    now = datetime.now(UTC)
    row = await Resident.create(
        id=uuid4(), proofed=4, proofed_at=now, proofed_until=now + timedelta(days=730)
    )
    return UUID(str(row.id))
