"""Test residents and clients of the sandbox keep among themselves."""

from uuid import UUID

import pytest
from tortoise.context import TortoiseContext

from config.settings import Settings
from identity.oauth.played import Played
from identity.partners.client import Client
from identity.partners.registry import Registry
from identity.residents import Residents
from identity.vault import Vault
from services.sandbox import test_residents
from tests.support.partner_app import an_approved_partner
from tests.support.people import admit
from tests.support.session_parts import a_resident, a_worker

ORDINARY = "11010519491231002X"
ALWAYS = test_residents.ALL[0].person


async def client(registry: Registry, environment: str) -> Client:
    app = await an_approved_partner("http://127.0.0.1:8000", environment=environment)
    found = await registry.client(app.id)
    assert found
    return found


async def residents(settings: Settings) -> dict[str, UUID]:
    """One of each kind; ``nameless`` has no document at all."""
    return {
        "test": (await admit(settings, ALWAYS.name, ALWAYS.number)).resident,
        "ordinary": (await admit(settings, "欧阳修远", ORDINARY)).resident,
        "nameless": await a_resident(),
    }


@pytest.mark.parametrize(
    ("environment", "entering"),
    [("sandbox", {"test"}), ("production", {"ordinary", "nameless"})],
)
async def test_each_client_meets_its_own_residents_only(
    settings: Settings, database: TortoiseContext, environment: str, entering: set[str]
):
    people = await residents(settings)
    played = Played(Residents(Vault.from_settings(settings)), settings)
    async with a_worker(settings) as parts:
        asking = await client(parts.registry, environment)
        let_in = {who for who, id in people.items() if await played.enters(asking, id)}
    assert let_in == entering


async def test_in_production_real_numbers_may_begin_like_a_test_residents(
    settings: Settings, database: TortoiseContext
):
    people = await residents(settings)
    strict = settings.model_copy(update={"environment": "production"})
    played = Played(Residents(Vault.from_settings(settings)), strict)
    async with a_worker(settings) as parts:
        production = await client(parts.registry, "production")
        sandbox = await client(parts.registry, "sandbox")
    assert [await played.enters(production, id) for id in people.values()] == [True] * 3
    assert [await played.enters(sandbox, id) for id in people.values()] == [False] * 3
