"""One resident, many documents: each of them once, none of them anybody else's."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.settings import Settings
from identity import errors
from identity.ages import today
from identity.documents import parse
from identity.documents.errors import (
    DocumentEnded,
    DocumentExpired,
    DocumentMissing,
    DocumentNeedsProof,
    DocumentTaken,
    DocumentTriesSpent,
    LastDocument,
    TooManyDocuments,
)
from identity.linking import MOST, REFUSALS, Wanted
from identity.models import AuditEvent, Document
from tests.support.records import (
    Records,
    a_records_room,
    caller_of,
    card,
    foreign,
    permit,
)

PASSPORT = Wanted("passport", "E12345678", "CA")
ANOTHER = Wanted("passport", "E87654321", "CA")


@pytest.fixture
async def records(settings: Settings, database: TortoiseContext) -> AsyncIterator[Records]:
    async with a_records_room(settings) as made:
        yield made


def number_of(wanted: Wanted):
    return parse(wanted.kind, wanted.number, wanted.country)


@pytest.mark.parametrize(("acr", "minutes"), [("3", 0), ("4", 16), ("1", 0)])
async def test_an_old_or_weak_proof_changes_no_document(
    records: Records, acr: str, minutes: int
) -> None:
    caller = caller_of(await records.admit(card()), acr=acr, minutes=minutes)
    (row,) = await Document.all()
    for change in (records.linking.link(caller, PASSPORT), records.linking.unlink(caller, row.id)):
        with pytest.raises(errors.StepUpNeeded):
            await change
    assert await Document.all().count() == 1


async def test_a_document_that_a_register_knows_is_not_taken_on_somebodys_word(
    records: Records,
) -> None:
    caller, other = caller_of(await records.admit(card())), await records.admit(permit())
    for known_here in (permit(), permit(order=4)):
        with pytest.raises(DocumentNeedsProof):
            await records.linking.link(caller, Wanted(known_here.kind, known_here.value))
    assert [row.resident_id for row in await records.documents(other)] == [other]
    assert not await AuditEvent.exists(event="document:refused")


async def test_an_expired_document_is_not_added(records: Records) -> None:
    caller = caller_of(await records.admit(card()))
    with pytest.raises(DocumentExpired):
        await records.linking.link(
            caller, replace(PASSPORT, valid_until=today() - timedelta(days=1))
        )
    await records.linking.link(caller, replace(PASSPORT, valid_until=today()))


async def test_a_document_linked_by_many_at_once_is_one_residents(records: Records) -> None:
    callers = [caller_of(await records.admit(card(order))) for order in range(2, 12)]
    done = await asyncio.gather(
        *(records.linking.link(caller, PASSPORT) for caller in callers), return_exceptions=True
    )
    assert sum(one is None for one in done) == 1
    assert all(one is None or isinstance(one, DocumentTaken) for one in done)
    assert await Document.filter(kind="passport").count() == 1


async def test_who_asks_for_other_peoples_documents_is_asked_to_stop(records: Records) -> None:
    owner, curious = [caller_of(await records.admit(card(order))) for order in (2, 4)]
    await records.linking.link(owner, PASSPORT)
    for _ in range(REFUSALS):
        with pytest.raises(DocumentTaken):
            await records.linking.link(curious, PASSPORT)
    with pytest.raises(DocumentTriesSpent):
        await records.linking.link(curious, ANOTHER)


async def test_a_resident_has_so_many_documents_and_no_more(records: Records) -> None:
    caller = caller_of(await records.admit(card()))
    for country in ("CA", "FR", "DE", "IT", "ES", "PT", "GB", "US", "JP")[: MOST - 1]:
        await records.linking.link(caller, replace(PASSPORT, country=country))
    with pytest.raises(TooManyDocuments):
        await records.linking.link(caller, replace(PASSPORT, country="KR"))
    await records.linking.link(caller, ANOTHER)  # a renewal is none more


async def test_what_was_only_added_leads_to_nobody(records: Records) -> None:
    resident = await records.admit(card())
    await records.linking.link(caller_of(resident), PASSPORT)
    assert await records.residents.find(number_of(PASSPORT)) is None
    assert (await records.residents.reveal(resident)).number == card()


async def test_who_proves_a_document_takes_it_from_who_had_only_added_it(
    records: Records,
) -> None:
    squatter = await records.admit(card())
    await records.linking.link(caller_of(squatter), PASSPORT)
    owner = await records.admit(number_of(PASSPORT), "Anna Novak", level=5)
    assert owner != squatter
    assert await records.residents.find(number_of(PASSPORT)) == owner
    assert [row.kind for row in await records.documents(squatter)] == ["resident-id"]


async def test_a_window_proves_what_the_resident_had_added(records: Records) -> None:
    resident = await records.admit(card())
    await records.linking.link(caller_of(resident), PASSPORT)
    async with in_transaction() as connection:
        row = await records.residents.admit(
            connection, number_of(PASSPORT), "Anna Novak", 5, resident
        )
    assert row.id == resident
    assert [(one.kind, one.level) for one in await records.linking.held(resident)] == [
        ("resident-id", 4),
        ("passport", 5),
    ]


async def test_a_new_passport_replaces_the_old_one(records: Records) -> None:
    resident = await records.admit(card())
    caller = caller_of(resident)
    await records.linking.link(caller, PASSPORT)
    await records.linking.link(caller, replace(ANOTHER, valid_until=date(2099, 1, 1)))
    await records.linking.link(caller, replace(PASSPORT, country="FR"))
    held = await records.linking.held(resident)
    assert [(one.kind, one.country, one.valid_until) for one in held] == [
        ("resident-id", "CN", None),
        ("passport", "CA", date(2099, 1, 1)),
        ("passport", "FR", None),
    ]
    events = await AuditEvent.filter(resident_id=resident).order_by("id")
    assert [one.event for one in events] == [
        "document:linked",
        "document:renewed",
        "document:linked",
    ]


async def test_the_same_document_again_takes_its_new_date(records: Records) -> None:
    resident = await records.admit(card())
    caller = caller_of(resident)
    for _ in range(2):
        await records.linking.link(
            caller, Wanted("resident-id", card().value, valid_until=date(2099, 1, 1))
        )
    (held,) = await records.linking.held(resident)
    assert (held.valid_until, held.level, held.expired) == (date(2099, 1, 1), 4, False)


async def test_an_old_number_leads_to_its_resident_and_proves_nothing(records: Records) -> None:
    resident = await records.admit(foreign())
    row = (await records.documents(resident))[0]
    async with in_transaction() as connection:
        await records.residents.documents.end(connection, row, "renewed")
    assert await records.residents.find(foreign()) == resident
    with pytest.raises(DocumentEnded):
        await records.admit(foreign())
    with pytest.raises(DocumentEnded):
        await records.linking.link(
            caller_of(resident), Wanted("foreign-permanent-resident", foreign().value)
        )


async def test_a_proven_passport_is_not_replaced_by_a_claimed_one(records: Records) -> None:
    resident = await records.admit(number_of(PASSPORT), "Anna Novak", level=5)
    with pytest.raises(DocumentNeedsProof):
        await records.linking.link(caller_of(resident), ANOTHER)
    assert (await records.residents.reveal(resident)).number == number_of(PASSPORT)


async def test_the_last_proven_document_stays(records: Records) -> None:
    resident = await records.admit(card())
    caller = caller_of(resident)
    await records.linking.link(caller, PASSPORT)
    main, added = await records.linking.held(resident)
    with pytest.raises(LastDocument):
        await records.linking.unlink(caller, main.id)
    await records.linking.unlink(caller, added.id)
    assert [one.id for one in await records.linking.held(resident)] == [main.id]


async def test_another_residents_document_is_missing(records: Records) -> None:
    mine, theirs = [await records.admit(card(order)) for order in (2, 4)]
    await records.linking.link(caller_of(theirs), PASSPORT)
    (_, added) = await records.linking.held(theirs)
    with pytest.raises(DocumentMissing):
        await records.linking.unlink(caller_of(mine), added.id)
    assert len(await records.linking.held(theirs)) == 2


async def test_a_removed_document_is_free_again(records: Records) -> None:
    first, second = [caller_of(await records.admit(card(order))) for order in (2, 4)]
    await records.linking.link(first, PASSPORT)
    _, added = await records.linking.held(first.resident)
    await records.linking.unlink(first, added.id)
    await records.linking.link(second, PASSPORT)
    assert len(await records.linking.held(second.resident)) == 2


async def test_departments_are_asked_by_the_resident_id_card(records: Records) -> None:
    resident = await records.admit(permit(), "陈大文", level=5)
    async with in_transaction() as connection:
        await records.residents.documents.add(connection, resident, card(), "陈晓雯", level=4)
    person = await records.residents.reveal(resident)
    assert (person.number, person.name) == (card(), "陈晓雯")
    assert [one.main for one in await records.linking.held(resident)] == [True, False]


async def test_what_a_resident_sees_of_their_documents_is_masked(records: Records) -> None:
    resident = await records.admit(card())
    await records.linking.link(caller_of(resident), PASSPORT)
    held = await records.linking.held(resident)
    assert [one.number for one in held] == ["4" + "*" * 16 + card().value[-1], "E*******8"]
    assert PASSPORT.number not in f"{PASSPORT!r} {held!r}"


async def test_a_name_the_register_changed_is_told_of(records: Records) -> None:
    resident = await records.admit(card())
    await records.admit(card(), "陈𠮷·艾力")
    assert (await records.residents.reveal(resident)).name == "陈𠮷·艾力"
    assert await AuditEvent.filter(resident_id=resident, event="document:renamed").count() == 1
