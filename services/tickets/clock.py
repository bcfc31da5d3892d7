"""The clocks of tickets: a warning when a quarter of the time is left, escalation when it is over,
and an end to what was answered and stayed without a word. One job, safe to repeat.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.expressions import Q
from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

from config import logs
from config.jobs import Payload
from services.clocks import nearly_over, today, working_days_between
from services.models import Ticket
from services.tickets.ledger import move, tell
from services.tickets.states import SILENCE, UNANSWERED, WORKING_DAYS, Event, State

JOB = "watch-tickets"
PORTION = 500
_FIRST = (date(2000, 1, 1), UUID(int=0))
_DAY = timedelta(days=1)
Change = Callable[[BaseDBAsyncClient, Ticket], Awaitable[None]]
log = logs.get("services.tickets")


async def watch(_payload: Payload) -> None:
    """Each ticket in a transaction of its own, so that one that is being answered holds up none."""
    warned = await _warn()
    overdue = Ticket.filter(state__in=UNANSWERED, escalated_at__isnull=True, due_on__lt=today())
    late = await _each(overdue, _escalate)
    closed = await _each(_silent(), _settle)
    log.info("tickets-watched", warned=warned, late=late, closed=closed)


def _silent() -> QuerySet[Ticket]:
    return Ticket.filter(state=State.ANSWERED, answered_at__lt=datetime.now(UTC) - SILENCE)


async def _warn() -> int:
    """Who works on it sees that it is urgent; the resident need not be told."""
    day, now = today(), datetime.now(UTC)
    unwarned = Ticket.filter(state__in=UNANSWERED, warned_at__isnull=True)
    near = unwarned.filter(due_on__gte=day, due_on__lte=_last_near(day))
    return await near.update(warned_at=now)


def _last_near(day: date) -> date:
    """The last day whose tickets are near their end today."""
    last = day
    while nearly_over(working_days_between(day, last + _DAY), WORKING_DAYS):
        last += _DAY
    return last


async def _each(rows: QuerySet[Ticket], change: Change) -> int:
    """Found once, and looked at again under its lock: it may have moved on meanwhile."""
    count = 0
    async for id in _portions(rows):
        async with in_transaction() as connection:
            locked = rows.filter(id=id).using_db(connection)
            row = await locked.select_for_update(skip_locked=True).first()
            if row is not None:
                await change(connection, row)
                count += 1
    return count


async def _portions(rows: QuerySet[Ticket]) -> AsyncIterator[UUID]:
    """Every one of them once, the most urgent first, however many there are."""
    due, last = _FIRST
    while True:
        after = rows.filter(Q(due_on__gt=due) | Q(due_on=due, id__gt=last))
        found = await after.order_by("due_on", "id").limit(PORTION).only("id", "due_on")
        for one in found:
            yield UUID(str(one.id))
        if len(found) < PORTION:
            return
        due, last = found[-1].due_on, UUID(str(found[-1].id))


async def _escalate(connection: BaseDBAsyncClient, row: Ticket) -> None:
    row.escalated_at = datetime.now(UTC)
    await row.save(using_db=connection, update_fields=["escalated_at"])
    facts = {"number": row.number, "due_on": str(row.due_on)}
    await tell(connection, row, "ticket-escalated", facts)


async def _settle(connection: BaseDBAsyncClient, row: Ticket) -> None:
    row.closed_at = datetime.now(UTC)
    await move(connection, row, Event.SETTLE, None)
