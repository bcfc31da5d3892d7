"""Rows of mandates: locked in one order, noted for both sides, ended with what hangs on them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

from identity.audit import record
from identity.caller import NOBODY, Caller
from identity.errors import SessionEnded
from identity.models import Mandate, Resident, Session
from identity.sessions import Sessions

REVOKED = "revoked"


async def locked(connection: BaseDBAsyncClient, mandate: UUID) -> Mandate | None:
    """Its principal is locked first, here and where they are frozen: no deadlock."""
    found = await Mandate.get_or_none(id=mandate, using_db=connection)
    if found is None:
        return None
    await _lock(connection, found.principal_id)
    return await Mandate.select_for_update().using_db(connection).get_or_none(id=mandate)


async def keep_in(connection: BaseDBAsyncClient, principal: UUID, caller: Caller) -> None:
    """Let nothing be offered in a session that a freeze has just ended. Raises SessionEnded."""
    await _lock(connection, principal)
    living = Session.filter(id=caller.session, ended_at__isnull=True)
    if not await living.using_db(connection).exists():
        raise SessionEnded()


async def note(connection: BaseDBAsyncClient, event: str, caller: Caller, row: Mandate) -> None:
    """Record it in the lists of both, once both are known."""
    principal = UUID(str(row.principal_id))
    agent = UUID(str(row.agent_id)) if row.agent_id else None
    await record(connection, event=event, resident=principal, caller=caller, other=agent)


async def revoke(
    connection: BaseDBAsyncClient, sessions: Sessions, rows: Sequence[Mandate]
) -> Sequence[UUID]:
    """Revoke mandates that the story has locked, and what is done under them.

    Returns the sessions that ended: ``sessions.announce`` them after the commit.
    """
    now = datetime.now(UTC)
    for row in rows:
        row.state, row.ended_at = REVOKED, now
        await row.save(using_db=connection, update_fields=["state", "ended_at"])
    acting = Session.filter(mandate_id__in=[row.id for row in rows], ended_at__isnull=True)
    found = await acting.using_db(connection).values_list("id", flat=True)
    named = [UUID(str(session)) for session in found]
    return await sessions.end_these(connection, named, "mandate-revoked")


async def disown(
    connection: BaseDBAsyncClient, sessions: Sessions, session: UUID
) -> Sequence[UUID]:
    """Revoke what was offered in a resident's name since a session began that was not theirs.

    The story has locked the resident. Returns the sessions that ended, as ``revoke`` does.
    """
    begun = await Session.get_or_none(id=session, using_db=connection)
    if begun is None:
        return []
    offered = Mandate.filter(principal_id=begun.resident_id, offered_at__gte=begun.created_at)
    living = offered.filter(ended_at__isnull=True).order_by("id").using_db(connection)
    rows = await living.select_for_update()
    for row in rows:
        await note(connection, "mandate:revoked", NOBODY, row)
    return await revoke(connection, sessions, rows)


async def _lock(connection: BaseDBAsyncClient, resident: object) -> None:
    await Resident.select_for_update().using_db(connection).get_or_none(id=resident)
