"""Who may propose what, and what nobody learns by proposing."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from tortoise.transactions import in_transaction

from identity import rekeying
from identity.errors import DocumentTypeUnknown, NameInvalid
from identity.models import AuditEvent, RecordChange, Resident, Try
from identity.record_changes import states
from identity.record_changes.errors import (
    RecordChangeIncomplete,
    RecordChangeNotPossible,
    RecordChangesTooMany,
)
from identity.record_changes.papers import Typed, Wanted
from identity.staff.errors import StaffNotOneself, StaffRoleMissing
from tests.support.record_changes import REGION, Counter, merge, rename, split, typed
from tests.support.records import card, foreign, permit


async def both(counter: Counter) -> tuple[UUID, UUID]:
    """Two records of one person."""
    records = counter.records
    return await records.admit(card()), await records.admit(permit(), "陈大文")


@pytest.mark.parametrize("role", ["administrator", "operator"])
async def test_who_serves_no_residents_proposes_nothing(counter: Counter, role: str) -> None:
    await both(counter)
    with pytest.raises(StaffRoleMissing):
        await counter.desk.propose(await counter.staff.member(role), merge())


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted("erase", "one-person", typed(card())),
        Wanted("merge", "one-person", typed(card())),
        Wanted("merge", "name-changed", typed(card(), permit())),
        Wanted("merge", "one-person", typed(card(), permit()), "陈晓雯"),
        Wanted("split", "anothers-document", typed(card(), permit())),
        Wanted("rename", "name-changed", typed(card())),
        Wanted("rename", "name-changed", typed(card()), "  "),
        Wanted("rename", "one-person", typed(card()), "陈晓雯"),
    ],
)
async def test_what_is_incomplete_is_refused(counter: Counter, wanted: Wanted) -> None:
    await both(counter)
    with pytest.raises(RecordChangeIncomplete):
        await counter.proposed(wanted)
    assert await RecordChange.all().count() == 0


async def test_the_rules_of_documents_and_names_hold_here_too(counter: Counter) -> None:
    with pytest.raises(DocumentTypeUnknown):
        await counter.proposed(replace(split(card()), papers=[Typed("library-card", "12345678")]))
    with pytest.raises(NameInvalid):
        await counter.proposed(rename(card(), "12345"))


async def test_one_answer_for_whatever_leads_to_no_record_that_can_be_changed(
    counter: Counter,
) -> None:
    mine, _ = await both(counter)
    closed, frozen = await counter.records.admit(foreign()), await counter.records.admit(card(8))
    now = datetime.now(UTC)
    await Resident.filter(id=closed).update(closed_at=now)
    await Resident.filter(id=frozen).update(frozen_at=now)
    await counter.added(mine, card(10))
    for wanted in (
        merge(card(), card(12)),  # nobody's
        merge(card(12), card(14)),
        merge(card(), card(10)),  # one record
        merge(card(), foreign()),
        merge(card(8), card()),
        split(card(12)),
        split(permit()),  # the only one of its record
        rename(card(12), "陈晓"),
        rename(foreign(), "陈晓"),
    ):
        with pytest.raises(RecordChangeNotPossible) as refused:
            await counter.proposed(wanted)
        assert refused.value.facts == {}
    assert await RecordChange.all().count() == 0
    rows = await AuditEvent.filter(event="record-change:proposed")
    assert {(row.resident_id, row.outcome) for row in rows} == {
        (None, RecordChangeNotPossible.code)
    }


async def test_a_document_nobody_has_proven_or_that_has_ended_is_nobodys(counter: Counter) -> None:
    mine, _ = await both(counter)
    store = counter.records.residents.documents
    async with in_transaction() as connection:
        await store.add(connection, mine, foreign(), "陈晓雯", level=2)
        old = await store.add(connection, mine, card(10), "陈晓雯", level=4)
        await store.end(connection, old, "renewed")
    for wanted in (split(foreign()), split(card(10)), rename(card(10), "陈晓")):
        with pytest.raises(RecordChangeNotPossible):
            await counter.proposed(wanted)


async def test_nobody_proposes_for_themselves(counter: Counter) -> None:
    mine, _ = await both(counter)
    await counter.added(mine, card(10))
    clerk = await counter.staff.member("clerk", region=REGION, document=card())
    for wanted in (
        merge(),
        merge(permit(), card()),
        merge(card(10), permit()),  # another document of the same record
        split(card(10)),
        rename(card(), "陈晓"),
    ):
        with pytest.raises(StaffNotOneself):
            await counter.desk.propose(clerk, wanted)
    assert await RecordChange.all().count() == 0


async def test_what_waits_holds_nobodys_name_or_number_in_plain_words(counter: Counter) -> None:
    await both(counter)
    named = await counter.proposed(rename(card(), "陈晓雯雯"))
    row = await RecordChange.get(id=named)
    whole = str(dict(row))
    assert not [one for one in (card().value, "陈晓雯雯") if one in whole]
    assert b"papers" not in row.papers_sealed and card().value.encode() not in row.papers_sealed


async def test_a_rotation_of_keys_can_open_what_waits(counter: Counter) -> None:
    await both(counter)
    row = await RecordChange.get(id=await counter.proposed(merge()))
    (column,) = [one for one in rekeying.columns("seal") if one.table == "record_change"]
    opened = counter.records.worker.vault.open(row.papers_sealed, column.context(row.id))
    assert card().value.encode() in opened


async def test_whoever_is_concerned_reads_that_it_was_proposed(counter: Counter) -> None:
    residents = await both(counter)
    clerk = await counter.clerk()
    await counter.proposed(merge(), by=clerk)
    rows = await AuditEvent.filter(event="record-change:proposed", outcome="ok")
    assert {row.resident_id for row in rows} == set(residents)
    assert {(row.actor, row.purpose) for row in rows} == {(str(clerk.id), "record-change")}


async def test_one_member_of_staff_proposes_so_many_within_an_hour(counter: Counter) -> None:
    await both(counter)
    clerk, other = await counter.clerk(), await counter.clerk()
    tries = [counter.desk.propose(clerk, merge(card(), card(12))) for _ in range(states.MOST + 5)]
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(one, RecordChangeNotPossible) for one in done) == states.MOST
    spent = [one for one in done if isinstance(one, RecordChangesTooMany)]
    assert len(spent) == 5 and all(0 < one.facts["retry_after"] <= 3600 for one in spent)
    await counter.desk.propose(other, merge())
    hour_ago = datetime.now(UTC) - states.WITHIN - timedelta(seconds=1)
    await Try.filter(kind="staff").update(at=hour_ago)
    await counter.desk.propose(clerk, merge())
