"""Keys rotate while the house works: nothing is lost, everything arrives, a kill costs a batch."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import pytest
from tortoise import Tortoise
from tortoise.context import TortoiseContext
from tortoise.fields import CharField
from tortoise.transactions import in_transaction

from config.settings import Settings
from identity import rekeying
from identity.models import BoundDevice, Document, DocumentIndex, Resealing, Session, VaultKey
from identity.person import IdNumber
from identity.rekeying import DIGESTS, KeyNotInForce
from identity.residents import Residents
from identity.vault import DIGITS, Vault
from identity.vault_keys import Ring, VaultKeys
from tests.support.log_capture import personal
from tests.support.session_parts import a_resident, a_worker

# Columns of 64 characters that hold no digest of the index, and what they hold.
OTHERS = {
    "agreed_text": {"digest"},  # SHA-256 of a public text
    "application": {"service"},
    "application_event": {"actor"},  # a UUID or a code
    "figure": {"service"},
    "issued_paper": {"service", "department", "sha256"},  # of a PDF that is not kept
    "issuer_key": {"kid", "department", "issuer_kid"},  # thumbprints of public keys
    "signature": {"service", "sha256", "amr"},  # of the document, shown to whom it belongs
    "item_edit": {"item"},
    "item_use": {"item"},
    "ledger_movement": {"about"},  # a number of a payment or refund
    "payment": {"payee", "service"},  # codes
    "payment_charge": {"transaction"},  # the provider's number
    "payment_difference": {"transaction"},
    "payment_refund": {"transaction"},
    "quote": {"service"},
    "medical_bill": {"client", "settlement"},  # a partner; the office's number of a settlement
    "material": {"sha256"},  # of the content, shown to whom it belongs
    "progress": {"name", "fault"},
    "rating": {"service"},
    "search_miss": {"words"},  # of nobody in particular
    "supplement": {"asked_by"},  # a UUID or a code
    "ticket": {"service", "field", "answer"},  # codes
    "audit_event": {"event", "actor", "client", "purpose", "service", "outcome"},  # codes, UUIDs
    "authorization_code": {"digest", "client", "amr"},  # SHA-256 of 256 random bits
    "consent": {"purpose", "text_hash"},  # a code; SHA-256 of a public text
    "correction": {"field", "answer"},  # codes
    "ended_token": {"client"},
    "invitation": {"digest"},  # SHA-256 of 256 random bits
    "kiosk": {"client"},
    "partner": {"id", "registration_token"},  # SHA-256 of 256 random bits
    "partner_grant": {"client", "purpose", "text_hash"},
    "refresh_token": {"digest", "proof"},  # SHA-256 of 256 random bits; a key's thumbprint
    "resealing": {"place", "reached"},
    "session": {"client", "amr"},
    "staff_account": {"login"},
    "staff_session": {"digest"},  # SHA-256 of 256 random bits
}


@pytest.fixture
def quick(settings: Settings) -> Settings:
    return settings.model_copy(update={"key_lead_seconds": 1})


@asynccontextmanager
async def a_vault(settings: Settings) -> AsyncIterator[tuple[Vault, VaultKeys]]:
    """One process's vault, kept up to date."""
    vault = Vault.from_settings(settings)
    keys = VaultKeys(vault, settings)
    await keys.start()
    try:
        yield vault, keys
    finally:
        await keys.stop()


async def in_force(vault: Vault, ring: Ring, version: int) -> None:
    for _ in range(100):
        if vault.versions[ring] == version:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the key never came into force")


async def moved(vault: Vault, keys: VaultKeys, ring: Ring, version: int) -> None:
    """Both turns of the job, as the worker would do them."""
    await in_force(vault, ring, version)
    for turn in (1, 2):
        await rekeying.move(vault, keys, {"ring": ring, "version": version, "turn": turn})


def numbers(many: int) -> list[IdNumber]:
    return [IdNumber(personal(f"44010119900101{place:03d}X")) for place in range(many)]


async def admitted(residents: Residents, many: int) -> dict[UUID, IdNumber]:
    made = {}
    for number in numbers(many):
        async with in_transaction() as connection:
            resident = await residents.admit(connection, number, "欧阳可见", 4)
        made[UUID(str(resident.id))] = number
    return made


def test_every_column_of_a_digest_is_known(database: TortoiseContext) -> None:
    for model in (one for app in Tortoise.apps.values() for one in app.values()):
        fields = model._meta.fields_map.items()
        long = {n for n, f in fields if isinstance(f, CharField) and f.max_length == DIGITS}
        table = model._meta.db_table
        assert long - {"kind"} == set(DIGESTS.get(table, ())) | OTHERS.get(table, set()), table


def test_every_sealed_column_is_moved(database: TortoiseContext) -> None:
    places = {column.place for column in rekeying.columns("seal")}
    assert {
        "document.number_sealed",
        "document.name_sealed",
        "signing_key.private_sealed",
    } <= places


