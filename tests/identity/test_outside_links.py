"""Whose outside identity it is: not another issuer's, not without consent, not two people's."""

import asyncio
from uuid import UUID, uuid4

import pytest
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.settings import Settings
from identity import consent
from identity.models import OutsideIdentity
from identity.outside.links import Links
from identity.vault import Vault
from tests.conftest import fresh_key

ISSUER = "https://id.example.gov.cn"


@pytest.fixture
def links(settings: Settings, database: TortoiseContext) -> Links:
    return Links(Vault.from_settings(settings), ISSUER)


async def linked(links: Links, subject: str, resident: UUID) -> bool:
    async with in_transaction() as connection:
        await consent.give(connection, resident, consent.NETWORK, locale="en", channel="web")
        return await links.make(connection, subject, resident)


async def test_nobody_is_known_before(links: Links):
    assert await links.find("somebody") is None


async def test_the_same_name_at_another_issuer_is_somebody_else(links: Links, settings: Settings):
    await linked(links, "somebody", uuid4())
    other = Links(Vault.from_settings(settings), "https://elsewhere.example")
    assert await other.find("somebody") is None


async def test_without_consent_a_link_is_none(links: Links):
    async with in_transaction() as connection:
        await links.make(connection, "somebody", uuid4())
    assert await links.find("somebody") is None


async def test_a_link_is_made_once(links: Links):
    resident = uuid4()
    assert await linked(links, "somebody", resident) is True
    assert await linked(links, "somebody", resident) is False
    assert await links.find("somebody") == resident
    assert await OutsideIdentity.all().count() == 1


async def test_a_link_follows_whom_the_provider_matched_last(links: Links):
    before, now = uuid4(), uuid4()
    await linked(links, "somebody", before)
    assert await linked(links, "somebody", now) is True
    assert await links.find("somebody") == now
    assert await OutsideIdentity.all().count() == 1


async def test_many_at_once_make_one_link(links: Links):
    resident = uuid4()
    await asyncio.gather(*(linked(links, "somebody", resident) for _ in range(8)))
    assert await OutsideIdentity.all().count() == 1
    assert await links.find("somebody") == resident


async def test_a_new_index_key_still_finds_it(settings: Settings, database: TortoiseContext):
    resident, old = uuid4(), settings.index_keys.get_secret_value()
    await linked(Links(Vault.from_settings(settings), ISSUER), "somebody", resident)
    seal = settings.seal_keys.get_secret_value()
    rotated = Settings(
        _env_file=None,  # type: ignore[call-arg]
        data_folder=settings.data_folder,
        seal_keys=seal,  # type: ignore[arg-type]
        index_keys=f"{old},2:{fresh_key()}",  # type: ignore[arg-type]
    )
    links = Links(Vault.from_settings(rotated), ISSUER)
    assert await links.find("somebody") == resident
    assert await linked(links, "somebody", resident) is False


async def test_what_is_kept_is_a_digest(links: Links):
    await linked(links, "somebody", uuid4())
    row = await OutsideIdentity.get()
    assert len(row.subject) == 64 and "somebody" not in row.subject
    assert len(row.issuer) == 32 and "example" not in row.issuer
