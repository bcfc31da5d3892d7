"""After a freeze one begins anew: what let somebody back in before it does so no more."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.settings import Settings
from identity.freeze import pass_freeze
from identity.models import BoundDevice, Passkey
from tests.support.records import Records, a_records_room, caller_of, card


@pytest.fixture
async def records(settings: Settings, database: TortoiseContext) -> AsyncIterator[Records]:
    async with a_records_room(settings) as made:
        yield made


async def ways_back(resident: UUID) -> None:
    """A device that is remembered and a passkey, as a thief adds them from an unlocked phone."""
    now = datetime.now(UTC)
    await BoundDevice.create(
        id=uuid4(), resident_id=resident, kind="key", mark=uuid4().hex, device="d" * 64,
        device_name="", last_used_at=now,
    )  # fmt: skip
    await Passkey.create(
        id=uuid4(), resident_id=resident, credential=uuid4().hex, public_key=b"", sign_count=0,
        name="", bound_at_level=4, usable_from=now,
    )  # fmt: skip


async def left(resident: UUID) -> int:
    devices = BoundDevice.filter(resident_id=resident, ended_at__isnull=True)
    passkeys = Passkey.filter(resident_id=resident, ended_at__isnull=True)
    return await devices.count() + await passkeys.count()


async def proven(records: Records, *, lift: bool) -> None:
    async with in_transaction() as connection:
        row = await records.residents.admit(connection, card(), "陈晓雯", 4)
        await pass_freeze(connection, row, 4, lift)


async def test_no_device_and_no_passkey_outlives_a_freeze(records: Records) -> None:
    resident = await records.admit(card())
    await ways_back(resident)
    await records.freezes.by_resident(caller_of(resident))
    await proven(records, lift=True)
    assert await left(resident) == 0


async def test_a_proof_without_a_freeze_takes_nothing_away(records: Records) -> None:
    resident = await records.admit(card())
    await ways_back(resident)
    await proven(records, lift=True)
    assert await left(resident) == 2
