"""One department is asked for one application: the job ``do-step``.

    claim (one UPDATE) → the department is called, outside any transaction → finding, event,
    audit row and the job that goes on, in one transaction

A worker that dies leaves its claim to run out; the next one asks again under the same key, so that
what changes something at the department is done there once. An answer that comes late, or twice, is
recorded and not kept. Faults are tried again with the backoff of ``config.jobs``; what is given up
there, or refused outright, waits for staff, and its dead letter can be revived.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from config import logs
from config.database import reaching_database
from config.errors import Problem, Unavailable
from config.jobs import Payload, enqueue
from identity.audit import OK, record
from services.applications import by, steps
from services.applications.declaration import Step, Visit
from services.applications.ledger import locked
from services.applications.materials import held
from services.applications.moves import Moves
from services.applications.states import State
from services.applications.steps import StepState
from services.asking import Residents, in_hours
from services.department import Department
from services.errors import DepartmentClosed, DepartmentTimeout, ServiceBroken
from services.materials.taking import Taking
from services.models import Application, ApplicationStep

log = logs.get("services.applications")

ANSWERED, FAILED = "service:answered", "service:failed"
LATE, TWICE = "answered-late", "answered-twice"
_LONGEST_WAIT = timedelta(hours=12)  # then it is asked again, whatever it says of its hours
_MARGIN = timedelta(seconds=5)  # over a step's deadline: its worker is dead or has forgotten it
_CLAIM = """
    UPDATE application_step AS step
    SET state = 'running', attempts = step.attempts + 1, claimed_at = $2,
        started_at = coalesce(step.started_at, $2)
    FROM application
    WHERE step.id = $1 AND application.id = step.application_id
        AND application.state IN ('in-review', 'approved')
        AND (step.state IN ('queued', 'failed')
            OR (step.state = 'running' AND step.claimed_at <= $3))
    RETURNING step.attempts
"""


@dataclass(frozen=True)
class Claimed:
    """A step that is this worker's until its deadline is over."""

    row: Application = field(repr=False)
    step: Step
    id: UUID
    key: UUID
    attempt: int


