"""Budgets of tries on a test's own engines: misses, waits and what stays open."""

from uuid import UUID

import pytest
from tortoise.transactions import in_transaction

from config.settings import Settings
from identity.attempts import Attempts
from identity.documents import parse
from identity.errors import TryBudgetSpent, TryTooSoon
from tests.support.session_parts import SessionParts, a_resident

NUMBER = parse("resident-id", "11010519491231002X")
OTHER = parse("resident-id", "440524188001010014")


class Budgets:
    """A worker's budgets: five a number, ten a device or person; a number waits from the second."""

    def __init__(self, parts: SessionParts, settings: Settings):
        self.parts = parts
        self.settings = settings
        self.room = Attempts(parts.cache, parts.vault, settings)

    def without_waits(self) -> "Budgets":
        return Budgets(self.parts, self.settings.model_copy(update={"try_waits": ()}))

    async def miss(self, number=NUMBER, device="a", resident: UUID | None = None) -> None:
        """A judged mismatch."""
        async with (
            self.room.reserved(number, device, resident, "203.0.113.7") as attempt,
            in_transaction() as connection,
        ):
            await attempt.spend(connection)

    async def closed(
        self, number=NUMBER, device="a", resident: UUID | None = None, why=TryBudgetSpent
    ) -> int:
        """Seconds until it opens again; fails when it is open."""
        with pytest.raises(why) as caught:
            async with self.room.reserved(number, device, resident):
                pass
        assert type(caught.value) is why
        assert "face" not in caught.value.facts["ways"] and caught.value.facts["ways"]
        return int(caught.value.headers["Retry-After"])

    async def waits(self, number=NUMBER, device="a", resident: UUID | None = None) -> int:
        return await self.closed(number, device, resident, TryTooSoon)

    async def signed_in(self, device: str) -> UUID:
        """A resident who has been here with this device."""
        resident = await a_resident()
        digest = self.parts.vault.digest("device", device)
        async with in_transaction() as connection:
            await self.parts.sessions.open(
                connection, resident, device=digest, device_name="", acr="4", amr=["face"]
            )
        return resident

    async def open(self, number=NUMBER, device="a", resident: UUID | None = None) -> None:
        async with self.room.reserved(number, device, resident):
            pass
