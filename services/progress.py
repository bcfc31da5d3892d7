"""How far long jobs are: begun with the change that enqueues them, told on as they go.

A job that is done again after its worker died begins its count anew; one that fails for good
leaves its fault, a code. One of a name runs at a time.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient

from config.errors import Conflict
from config.jobs import enqueue
from services.models import Progress

SHOWN = 50
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended($1, 2))"
SILENT = timedelta(minutes=30)  # longer than a worker's retries last in a row: it is over


class JobRunning(Conflict):
    """One of that name is on its way; the fact ``percent`` says how far."""

    code = "job-running"


@dataclass(frozen=True)
class Told:
    """Where a running job says how far it is. ``id``: of its row."""

    id: UUID

    async def total(self, count: int) -> None:
        """How much there is to do, known when it begins."""
        await self._write(total=count, done=0, fault="", ended_at=None)

    async def done(self, count: int) -> None:
        await self._write(done=count)

    async def ended(self, fault: str = "") -> None:
        """``fault``: the kind of what went wrong, empty when nothing did."""
        await self._write(ended_at=datetime.now(UTC), fault=fault)

    async def _write(self, **values: object) -> None:
        await Progress.filter(id=self.id).update(changed_at=datetime.now(UTC), **values)


async def begin(
    connection: BaseDBAsyncClient, name: str, asked_by: UUID | None = None, **payload: str | int
) -> UUID:
    """Write its row and enqueue the job ``name`` with ``progress`` in its payload, in the caller's
    transaction. Raises JobRunning.
    """
    await connection.execute_query(_ONE_AT_A_TIME, [f"long-job:{name}"])
    since = datetime.now(UTC) - SILENT
    running = Progress.filter(name=name, ended_at__isnull=True, changed_at__gt=since)
    if found := await running.using_db(connection).first():
        raise JobRunning(percent=percent(found))
    made, now = uuid4(), datetime.now(UTC)
    await Progress.create(
        using_db=connection, id=made, name=name, asked_by=asked_by, began_at=now, changed_at=now
    )
    await enqueue(connection, name, {"progress": str(made), **payload})
    return made


async def latest() -> list[Progress]:
    """The youngest long jobs first."""
    return await Progress.all().order_by("-began_at").limit(SHOWN)


def percent(row: Progress) -> int:
    """Whole per cent; an ended one without anything to do is complete."""
    if row.ended_at and not row.fault:
        return 100
    return min(99, row.done * 100 // row.total) if row.total else 0