class Visits:
    """``departments`` by id, as ``services.offices`` opens them."""

    def __init__(
        self,
        moves: Moves,
        departments: Mapping[str, Department],
        residents: Residents,
        materials: Taking,
    ):
        self._moves, self._departments = moves, departments
        self._residents, self._materials = residents, materials

    async def do_step(self, payload: Payload) -> None:
        """The handler of ``do-step``, ``{"step": id}``. Raises what is worth another try."""
        with reaching_database():
            claimed = await self._claim(UUID(payload["step"]))
        if claimed is None:
            return
        try:
            finding = await self._ask(claimed)
        except DepartmentClosed as closed:
            await self._put_back(claimed, closed, wait=closed.headers["Retry-After"])
        except Unavailable as away:
            await self._put_back(claimed, away)
            raise
        except Problem as refused:
            await self.give_up(claimed.id, refused.code)
        else:
            with reaching_database():
                await self._keep(claimed, finding)

    async def give_up(self, step: UUID, code: str) -> None:
        """Nobody asks again by themselves: staff go on. ``code``: why."""
        with reaching_database():
            async with in_transaction() as connection:
                row, mine = await _locked_both(connection, step)
                if mine.state not in steps.LIVING:
                    return
                mine.state, mine.fault, mine.finished_at = (
                    StepState.FAILED,
                    code[:40],
                    self._moves.clock(),
                )
                await mine.save(using_db=connection)
                office = by.office(mine.department)
                await self._moves.note(
                    connection, row, office, "step-failed", step=mine.name, reason=code
                )
                await self._record(connection, row, office, FAILED, code)
                await self._moves.go_on(connection, row)

    async def _claim(self, id: UUID) -> Claimed | None:
        """Raises nothing for one that is done or dropped: there is nothing left to do."""
        mine = await ApplicationStep.get_or_none(id=id)
        if mine is None or mine.state in (StepState.DONE, StepState.DROPPED, StepState.WAITING):
            return None
        row = await Application.get(id=mine.application_id)
        step, at = self._moves.plan(row).step(mine.name), self._moves.clock()
        lease = timedelta(seconds=step.deadline) + _MARGIN
        rows = await get_connection("default").execute_query_dict(_CLAIM, [id, at, at - lease])
        if rows:
            return Claimed(row, step, id, UUID(str(mine.key)), rows[0]["attempts"])
        if mine.state == StepState.RUNNING:  # somebody is at it, or was: look again afterwards
            async with in_transaction() as connection:
                await enqueue(connection, steps.JOB, {"step": str(id)}, delay=lease)
        return None

    async def _ask(self, claimed: Claimed) -> BaseModel:
        """Raises what the department raises; ServiceBroken is worth a try after a release."""
        row, step = claimed.row, claimed.step
        department = in_hours(self._departments[step.department.id], self._moves.clock())
        person = await self._residents.reveal(UUID(str(row.resident_id)))
        try:
            form = self._moves.plan(row).form.model_validate(
                self._moves.papers.form(row), by_alias=True
            )
            visit = await self._visit(claimed)
            async with asyncio.timeout(step.deadline):
                return await step.function(person, form, department, visit)
        except TimeoutError:
            raise DepartmentTimeout(f"{step.name}: deadline of {step.deadline} s") from None
        except Problem:
            raise
        except Exception as fault:
            log.fault("step-broken", fault, service=row.service, step=step.name)
            raise _StepBroken(type(fault).__name__) from fault

    async def _visit(self, claimed: Claimed) -> Visit:
        rows = await steps.present(None, UUID(str(claimed.row.id)))
        plan, papers = self._moves.plan(claimed.row), self._moves.papers
        before: dict[str, Any] = {
            name: papers.finding(rows[name], plan.step(name).finding)
            for name in claimed.step.after
            if name in rows and rows[name].state == StepState.DONE
        }
        kinds = await held(None, claimed.row)
        return Visit(
            claimed.row.number, claimed.key, claimed.attempt, claimed.row.region, before, kinds
        )

    async def _put_back(self, claimed: Claimed, fault: Problem, wait: str = "") -> None:
        """For the next try: by a job of its own at ``wait`` seconds, or else by this one's."""
        with reaching_database():
            async with in_transaction() as connection:
                mine = ApplicationStep.filter(
                    id=claimed.id, state=StepState.RUNNING, attempts=claimed.attempt
                )
                code = fault.code if not isinstance(fault, _StepBroken) else ServiceBroken.code
                await mine.using_db(connection).update(state=StepState.QUEUED, fault=code)
                if wait:
                    later = min(timedelta(seconds=int(wait)), _LONGEST_WAIT)
                    await enqueue(connection, steps.JOB, {"step": str(claimed.id)}, delay=later)

    async def _keep(self, claimed: Claimed, finding: BaseModel) -> None:
        """The finding, unless nobody needs it any more or somebody brought it before."""
        async with in_transaction() as connection:
            row, mine = await _locked_both(connection, claimed.id)
            office = by.office(mine.department)
            wanted = row.state in (State.IN_REVIEW, State.APPROVED)
            if mine.state != StepState.RUNNING or not wanted:
                name = TWICE if mine.state == StepState.DONE else LATE
                await self._moves.note(connection, row, office, name, step=mine.name)
                await self._record(connection, row, office, ANSWERED)
                return
            mine.finding_sealed = self._moves.papers.seal_finding(claimed.id, finding)
            mine.state, mine.fault = StepState.DONE, ""
            mine.finished_at = self._moves.clock()
            await mine.save(using_db=connection)
            if kinds := getattr(finding, "holds", ()):
                await self._materials.hold(connection, row, kinds, mine.department)
            await self._moves.note(connection, row, office, "step-done", step=mine.name)
            await self._record(connection, row, office, ANSWERED)
            await self._moves.go_on(connection, row)

    async def _record(
        self,
        connection: BaseDBAsyncClient,
        row: Application,
        office: by.By,
        event: str,
        outcome: str = OK,
    ) -> None:
        """The resident sees who was asked, for what, whether or not it came in time."""
        await record(
            connection,
            event=event,
            resident=UUID(str(row.resident_id)),
            caller=office.caller,
            purpose=self._moves.service(row).purpose,
            service=row.service,
            outcome=outcome,
        )


class _StepBroken(Unavailable):
    """A fault of our own in a step: tried again, a release may have mended it."""


async def _locked_both(
    connection: BaseDBAsyncClient, step: UUID
) -> tuple[Application, ApplicationStep]:
    """The application first, as everybody does."""
    known = await ApplicationStep.get(id=step, using_db=connection)
    row = await locked(connection, UUID(str(known.application_id)))
    assert row is not None  # steps go with their application
    rows = ApplicationStep.select_for_update().using_db(connection)
    return row, await rows.get(id=step)
