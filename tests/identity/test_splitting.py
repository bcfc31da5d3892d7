"""A document that was another person's leaves the record, with a record of its own."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.settings import Settings
from identity import errors
from identity.documents.errors import DocumentMissing, LastDocument
from identity.models import Contact, Notice, Resident
from identity.two_staff import TwoStaff, TwoStaffNeeded
from tests.support.records import (
    Records,
    a_records_room,
    a_staff_member,
    bound,
    card,
    permit,
    speaking_for,
)


@pytest.fixture
async def records(settings: Settings, database: TortoiseContext) -> AsyncIterator[Records]:
    async with a_records_room(settings) as made:
        yield made


async def test_staff_who_serve_themselves_split_nothing(records: Records) -> None:
    mine = await records.admit(card())
    async with in_transaction() as connection:
        wrong = await records.residents.documents.add(
            connection, mine, permit(order=5), "陈大文", level=4
        )
    own = records.worker.vault.digest("document", permit(order=5).canonical)
    staff = TwoStaff(await a_staff_member(), await a_staff_member(own))
    with pytest.raises(TwoStaffNeeded):
        await records.merging.split(wrong.id, staff)
    assert await records.residents.find(permit(order=5)) == mine
    assert await Resident.all().count() == 1


async def test_a_document_of_somebody_else_gets_a_record_of_its_own(records: Records) -> None:
    mine = await records.admit(card())
    async with in_transaction() as connection:
        wrong = await records.residents.documents.add(
            connection, mine, permit(order=5), "陈大文", level=4
        )
    caller, _ = await records.signed_in(mine)
    await bound(mine)
    await Contact.create(
        id=uuid4(), resident_id=mine, phone_sealed=b"", verified_at=datetime.now(UTC)
    )
    await Notice.create(id=uuid4(), resident_id=mine, kind="x")
    staff = TwoStaff(await a_staff_member(), await a_staff_member())
    new = await records.merging.split(wrong.id, staff)
    assert await records.residents.find(permit(order=5)) == new != mine
    assert await records.residents.find(card()) == mine
    assert await speaking_for(mine) == await Contact.all().count() == 0
    with pytest.raises(errors.SessionEnded):
        await records.worker.revocations.check(caller.session)
    with pytest.raises(LastDocument):
        await records.merging.split(wrong.id, staff)
    with pytest.raises(DocumentMissing):
        await records.merging.split(uuid4(), staff)


async def test_what_was_split_off_is_proofed_for_nothing(records: Records) -> None:
    mine = await records.admit(card())
    async with in_transaction() as connection:
        wrong = await records.residents.documents.add(
            connection, mine, permit(order=5), "陈大文", level=4
        )
    staff = TwoStaff(await a_staff_member(), await a_staff_member())
    view = await records.residents.view(await records.merging.split(wrong.id, staff))
    assert view.proofed == 2 and view.proofed_until <= datetime.now(UTC)
