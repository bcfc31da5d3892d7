"""Death closes a record at once, and everything that spoke for it."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.settings import Settings
from identity import ages, errors
from identity.closing import DECEASED, close
from identity.models import AuditEvent, BoundDevice, Guardianship, Mandate, Resident
from tests.support.records import Records, a_records_room, caller_of, card


@pytest.fixture
async def records(settings: Settings, database: TortoiseContext) -> AsyncIterator[Records]:
    async with a_records_room(settings) as made:
        yield made


async def closed(records: Records, resident: UUID) -> None:
    async with in_transaction() as connection:
        ended = await close(connection, records.worker.sessions, resident, DECEASED)
    await records.worker.sessions.announce(ended)


async def test_closing_ends_everything_that_speaks_for_somebody(records: Records) -> None:
    resident, other = await records.admit(card()), await records.admit(card(order=4))
    caller, _ = await records.signed_in(resident)
    stranger, _ = await records.signed_in(other)
    now, day = datetime.now(UTC), date(2099, 1, 1)
    await BoundDevice.create(
        id=uuid4(), resident_id=resident, kind="key", mark="m", device="d", device_name="",
        last_used_at=now,
    )  # fmt: skip
    for principal, agent in ((resident, other), (other, resident)):
        await Mandate.create(
            id=uuid4(), principal_id=principal, agent="", agent_id=agent, agent_name_sealed=b"",
            services="", starts_on=day, ends_on=day, state="accepted",
        )  # fmt: skip
        await Guardianship.create(
            id=uuid4(), guardian_id=principal, ward_id=agent, ward="", ward_name_sealed=b"",
            ends_on=ages.today() + timedelta(days=300),
        )  # fmt: skip
    await closed(records, resident)
    row = await Resident.get(id=resident)
    assert row.closed_at and row.closed_why == DECEASED
    for table in (BoundDevice, Mandate, Guardianship):
        assert not await table.filter(ended_at__isnull=True).exists()
    with pytest.raises(errors.SessionEnded):
        await records.worker.revocations.check(caller.session)
    await records.worker.revocations.check(stranger.session)
    with pytest.raises(errors.ResidentMissing):
        await records.residents.reveal(resident)


async def test_who_is_closed_is_admitted_by_no_way(records: Records) -> None:
    resident = await records.admit(card())
    await closed(records, resident)
    with pytest.raises(errors.ResidentClosed):
        await records.admit(card())
    assert await records.residents.find(card()) == resident


async def test_closed_twice_it_is_closed_once(records: Records) -> None:
    resident = await records.admit(card())
    await closed(records, resident)
    first = (await Resident.get(id=resident)).closed_at
    await closed(records, resident)
    assert (await Resident.get(id=resident)).closed_at == first
    assert await AuditEvent.filter(event="identity:closed").count() == 1


async def test_a_closed_record_makes_no_documents(records: Records) -> None:
    from identity.linking import Wanted

    resident = await records.admit(card())
    await closed(records, resident)
    with pytest.raises(errors.ResidentMissing):
        await records.linking.link(caller_of(resident), Wanted("passport", "E12345678", "CA"))
