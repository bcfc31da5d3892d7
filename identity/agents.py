"""A family agent acts: a session of the principal that hangs on the agent's own.

When the agent's session ends, or the mandate does, so does this one, on every worker. Its tokens
name both people (``act``, RFC 8693 §4.1) and reach the mandate's services only.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from identity import ages
from identity.caller import OWN_APP, Caller
from identity.documents.citizen_number import CHINA
from identity.errors import SessionEnded
from identity.mandate_rows import locked, note
from identity.mandates import MandateMissing, MandateNotInForce, permits, resident_of
from identity.models import Mandate, Resident, Session
from identity.residents import Residents
from identity.tokens import AccessToken, Tokens


@dataclass(frozen=True)
class Agents:
    """The parts of the story, put together in ``api/wiring``."""

    residents: Residents
    tokens: Tokens

    async def act(self, caller: Caller, mandate: UUID) -> AccessToken:
        """A token to act for the principal in the named services; no refreshing.

        Its level and freshness are the agent's own. Raises MandateMissing, MandateNotInForce (also
        while the principal's identity is frozen), ResidentMissing or SessionEnded.
        """
        me = resident_of(caller)
        async with in_transaction() as connection:
            found = await Mandate.get_or_none(id=mandate, agent_id=me, using_db=connection)
            if found is None:
                raise MandateMissing()
            frozen = await _is_frozen(connection, found.principal_id)
            await self.residents.reveal(found.principal_id)  # closed residents have no agents
            row = await locked(connection, mandate)
            if row is None or frozen or not permits(row, ages.today()):
                raise MandateNotInForce(since=str(found.starts_on), until=str(found.ends_on))
            session = await _acting_session(connection, caller, row)
            await note(connection, "mandate:used", caller, row)
        scopes = [f"{service}:read" for service in row.services.split()]
        return await self.tokens.issue(session, scopes)


async def _is_frozen(connection: BaseDBAsyncClient, principal: UUID) -> bool:
    """The principal is locked first, here and where they are frozen or closed, so that no session
    of theirs opens beside that.
    """
    rows = Resident.select_for_update().using_db(connection)
    row = await rows.get_or_none(id=principal)
    return row is not None and row.frozen_at is not None


async def _acting_session(connection: BaseDBAsyncClient, caller: Caller, row: Mandate) -> Session:
    """The principal's session in which this agent acts from this session of theirs.

    Raises SessionEnded for one that was over before its lock was had: nothing may hang on it.
    """
    rows = Session.select_for_update().using_db(connection)
    parent = await rows.get_or_none(id=caller.session, ended_at__isnull=True)
    if parent is None:
        raise SessionEnded()
    known = Session.filter(mandate_id=row.id, parent_id=parent.id, ended_at__isnull=True)
    session = await known.using_db(connection).first() or Session(
        id=uuid4(), resident_id=row.principal_id, client=OWN_APP, mandate_id=row.id
    )
    session.actor_id, session.parent_id = row.agent_id, parent.id
    session.device, session.device_name = parent.device, parent.device_name
    session.key, session.channel, session.place = parent.key, parent.channel, parent.place
    session.acr, session.amr, session.auth_time = caller.acr, parent.amr, parent.auth_time
    session.last_used_at = datetime.now(UTC)
    session.expires_at = min(parent.expires_at, _end_of(row.ends_on))
    await session.save(using_db=connection)
    return session


def _end_of(day: date) -> datetime:
    """The first moment after a day in China."""
    return datetime.combine(day + timedelta(days=1), time(), CHINA).astimezone(UTC)
