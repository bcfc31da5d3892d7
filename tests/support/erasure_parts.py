"""Erasure on a test's own engines, and two residents who have to do with each other."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

from config.settings import Settings
from identity.erasure import Erasures
from identity.models import Resident
from services.holdings import everything
from tests.support.everything_held import caller_of, fill
from tests.support.minors import born_years_ago, number_of
from tests.support.people import Admitted, admit
from tests.support.session_parts import SessionParts, a_worker

NAME, OTHERS_NAME = "欧阳修远", "司马清平"


class House:
    """A worker, the registry, and two residents who have to do with each other."""

    def __init__(self, settings: Settings, worker: SessionParts, who: Admitted, other: Admitted):
        self.settings, self.worker, self.who, self.other = settings, worker, who, other
        self.holdings = everything(worker.vault)

    @property
    def erasures(self) -> Erasures:
        return Erasures(self.holdings, self.worker.sessions, self.settings)

    @property
    def resident(self) -> UUID:
        return self.who.resident

    async def ask(self) -> None:
        await self.erasures.ask(caller_of(self.resident))

    async def fall_due(self) -> None:
        await self.ask()
        await Resident.filter(id=self.resident).update(erase_after=datetime.now(UTC))


@asynccontextmanager
async def a_house(settings: Settings) -> AsyncIterator[House]:
    """Everything is held of both."""
    async with a_worker(settings) as worker:
        who = await admit(settings, NAME, number_of(born_years_ago(40)).value)
        other = await admit(settings, OTHERS_NAME, number_of(born_years_ago(41), 2).value)
        made = House(settings, worker, who, other)
        await fill(worker, who, other)
        yield made
