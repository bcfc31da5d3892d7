"""The clock of applications: warns, escalates, reminds, and ends what was never answered.

``watch-clocks`` finds what is due by statements over columns, and does each in a transaction of its
own with its row locked and looked at again; a row that somebody is working on is left for the next
time. ``give-up-steps`` tells staff of steps whose job ended as a dead letter.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import date
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

from config import logs
from config.database import reaching_database
from config.jobs import Payload
from services.applications import by, steps
from services.applications.moves import Moves
from services.applications.states import State
from services.applications.visits import Visits
from services.catalogue import Catalogue
from services.clocks import add_working_days, nearly_over, today, working_days_between
from services.errors import ServiceBroken
from services.models import Application, ApplicationEvent, Supplement
from services.service import Service

log = logs.get("services.applications")

WATCH, GIVE_UP = "watch-clocks", "give-up-steps"
OVERDUE, UNANSWERED = "statutory-over", "supplement-unanswered"
_RUNNING = (State.SUBMITTED, State.ACCEPTED, State.IN_REVIEW)
_AT_ONCE = 500
_DEAD = """
    SELECT step.id, step.fault FROM pgqueuer AS job
        JOIN application_step AS step ON step.id = (convert_from(job.payload, 'UTF8')::json
            ->> 'step')::uuid
    WHERE job.entrypoint = $1 AND job.status = 'failed' AND step.state IN ('queued', 'running')
"""
Act = Callable[[BaseDBAsyncClient, Application, Service], Awaitable[None]]


class Watch:
    def __init__(self, moves: Moves, visits: Visits, catalogue: Catalogue):
        self._moves, self._visits, self._catalogue = moves, visits, catalogue

    async def watch(self, _payload: Payload) -> None:
        """The handler of ``watch-clocks``; safe to repeat, and to run twice at once."""
        day = today(self._moves.clock())
        with reaching_database():
            for service in self._catalogue.services.values():
                if service.plan is not None:
                    await self._watch(service, day)

    async def give_up_dead(self, _payload: Payload) -> None:
        """The handler of ``give-up-steps``."""
        with reaching_database():
            dead = await get_connection("default").execute_query_dict(_DEAD, [steps.JOB])
        for row in dead:
            await self._visits.give_up(UUID(str(row["id"])), row["fault"] or ServiceBroken.code)

    async def _watch(self, service: Service, day: date) -> None:
        rows = Application.filter(service=service.id, state__in=_RUNNING)
        total = service.item.promised_days
        soon = add_working_days(day, max(1, total // 4))
        late = rows.filter(promised_on__lt=day, escalated_at__isnull=True)
        over = rows.filter(statutory_on__lt=day, id__not_in=await _told_over(rows, day))
        warned = rows.filter(promised_on__lte=soon, promised_on__gte=day, warned_at__isnull=True)
        await self._each(service, warned, self._warn)
        await self._each(service, late, self._escalate)
        await self._each(service, over, self._tell_over)
        await self._supplements(service, day)

    async def _each(self, service: Service, rows: QuerySet[Application], act: Act) -> None:
        ids = await rows.order_by("promised_on").limit(_AT_ONCE).values_list("id", flat=True)
        for id in ids:
            async with _free(UUID(str(id))) as (connection, row):
                if row is not None and row.state in _RUNNING:
                    await act(connection, row, service)

    async def _warn(
        self, connection: BaseDBAsyncClient, row: Application, service: Service
    ) -> None:
        """A quarter of the promised time is left, or less: staff see it in the queue."""
        at = self._moves.clock()
        assert row.promised_on is not None
        left = working_days_between(today(at), row.promised_on)
        if row.warned_at is None and nearly_over(left, service.item.promised_days):
            row.warned_at = at
            await self._moves.note(connection, row, by.clock(service.department.id), "warn")

    async def _escalate(
        self, connection: BaseDBAsyncClient, row: Application, service: Service
    ) -> None:
        """The promised day has passed: leads see it, and the resident is told."""
        at = self._moves.clock()
        assert row.promised_on is not None
        if row.escalated_at is not None or row.promised_on >= today(at):
            return
        row.escalated_at = at
        await self._moves.note(connection, row, by.clock(service.department.id), "overdue")
        told = {"promised_on": row.promised_on.isoformat()}
        await self._moves.tell(connection, row, "escalated", **told)

    async def _tell_over(
        self, connection: BaseDBAsyncClient, row: Application, service: Service
    ) -> None:
        """The statutory day has passed: on record in the case, once."""
        known = ApplicationEvent.filter(application_id=row.id, name=OVERDUE)
        if not await known.using_db(connection).exists():
            await self._moves.note(connection, row, by.clock(service.department.id), OVERDUE)

    async def _supplements(self, service: Service, day: date) -> None:
        assert service.plan is not None
        soon = add_working_days(day, max(1, service.plan.supplement_days // 4))
        waiting = Application.filter(service=service.id, state=State.SUPPLEMENT_ASKED)
        ids = await waiting.values_list("id", flat=True)
        asked = Supplement.filter(application_id__in=list(ids), answered_at__isnull=True)
        near = asked.filter(due_on__lte=soon).limit(_AT_ONCE)
        for one in await near:
            if one.due_on < day:
                await self._end(one, service)
            elif one.reminded_at is None:
                await self._remind(one, service)

    async def _end(self, asked: Supplement, service: Service) -> None:
        """Never answered: refused, with the reason in words. Asking anew costs nothing."""
        async with _free(UUID(str(asked.application_id))) as (connection, row):
            still = Supplement.filter(id=asked.id, answered_at__isnull=True).using_db(connection)
            if row is None or row.state != State.SUPPLEMENT_ASKED or not await still.exists():
                return  # answered since, and another one asked for
            who = by.clock(service.department.id)
            await self._moves.refuse(connection, row, who, reasons=(UNANSWERED,))

    async def _remind(self, asked: Supplement, service: Service) -> None:
        async with _free(UUID(str(asked.application_id))) as (connection, row):
            if row is None or row.state != State.SUPPLEMENT_ASKED:
                return
            mine = Supplement.filter(id=asked.id, reminded_at__isnull=True).using_db(connection)
            if not await mine.update(reminded_at=self._moves.clock()):
                return
            await self._moves.note(connection, row, by.clock(service.department.id), "remind")
            due = {"due_on": asked.due_on.isoformat()}
            await self._moves.tell(connection, row, "reminder", **due)


@asynccontextmanager
async def _free(
    application: UUID,
) -> AsyncIterator[tuple[BaseDBAsyncClient, Application | None]]:
    """The row in a transaction of its own; None while somebody else has it."""
    async with in_transaction() as connection:
        rows = Application.select_for_update(skip_locked=True).using_db(connection)
        yield connection, await rows.get_or_none(id=application)


async def _told_over(rows: QuerySet[Application], day: date) -> Sequence[UUID]:
    ids = await rows.filter(statutory_on__lt=day).values_list("id", flat=True)
    known = ApplicationEvent.filter(application_id__in=list(ids), name=OVERDUE)
    return [UUID(str(id)) for id in await known.values_list("application_id", flat=True)]
