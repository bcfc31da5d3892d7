"""Closing a resident's record: nothing opens it again but a service counter.

The register's word that somebody died closes it at once. What services hold stays with them.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.expressions import Q

from config.jobs import enqueue
from identity import grants, guardians
from identity.audit import record
from identity.caller import NOBODY, Caller
from identity.models import BoundDevice, FreezeCode, Guardianship, Mandate, Passkey, Resident
from identity.sessions import Sessions

DECEASED = "deceased"
JOB = "record-closed"
"""Enqueued with the change: rooms above end what they hold that speaks for the resident."""


async def close(
    connection: BaseDBAsyncClient,
    sessions: Sessions,
    resident: UUID,
    why: str,
    caller: Caller = NOBODY,
) -> Sequence[UUID]:
    """End everything that speaks for this resident, in the story's transaction.

    Returns the sessions that ended: ``sessions.announce`` them after the commit. Closing what is
    closed changes nothing.
    """
    rows = Resident.select_for_update().using_db(connection)
    row = await rows.get_or_none(id=resident, closed_at__isnull=True)
    if row is None:
        return []
    row.closed_at, row.closed_why = datetime.now(UTC), why
    await row.save(using_db=connection, update_fields=["closed_at", "closed_why"])
    ended = list(await sessions.end_all(connection, resident, why))
    ended += await guardians.release_all(connection, sessions, resident, why)
    await end_returns(connection, resident)
    await end_acting(connection, resident, why)
    await grants.end_all(connection, resident, why)
    await record(connection, event="identity:closed", resident=resident, caller=caller)
    await enqueue(connection, JOB, {"resident": str(resident)})
    return ended


async def end_returns(connection: BaseDBAsyncClient, resident: UUID) -> None:
    """No device, passkey or paper code speaks for this resident any more."""
    now = datetime.now(UTC)
    for table in (BoundDevice, Passkey):
        living = table.filter(resident_id=resident, ended_at__isnull=True).using_db(connection)
        await living.update(ended_at=now)
    await FreezeCode.filter(resident_id=resident).using_db(connection).delete()


async def end_acting(connection: BaseDBAsyncClient, resident: UUID, why: str) -> None:
    """Nobody acts for the dead, and they for nobody."""
    now = datetime.now(UTC)
    mandates = Mandate.filter(Q(principal_id=resident) | Q(agent_id=resident))
    await (
        mandates.filter(ended_at__isnull=True)
        .using_db(connection)
        .update(state="ended", ended_at=now)
    )
    wards = Guardianship.filter(Q(guardian_id=resident) | Q(ward_id=resident))
    await (
        wards.filter(ended_at__isnull=True).using_db(connection).update(ended_at=now, ended_why=why)
    )