async def test_a_job_that_comes_before_its_key_is_tried_again(
    settings: Settings, database: TortoiseContext
) -> None:
    async with a_vault(settings) as (vault, keys):  # a lead of a minute
        version = await rekeying.rotate(keys, "seal")
        with pytest.raises(KeyNotInForce):
            await rekeying.move(vault, keys, {"ring": "seal", "version": version, "turn": 1})


async def test_a_key_is_known_to_all_before_anybody_seals_with_it(
    quick: Settings, database: TortoiseContext
) -> None:
    async with a_vault(quick) as (one, keys), a_vault(quick) as (other, _):
        version = await rekeying.rotate(keys, "seal")
        await keys.read()
        assert one.versions["seal"] < version
        await in_force(one, "seal", version)
        sealed = one.seal(b"secret", "document.number:1")
        assert sealed[0] == version
        assert other.open(sealed, "document.number:1") == b"secret"


async def test_sealed_values_move_to_the_new_key(
    quick: Settings, database: TortoiseContext
) -> None:
    async with a_vault(quick) as (vault, keys):
        residents = Residents(vault)
        people = await admitted(residents, 5)
        await moved(vault, keys, "seal", await rekeying.rotate(keys, "seal"))
        for row in await Document.all():
            assert (row.number_sealed[0], row.name_sealed[0]) == (2, 2)
        for resident, number in people.items():
            assert (await residents.reveal(resident)).number == number
        assert all(line.finished for line in await rekeying.progress())
        assert await VaultKey.filter(ring="seal", older_gone_at__isnull=False).count() == 1


async def test_an_index_moves_without_opening_anything_and_finds_everybody(
    quick: Settings, database: TortoiseContext
) -> None:
    async with a_vault(quick) as (vault, keys), a_worker(quick) as worker:
        residents = Residents(vault)
        people = await admitted(residents, 5)
        signed_in = await worker.sign_in(await a_resident())
        device = vault.digest("device", "a-device")
        await Session.filter(id=signed_in.session.id).update(device=device)
        version = await rekeying.rotate(keys, "index")
        await moved(vault, keys, "index", version)
        rows = await DocumentIndex.all()
        assert {(row.key_version, row.digest[:2]) for row in rows} == {(2, "02")}
        assert len(rows) == len(people)
        for resident, number in people.items():
            assert await residents.find(number) == resident
        await keys.read()
        (known,) = vault.digests("device", "a-device").values()  # the old key is retired
        assert (await Session.get(id=signed_in.session.id)).device == known


async def test_who_is_admitted_during_a_rotation_is_admitted_once(
    quick: Settings, database: TortoiseContext
) -> None:
    async with a_vault(quick) as (late, _), a_vault(quick) as (early, keys):
        (number,) = numbers(1)
        version = await rekeying.rotate(keys, "index")
        await keys.read()  # the other has not read yet

        async def admit(vault: Vault) -> str:
            async with in_transaction() as connection:
                return str((await Residents(vault).admit(connection, number, "张三", 4)).id)

        first, second = await asyncio.gather(admit(early), admit(late))
        assert first == second
        await moved(early, keys, "index", version)
        assert str(await Residents(early).find(number)) == first
        assert await DocumentIndex.filter(key_version=1).count() == 0


async def test_a_job_that_was_killed_goes_on_where_it_stopped(
    quick: Settings, database: TortoiseContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rekeying, "BATCH", 3)
    async with a_vault(quick) as (vault, keys):
        residents = Residents(vault)
        people = await admitted(residents, 10)
        version = await rekeying.rotate(keys, "seal")
        await in_force(vault, "seal", version)
        job = asyncio.create_task(
            rekeying.move(vault, keys, {"ring": "seal", "version": version, "turn": 1})
        )
        while not await Resealing.filter(done__gt=0).exists():  # noqa: ASYNC110
            await asyncio.sleep(0)
        job.cancel()
        await asyncio.gather(job, return_exceptions=True)
        await moved(vault, keys, "seal", version)
        for resident, number in people.items():
            assert (await residents.reveal(resident)).number == number
        assert {row.number_sealed[0] for row in await Document.all()} == {version}


async def test_other_marks_of_a_column_stay_as_they_are(
    quick: Settings, database: TortoiseContext
) -> None:
    async with a_vault(quick) as (vault, keys):
        thumbprint = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"  # RFC 7638 §3.1
        row = await BoundDevice.create(
            id=uuid4(),
            resident_id=await a_resident(),
            kind="key",
            mark=thumbprint,
            device=vault.digest("device", "a-device"),
            device_name="a phone",
            last_used_at="2026-11-21T00:00:00Z",
        )
        await moved(vault, keys, "index", await rekeying.rotate(keys, "index"))
        after = await BoundDevice.get(id=row.id)
        assert (after.mark, after.device[:2]) == (thumbprint, "02")


async def test_a_clash_of_settings_and_database_closes_the_vault(
    quick: Settings, database: TortoiseContext
) -> None:
    async with a_vault(quick) as (_, keys):
        await rekeying.rotate(keys, "seal")
        await VaultKey.all().update(version=1)
        with pytest.raises(ValueError, match="both have key 1"):
            await keys.read()
