"""The life of a proposal, and how many one member of staff makes."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from identity.attempts import lock
from identity.models import RecordChange, Try
from identity.record_changes.errors import RecordChangeMissing, RecordChangesTooMany
from identity.vault import Vault

LIVES = timedelta(days=7)
KEPT = timedelta(days=180)
MOST = 20  # proposals of one member of staff
WITHIN = timedelta(hours=1)


class State(StrEnum):
    WAITING = "waiting"  # for the second person
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    EXPIRED = "expired"


async def locked(connection: BaseDBAsyncClient, change: UUID) -> RecordChange:
    """The proposal, for one transaction at a time. Raises RecordChangeMissing."""
    row = await RecordChange.select_for_update().using_db(connection).get_or_none(id=change)
    if row is None or row.state == State.EXPIRED:
        raise RecordChangeMissing()
    if row.state == State.WAITING and row.expires_at <= datetime.now(UTC):
        raise RecordChangeMissing()  # the worker has not come by yet
    return row


async def close(connection: BaseDBAsyncClient, row: RecordChange, state: State, by: UUID) -> None:
    """Decide it: nothing of a person stays in it."""
    row.state, row.decided_by, row.decided_at = state, by, datetime.now(UTC)
    row.papers_sealed = None
    await row.save(using_db=connection)


async def expire_old() -> int:
    """The worker's job: end what nobody decided, forget what is long over. How many it ended."""
    now = datetime.now(UTC)
    async with in_transaction() as connection:
        late = RecordChange.filter(state=State.WAITING, expires_at__lte=now).using_db(connection)
        ended = await late.update(state=State.EXPIRED, papers_sealed=None)
        await RecordChange.filter(expires_at__lt=now - KEPT).using_db(connection).delete()
    return int(ended)


async def count(vault: Vault, staff: UUID) -> None:
    """Count a proposal, whatever comes of it. Raises RecordChangesTooMany."""
    what = "staff-tries", f"record-change|{staff}"
    subjects, now = list(vault.digests(*what).values()), datetime.now(UTC)
    async with in_transaction() as connection:
        await lock(connection, vault.anchor(*what))
        mine = Try.filter(subject__in=subjects, at__gt=now - WITHIN).using_db(connection)
        times = [row.at for row in await mine.order_by("at")]
        if len(times) >= MOST:
            free_again = times[-MOST] + WITHIN - now
            raise RecordChangesTooMany(retry_after=int(free_again.total_seconds()) + 1)
        await Try.create(
            using_db=connection,
            id=uuid4(),
            subject=vault.digest(*what),
            kind="staff",
            at=now,
            spent=True,
        )
