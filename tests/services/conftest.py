"""A counter to be served at: real Valkey, real HTTP to offices that the test lays out."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest

from config import cache as cache_room
from config.settings import Settings
from identity.person import Person
from identity.vault import Vault
from services import offices
from services.catalogue import Catalogue
from services.department import Department
from services.desk import Answered, Desk
from tests.conftest import settings_on
from tests.services.counter import Office, Revealing, Writing, caller, opened, patient, resident
from tests.support.engines import Engines

FUND, BUREAU = "provident-fund", "social-insurance"
_PATIENCE = 12  # times a service's own deadline: a busy machine is no slow department


@cache
def of_the_house() -> Catalogue:
    """Read once: these tests edit nothing in it."""
    return Catalogue.load()


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
        who, asked = who or caller(self.person.resident), self.catalogue.service(service)
        asked = replace(asked, deadline=asked.deadline * _PATIENCE)
        return await self.desk.answer(asked, who, question, locale)


Opening = Callable[..., Awaitable[Counter]]


@pytest.fixture
async def desk_settings(engines: Engines, run_folder: Path) -> AsyncIterator[Settings]:
    """Settings of a desk that writes nothing down: an empty Valkey, and nobody's database."""
    made = settings_on("postgres://nobody@127.0.0.1:1/none", engines.redis_url, run_folder)
    client = cache_room.connect(made)
    await client.flushdb()
    await client.aclose()
    yield made


@pytest.fixture
async def opening(
    desk_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Opening]:
    """Open a counter whose departments are the offices given by id."""
    settings, cache = desk_settings, cache_room.connect(desk_settings)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(cache.aclose)

        async def open_counter(*folders: Path, clock=None, **named: Office) -> Counter:
            for name, office in named.items():
                await stack.enter_async_context(opened(office))
                monkeypatch.setenv(f"{name.upper()}_URL", office.url)
            catalogue = Catalogue.load(*folders) if folders else of_the_house()
            departments = await stack.enter_async_context(offices.opened(catalogue, settings))
            patient(departments)
            person = resident()
            residents, audit = Revealing(person), Writing()
            vault = Vault.from_settings(settings)
            others = {"clock": clock} if clock else {}
            desk = Desk(departments, residents, audit, cache, vault, **others)
            return Counter(desk, catalogue, departments, person, residents, audit)

        yield open_counter
