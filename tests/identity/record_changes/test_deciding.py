"""The second person: who may decide, when, and what is done then."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from config.settings import Settings
from identity import errors
from identity.audit import activity
from identity.models import AuditEvent, DocumentIndex, Notice, RecordChange, Resident
from identity.record_changes import states
from identity.record_changes.errors import (
    RecordChangeMissing,
    RecordChangeNotPossible,
    RecordChangeOver,
)
from identity.record_changes.states import State
from identity.staff.errors import StaffNotOneself, StaffRoleMissing
from identity.two_staff import TwoStaffNeeded
from tests.support.record_changes import REGION, Counter, late, merge, rename, split
from tests.support.records import card, foreign, permit
from tests.support.session_parts import a_worker
from tests.support.staff import a_document


@pytest.fixture
async def pair(counter: Counter) -> tuple[UUID, UUID]:
    """Two records of one person."""
    records = counter.records
    return await records.admit(card()), await records.admit(permit(), "陈大文")


async def untouched(*residents: UUID) -> None:
    assert await Resident.filter(id__in=residents, closed_at__isnull=True).count() == len(residents)
    assert await Notice.all().count() == 0
    assert await RecordChange.filter(state=State.CONFIRMED).count() == 0


async def test_who_proposed_does_not_confirm(counter: Counter, pair) -> None:
    alone = await counter.staff.member("clerk", "supervisor", region=REGION)
    named = await counter.proposed(merge(), by=alone)
    with pytest.raises(TwoStaffNeeded):
        await counter.desk.confirm(alone, named)
    await untouched(*pair)


async def test_a_clerk_confirms_nothing(counter: Counter, pair) -> None:
    named = await counter.proposed(merge())
    with pytest.raises(StaffRoleMissing):
        await counter.desk.confirm(await counter.clerk(), named)
    await untouched(*pair)


async def test_two_accounts_of_one_person_are_one_person(counter: Counter, pair) -> None:
    third, passport = await counter.records.admit(card(8)), a_document()
    await counter.added(third, passport)
    clerk = await counter.staff.member("clerk", region=REGION, document=card(8))
    supervisor = await counter.staff.member("supervisor", region=REGION, document=passport)
    named = await counter.proposed(merge(), by=clerk)
    with pytest.raises(TwoStaffNeeded):
        await counter.desk.confirm(supervisor, named)
    await untouched(*pair)


@pytest.mark.parametrize("wanted", [merge(), rename(card(), "陈晓")])
async def test_a_colleague_who_left_counts_for_nothing(counter: Counter, pair, wanted) -> None:
    clerk = await counter.clerk()
    named = await counter.proposed(wanted, by=clerk)
    await counter.staff.accounts.disable(await counter.staff.member("administrator"), clerk.id)
    with pytest.raises(TwoStaffNeeded):
        await counter.desk.confirm(await counter.supervisor(), named)
    await untouched(*pair)


async def test_nobody_decides_about_their_own_record(counter: Counter, pair) -> None:
    await counter.added(pair[0], foreign())
    own = await counter.staff.member("supervisor", region=REGION, document=foreign())
    for wanted in (merge(), rename(card(), "陈晓")):
        named = await counter.proposed(wanted)
        for act in (counter.desk.show, counter.desk.confirm, counter.desk.refuse):
            with pytest.raises(StaffNotOneself):
                await act(own, named)
    await untouched(*pair)


async def test_another_region_neither_sees_nor_decides(counter: Counter, pair) -> None:
    named = await counter.proposed(merge())
    for region in ("45", "4404", "440305"):
        stranger = await counter.supervisor(region)
        assert await counter.desk.waiting(stranger) == []
        for act in (counter.desk.show, counter.desk.confirm, counter.desk.refuse):
            with pytest.raises(RecordChangeMissing):
                await act(stranger, named)
    await untouched(*pair)
    above = await counter.supervisor("44")
    assert [row.id for row in await counter.desk.waiting(above)] == [named]
    await counter.desk.confirm(above, named)


async def test_other_clerks_see_only_their_own(counter: Counter, pair) -> None:
    clerk = await counter.clerk()
    named = await counter.proposed(merge(), by=clerk)
    assert [row.mine for row in await counter.desk.waiting(clerk)] == [True]
    other = await counter.clerk()
    assert await counter.desk.waiting(other) == []
    with pytest.raises(RecordChangeMissing):
        await counter.desk.show(other, named)


async def test_after_seven_days_nothing_is_done(counter: Counter, pair) -> None:
    named = await counter.proposed(merge())
    row = await RecordChange.get(id=named)
    assert row.expires_at - row.created_at >= timedelta(days=7) - timedelta(minutes=1)
    supervisor = await counter.supervisor()
    await late(named)
    for worker_came_by in (False, True):
        if worker_came_by:
            assert await states.expire_old() == 1
        assert await counter.desk.waiting(supervisor) == []
        for change in (named, uuid4()):
            for act in (counter.desk.show, counter.desk.confirm, counter.desk.refuse):
                with pytest.raises(RecordChangeMissing):
                    await act(supervisor, change)
    row = await RecordChange.get(id=named)
    assert (row.state, row.papers_sealed) == (State.EXPIRED, None)
    await untouched(*pair)
    long_ago = datetime.now(UTC) - states.KEPT - timedelta(days=1)
    await RecordChange.filter(id=named).update(expires_at=long_ago)
    await states.expire_old()
    assert await RecordChange.all().count() == 0


async def test_what_changed_meanwhile_is_not_done_by_half(counter: Counter, pair) -> None:
    names = [merge(), rename(card(), "陈晓")]
    waiting = [await counter.proposed(one) for one in names]
    await Resident.filter(id=pair[0]).update(frozen_at=datetime.now(UTC))
    supervisor = await counter.supervisor()
    for named in waiting:
        with pytest.raises(RecordChangeNotPossible):
            await counter.desk.confirm(supervisor, named)
        assert (await RecordChange.get(id=named)).state == State.WAITING
    await untouched(*pair)


async def test_a_refused_proposal_is_emptied_and_stays_refused(counter: Counter, pair) -> None:
    clerk, supervisor = await counter.clerk(), await counter.supervisor()
    for who in (clerk, supervisor):  # taken back, or refused
        named = await counter.proposed(merge(), by=clerk)
        await counter.desk.refuse(who, named)
        for act in (counter.desk.show, counter.desk.confirm, counter.desk.refuse):
            with pytest.raises(RecordChangeOver):
                await act(supervisor, named)
        row = await RecordChange.get(id=named)
        assert (row.state, row.papers_sealed) == (State.REFUSED, None)
    rows = await AuditEvent.filter(event="record-change:refused")
    assert {row.resident_id for row in rows} == set(pair)
    await untouched(*pair)


async def test_twenty_confirmations_at_once_are_one(counter: Counter, pair) -> None:
    named, supervisor = await counter.proposed(merge()), await counter.supervisor()
    done = await asyncio.gather(
        *(counter.desk.confirm(supervisor, named) for _ in range(20)), return_exceptions=True
    )
    assert done.count(None) == 1
    assert sum(isinstance(one, RecordChangeOver) for one in done) == 19
    assert await Notice.filter(kind="records-joined").count() == 1


async def test_the_second_person_compares_and_the_residents_see_it(counter: Counter, pair) -> None:
    clerk, supervisor = await counter.clerk(), await counter.supervisor()
    named = await counter.proposed(merge(), by=clerk)
    assert (await counter.desk.show(clerk, named)).names == ()
    shown = await counter.desk.show(supervisor, named)
    assert shown.numbers == (card(), permit())
    assert shown.names == ("陈*雯", "陈*文")
    rows = await AuditEvent.filter(event="record:read", actor=str(supervisor.id))
    assert {row.resident_id for row in rows} == set(pair)


async def test_two_records_become_one_and_sessions_end_everywhere(
    counter: Counter, pair, settings: Settings
) -> None:
    mine, other = pair
    records = counter.records
    theirs, _ = await records.signed_in(other)
    async with a_worker(settings) as elsewhere:
        await elsewhere.revocations.check(theirs.session)
        clerk, supervisor = await counter.clerk(), await counter.supervisor()
        named = await counter.proposed(merge(reason="number-changed"), by=clerk)
        await counter.desk.confirm(supervisor, named)
        await ended_on(elsewhere.revocations, theirs.session)
    assert await records.residents.find(permit()) == mine
    assert (await Resident.get(id=other)).merged_into == mine
    row = await RecordChange.get(id=named)
    assert (row.state, row.decided_by, row.papers_sealed) == (
        State.CONFIRMED, supervisor.id, None,
    )  # fmt: skip
    events = {(one.event, one.actor) for one in await activity(mine, None, 50)}
    for event, member in (
        ("record-change:proposed", clerk),
        ("identity:merged", clerk),
        ("identity:merged", supervisor),
    ):
        assert (event, str(member.id)) in events
    assert await Notice.filter(resident_id=mine, kind="records-joined").count() == 1


async def ended_on(revocations, session: UUID) -> None:
    """Another worker hears of it over the wire."""
    for _ in range(100):
        try:
            await revocations.check(session)
        except errors.SessionEnded:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the other worker never heard of it")


async def test_a_document_of_somebody_else_gets_a_record_of_its_own(counter: Counter) -> None:
    records = counter.records
    mine = await records.admit(card())
    await counter.added(mine, permit(5))
    caller, _ = await records.signed_in(mine)
    await counter.desk.confirm(await counter.supervisor(), await counter.proposed(split(permit(5))))
    new = await records.residents.find(permit(5))
    assert new and new != mine
    with pytest.raises(errors.SessionEnded):
        await records.worker.revocations.check(caller.session)
    for resident in (mine, new):
        events = [row.event for row in await activity(resident, None, 50)]
        assert events.count("identity:split") == 2
    assert await Notice.filter(resident_id=mine, kind="document-moved").count() == 1


async def test_a_paper_with_another_name_renames_the_whole_record(counter: Counter) -> None:
    records = counter.records
    mine = await records.admit(card(), "陈晓雯")
    await counter.added(mine, foreign())
    caller, _ = await records.signed_in(mine)
    named = await counter.proposed(rename(foreign(), "阿依努尔•买买提"))
    supervisor = await counter.supervisor()
    assert (await counter.desk.show(supervisor, named)).name == "阿依努尔·买买提"
    await counter.desk.confirm(supervisor, named)
    names = {records.residents.documents.name(row) for row in await records.documents(mine)}
    assert names == {"阿依努尔·买买提"}
    actors = [
        row.actor for row in await activity(mine, None, 50) if row.event == "document:renamed"
    ]
    assert len(set(actors)) == 2 and str(supervisor.id) in actors
    assert await Notice.filter(resident_id=mine, kind="name-changed").count() == 1
    await records.worker.revocations.check(caller.session)  # a name lets nobody in


async def test_a_merge_and_a_renaming_at_once_leave_one_record(counter: Counter, pair) -> None:
    waiting = [await counter.proposed(one) for one in (merge(), rename(permit(), "陈晓"))]
    supervisors = [await counter.supervisor() for _ in waiting]
    done = await asyncio.gather(
        *(counter.desk.confirm(who, one) for who, one in zip(supervisors, waiting, strict=True)),
        return_exceptions=True,
    )
    assert done[0] is None
    assert done[1] is None or isinstance(done[1], RecordChangeNotPossible)
    assert await Resident.filter(closed_at__isnull=True).count() == 1
    assert await DocumentIndex.all().count() == 2
