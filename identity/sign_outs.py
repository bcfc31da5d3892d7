"""Signing out for good: the sessions end, and nothing brings anybody back without a new proof."""

from dataclasses import dataclass
from uuid import UUID

from tortoise.transactions import in_transaction

from identity.audit import record
from identity.bindings import Bindings
from identity.caller import Caller
from identity.errors import SessionMissing
from identity.models import Resident, Session
from identity.sessions import Sessions


@dataclass(frozen=True)
class SignOuts:
    sessions: Sessions
    bindings: Bindings

    async def forgetting(self, resident: UUID, session: UUID, caller: Caller) -> None:
        """End one session and unbind its device. Raises SessionMissing if it is not theirs."""
        async with in_transaction() as connection:
            mine = Session.filter(id=session, resident_id=resident, ended_at__isnull=True)
            row = await mine.using_db(connection).first()
            if row is None:
                raise SessionMissing()
            await self.bindings.forget(connection, row, caller)
        await self.sessions.end(session, resident, caller=caller)

    async def everywhere(self, resident: UUID, caller: Caller) -> None:
        """End every session and unbind every device, in one transaction, on every worker."""
        async with in_transaction() as connection:
            await Resident.select_for_update().using_db(connection).get(id=resident)
            await self.bindings.unbind_all(connection, resident, caller)
            ended = await self.sessions.end_all(connection, resident, "sign-out")
            await record(connection, event="session:all-ended", resident=resident, caller=caller)
        await self.sessions.announce(ended)
