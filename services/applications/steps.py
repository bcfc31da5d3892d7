"""The rows of steps: laid out, found, begun, dropped. Functions in the caller's transaction.

A row is waiting (for others), queued (a job is on its way), running, done, failed (given up), or
dropped (nobody needs its answer any more). A round begins with another form: the rows of the rounds
before stay as they ended.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient

from config.jobs import enqueue_each
from services.applications.declaration import Step
from services.models import ApplicationStep

JOB = "do-step"


class StepState(StrEnum):
    WAITING = "waiting"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    DROPPED = "dropped"


LIVING = (StepState.WAITING, StepState.QUEUED, StepState.RUNNING)
Rows = Mapping[str, ApplicationStep]
"""The rows of the present round, by the step's name."""


async def lay_out(
    connection: BaseDBAsyncClient, application: UUID, steps: Iterable[Step], number: int
) -> Rows:
    """Rows of round ``number`` for these steps, all of them waiting."""
    rows = [
        ApplicationStep(
            id=uuid4(),
            application_id=application,
            name=step.name,
            round=number,
            department=step.department.id,
            state=StepState.WAITING,
            key=uuid4(),
        )
        for step in steps
    ]
    if rows:
        await ApplicationStep.bulk_create(rows, using_db=connection)
    return {row.name: row for row in rows}


async def complete(connection: BaseDBAsyncClient, application: UUID, steps: Iterable[Step]) -> Rows:
    """The rows of the present round, with one for each of ``steps``: laid out when its turn may
    come, so also for a step that a later release has added.
    """
    rows = await present(connection, application)
    missing = [step for step in steps if step.name not in rows]
    last = max((row.round for row in rows.values()), default=1)
    return {**rows, **await lay_out(connection, application, missing, last)}


async def present(connection: BaseDBAsyncClient | None, application: UUID) -> Rows:
    """The rows of the present round: of each name the last one."""
    rows = ApplicationStep.filter(application_id=application).order_by("round")
    found = await (rows.using_db(connection) if connection else rows)
    last = max((row.round for row in found), default=0)
    return {row.name: row for row in found if row.round == last}


async def begin(
    connection: BaseDBAsyncClient, rows: Rows, steps: Sequence[Step], now: datetime
) -> int:
    """Queue every waiting one of ``steps`` whose turn it is; returns how many.

    Only what stands among ``steps`` is waited for: staff may have approved without a check.
    """
    names = {step.name for step in steps}
    ready = [
        rows[step.name]
        for step in steps
        if rows[step.name].state == StepState.WAITING
        and all(rows[name].state == StepState.DONE for name in step.after if name in names)
    ]
    if ready:
        chosen = ApplicationStep.filter(id__in=[row.id for row in ready]).using_db(connection)
        await chosen.update(state=StepState.QUEUED, ready_at=now)
        await enqueue_each(connection, JOB, [{"step": str(row.id)} for row in ready])
    return len(ready)


async def drop(connection: BaseDBAsyncClient, application: UUID, now: datetime) -> None:
    """Nobody needs their answers any more; one that comes all the same is too late."""
    rows = ApplicationStep.filter(application_id=application, state__in=LIVING)
    await rows.using_db(connection).update(state=StepState.DROPPED, finished_at=now)


async def take_up(connection: BaseDBAsyncClient, rows: Rows) -> None:
    """What was dropped or given up is tried again, under the same key: it is done once there."""
    again = [row.id for row in rows.values() if row.state != StepState.DONE]
    if again:
        chosen = ApplicationStep.filter(id__in=again).using_db(connection)
        await chosen.update(state=StepState.WAITING, finished_at=None, attempts=0, fault="")


async def begin_again(
    connection: BaseDBAsyncClient, application: UUID, rows: Rows, steps: Sequence[Step]
) -> None:
    """Another form: every step is to be done anew, unless none has begun."""
    if any(row.ready_at for row in rows.values()):
        last = max(row.round for row in rows.values())
        await lay_out(connection, application, steps, last + 1)
