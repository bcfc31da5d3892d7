"""A resident's tickets: one about a thing, answered after a call, settled or opened anew."""

from uuid import uuid4

import pytest

from identity.models import AuditEvent, Notice
from services.applications.errors import ApplicationMissing
from services.clocks import add_working_days, today
from services.models import Ticket
from services.tickets.ledger import MOST_OPEN
from services.tickets.states import (
    CallBackNeeded,
    TicketMissing,
    TicketMoved,
    TicketNotTaken,
    TicketOpenAlready,
    TicketsTooMany,
)
from tests.support.opinions import Opinions, a_listener
from tests.support.statements import counted


async def test_a_draft_or_somebody_else_s_application_is_not_complained_about(counter: Opinions):
    draft, mine = await counter.applied("draft"), await counter.applied("in-review")
    with pytest.raises(ApplicationMissing):
        await counter.tickets.complain(counter.who, counter.me, draft, "x", None)
    with pytest.raises(ApplicationMissing):
        await counter.tickets.complain(counter.who, uuid4(), mine, "x", None)


async def test_what_is_looked_at_already_is_named_and_not_opened_twice(counter: Opinions):
    number = await counter.applied("in-review")
    opened = await counter.tickets.complain(counter.who, counter.me, number, "x", None)
    with pytest.raises(TicketOpenAlready) as refused:
        await counter.tickets.complain(counter.who, counter.me, number, "y", None)
    assert refused.value.facts == {"number": opened}
    await counter.answered(opened, a_listener())
    assert await counter.tickets.complain(counter.who, counter.me, number, "y", None)


async def test_ten_may_wait_and_a_bad_rating_is_heard_all_the_same(counter: Opinions):
    for _ in range(MOST_OPEN):
        await counter.complained()
    with pytest.raises(TicketsTooMany):
        await counter.complained()
    assert await counter.rate(await counter.applied(), 1)


async def test_only_whose_it_is_reads_it_and_says_whether_it_is_settled(counter: Opinions):
    row = await counter.complained()
    await counter.answered(row.number, a_listener())
    for number, whom in ((row.number, uuid4()), ("T1", counter.me), ("", counter.me)):
        with pytest.raises(TicketMissing):
            await counter.tickets.one(whom, number)
        with pytest.raises(TicketMissing):
            await counter.tickets.satisfied(counter.who, whom, number, settled=True)


async def test_nothing_unanswered_is_settled_and_nothing_settled_moves(counter: Opinions):
    row = await counter.complained()
    for settled in (True, False):
        with pytest.raises(TicketMoved):
            await counter.tickets.satisfied(counter.who, counter.me, row.number, settled=settled)
    await counter.answered(row.number, a_listener())
    await counter.tickets.satisfied(counter.who, counter.me, row.number, settled=True)
    assert (await counter.ticket(row.number)).closed_at
    with pytest.raises(TicketMoved):
        await counter.tickets.satisfied(counter.who, counter.me, row.number, settled=False)


async def test_a_complaint_is_called_back_about_before_it_is_answered(counter: Opinions):
    row, one, other = await counter.complained(), a_listener(), a_listener()
    await counter.desk.take(one, row.number)
    with pytest.raises(CallBackNeeded):
        await counter.desk.answer(one, row.number, "explained", "words")
    with pytest.raises(TicketNotTaken):
        await counter.desk.called(other, row.number, "reached")
    await counter.desk.called(one, row.number, "not-reached")
    await counter.desk.answer(one, row.number, "explained", "words")
    seen = await counter.tickets.one(counter.me, row.number)
    assert (seen.row.call_back, seen.row.answer, seen.told) == ("not-reached", "explained", "words")
    told = await Notice.filter(resident_id=counter.me).order_by("created_at")
    assert [one.kind for one in told] == ["ticket-opened", "ticket-answered"]


async def test_what_does_not_settle_it_begins_anew_with_its_whole_time_and_its_own_call(
    counter: Opinions,
):
    row, listener = await counter.complained(), a_listener()
    await counter.due(row.number, 1)
    await counter.answered(row.number, listener)
    await counter.tickets.satisfied(counter.who, counter.me, row.number, settled=False)
    anew = await counter.ticket(row.number)
    assert (anew.state, anew.staff_id, anew.call_back) == ("reopened", None, "")
    assert anew.due_on == add_working_days(today(), 15)
    await counter.desk.take(listener, row.number)
    with pytest.raises(CallBackNeeded):
        await counter.desk.answer(listener, row.number, "explained", "again")


async def test_every_move_is_on_record_for_the_resident(counter: Opinions):
    row = await counter.complained()
    await counter.desk.one(a_listener(), row.number)
    await counter.answered(row.number, a_listener())
    await counter.tickets.satisfied(counter.who, counter.me, row.number, settled=False)
    rows = AuditEvent.filter(resident_id=counter.me).order_by("id")
    assert [str(one.event).removeprefix("ticket:") for one in await rows] == [
        "opened", "read", "taken", "called", "answered", "reopened",
    ]  # fmt: skip


async def test_the_list_is_one_statement_whatever_its_length(counter: Opinions):
    for many in (1, 4):
        while await Ticket.all().count() < many:
            await counter.complained()
        with counted() as statements:
            assert len(await counter.tickets.listed(counter.me)) == many
        assert len(statements) == 1
