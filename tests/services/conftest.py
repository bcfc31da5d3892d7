"""A counter to be served at: real Valkey, real HTTP to offices that the test lays out."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis.asyncio import Redis

from config.settings import Settings
from identity.person import Person
from identity.vault import Vault
from services import offices
from services.catalogue import Catalogue
from services.department import Department
from services.desk import Answered, Desk
from tests.services.counter import Office, Revealing, Writing, caller, opened, resident

FUND, BUREAU = "provident-fund", "social-insurance"


@dataclass
class Counter:
    """One desk and everything around it."""

    desk: Desk
    catalogue: Catalogue
    departments: Mapping[str, Department]
    person: Person
    residents: Revealing
    audit: Writing

    async def ask(self, service: str, *, locale: str = "en", who=None, **question) -> Answered:
        """Ask as the resident in our own app, unless another caller is given."""
        who = who or caller(self.person.resident)
        return await self.desk.answer(self.catalogue.service(service), who, question, locale)


Opening = Callable[..., Awaitable[Counter]]


@pytest.fixture
async def opening(
    settings: Settings, cache: Redis, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Opening]:
    """Open a counter whose departments are the offices given by id."""
    async with AsyncExitStack() as stack:

        async def open_counter(*folders: Path, clock=None, **named: Office) -> Counter:
            for name, office in named.items():
                await stack.enter_async_context(opened(office))
                monkeypatch.setenv(f"{name.upper()}_URL", office.url)
            catalogue = Catalogue.load(*folders)
            departments = await stack.enter_async_context(offices.opened(catalogue, settings))
            person = resident()
            residents, audit = Revealing(person), Writing()
            vault = Vault.from_settings(settings)
            others = {"clock": clock} if clock else {}
            desk = Desk(departments, residents, audit, cache, vault, **others)
            return Counter(desk, catalogue, departments, person, residents, audit)

        yield open_counter
