"""Fifteen working days: warned before, escalated after, settled by silence; safe to repeat."""

from datetime import UTC, datetime, timedelta

import pytest

from identity.models import AuditEvent, Notice
from services.clocks import add_working_days, today
from services.models import Ticket
from services.tickets import clock
from services.tickets.states import SILENCE
from tests.support.opinions import Opinions, a_listener

MINUTE = timedelta(minutes=1)


async def kinds(counter: Opinions) -> list[str]:
    rows = Notice.filter(resident_id=counter.me).exclude(kind="ticket-opened")
    return [one.kind for one in await rows]


async def test_with_time_left_nothing_happens(counter: Opinions):
    row = await counter.complained()
    await Ticket.all().update(due_on=add_working_days(today(), 4))
    await clock.watch({})
    row = await counter.ticket(row.number)
    assert (row.warned_at, row.escalated_at) == (None, None)


@pytest.mark.parametrize("left", [0, 3])
async def test_with_a_quarter_left_whoever_works_on_it_is_warned(counter: Opinions, left: int):
    number = (await counter.complained()).number
    await Ticket.all().update(due_on=add_working_days(today(), left) if left else today())
    await clock.watch({})
    row = await counter.ticket(number)
    assert row.warned_at and row.escalated_at is None and await kinds(counter) == []


async def test_what_is_late_is_escalated_and_told_once(counter: Opinions):
    number = (await counter.complained()).number
    await counter.due(number, -1)
    for _ in range(3):
        await clock.watch({})
    row = await counter.ticket(number)
    assert row.escalated_at and row.state == "open"
    assert await kinds(counter) == ["ticket-escalated"]


async def test_what_is_answered_is_late_no_more(counter: Opinions):
    number = (await counter.complained()).number
    await counter.answered(number, a_listener())
    await counter.due(number, -1)
    await clock.watch({})
    assert (await counter.ticket(number)).escalated_at is None


async def test_an_answer_without_a_word_is_settled_after_fifteen_days_by_nobody(counter: Opinions):
    number = (await counter.complained()).number
    await counter.answered(number, a_listener())
    now = datetime.now(UTC)
    await Ticket.all().update(answered_at=now - SILENCE + timedelta(hours=1))
    await clock.watch({})
    assert (await counter.ticket(number)).state == "answered"
    await Ticket.all().update(answered_at=now - SILENCE - MINUTE)
    await clock.watch({})
    row = await counter.ticket(number)
    assert row.state == "settled" and row.closed_at
    assert not await AuditEvent.filter(event="ticket:settled").exists()


async def test_one_that_moves_meanwhile_holds_up_no_other(
    counter: Opinions, monkeypatch: pytest.MonkeyPatch
):
    """More than a portion of them, several due on one day, and one under somebody's hand."""
    monkeypatch.setattr(clock, "PORTION", 2)
    numbers = [(await counter.complained()).number for _ in range(5)]
    for number, days in zip(numbers, (-1, -1, -1, -2, -3), strict=True):
        await counter.due(number, days)
    busy = await counter.ticket(numbers[1])
    tell = clock.tell

    async def meanwhile(*said: object) -> None:
        """When the first is escalated, another one is answered."""
        await Ticket.filter(id=busy.id).update(state="answered", answered_at=datetime.now(UTC))
        await tell(*said)  # type: ignore[arg-type]

    monkeypatch.setattr(clock, "tell", meanwhile)
    await clock.watch({})
    assert await Ticket.filter(escalated_at__isnull=False).count() == 4
    assert (await counter.ticket(busy.number)).escalated_at is None
