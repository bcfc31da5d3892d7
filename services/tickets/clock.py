"""The clocks of tickets: a warning when a quarter of the time is left, escalation when it is over,
and an end to what was answered and stayed without a word. One job, safe to repeat.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

from config import logs
from config.jobs import Payload
from services.clocks import nearly_over, today, working_days_between
from services.models import Ticket
from services.tickets.ledger import move, tell
from services.tickets.states import SILENCE, UNANSWERED, WORKING_DAYS, Event, State

JOB = "watch-tickets"
_AT_ONCE = 500
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
    rows = Ticket.filter(state__in=UNANSWERED, warned_at__isnull=True, due_on__gte=day)
    found = await rows.order_by("due_on").limit(_AT_ONCE).only("id", "due_on")
    left = {row.id: working_days_between(day, row.due_on) for row in found}
    near = [id for id, days in left.items() if nearly_over(days, WORKING_DAYS)]
    return await Ticket.filter(id__in=near, warned_at__isnull=True).update(warned_at=now)


async def _each(rows: QuerySet[Ticket], change: Change) -> int:
    """Found once, and looked at again under its lock: it may have moved on meanwhile."""
    found = await rows.order_by("due_on").limit(_AT_ONCE).only("id")
    for one in found:
        async with in_transaction() as connection:
            locked = rows.filter(id=one.id).using_db(connection)
            row = await locked.select_for_update(skip_locked=True).first()
            if row is not None:
                await change(connection, row)
    return len(found)


async def _escalate(connection: BaseDBAsyncClient, row: Ticket) -> None:
    row.escalated_at = datetime.now(UTC)
    await row.save(using_db=connection, update_fields=["escalated_at"])
    facts = {"number": row.number, "due_on": str(row.due_on)}
    await tell(connection, row, "ticket-escalated", facts)


async def _settle(connection: BaseDBAsyncClient, row: Ticket) -> None:
    row.closed_at = datetime.now(UTC)
    await move(connection, row, Event.SETTLE, None)
