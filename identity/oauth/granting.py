"""A resident's yes becomes a grant and a code, in one transaction.

Locked in the order of all stories: the resident, then their session. Whoever was frozen, merged,
erased or signed out while the page stood open gets no code.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.database import reaching_database
from identity import assurance
from identity.caller import Caller
from identity.errors import SessionEnded
from identity.grants import Grants
from identity.models import Grant, Resident, Session
from identity.oauth import codes
from identity.oauth.authorization_request import AuthorizationRequest
from identity.oauth.codes import Agreed
from identity.oauth.refusals import ConsentRequired
from identity.partners.client import Client


@dataclass(frozen=True)
class Granting:
    grants: Grants

    async def give(
        self,
        caller: Caller,
        client: Client,
        request: AuthorizationRequest,
        given: Sequence[str],
        locale: str,
    ) -> str:
        """A code under a new grant. What was offered instead counts as asked where it was chosen.

        Raises SessionEnded or DatabaseUnavailable.
        """
        with reaching_database():
            async with in_transaction() as connection:
                session = await _held(connection, caller)
                made = await self.grants.give(
                    connection,
                    resident=UUID(str(session.resident_id)),
                    client=client,
                    asked={*request.scope, *given},
                    given=given,
                    locale=locale,
                    channel=session.channel,
                    caller=caller,
                )
                level = await _level(connection, caller, session)
                agreed = Agreed(made.grant, tuple(given), caller, level)
                code = await codes.issue(connection, request, agreed)
        await self.grants.announce(made)
        return code

    async def again(
        self, caller: Caller, request: AuthorizationRequest, grant: Grant, scope: Sequence[str]
    ) -> str:
        """A code under the grant there is. Raises ConsentRequired if it was withdrawn this moment;
        SessionEnded or DatabaseUnavailable.
        """
        with reaching_database():
            async with in_transaction() as connection:
                session = await _held(connection, caller)
                rows = Grant.filter(id=grant.id, ended_at__isnull=True).using_db(connection)
                if not await rows.exists():
                    raise ConsentRequired("the grant was withdrawn this moment")
                level = await _level(connection, caller, session)
                agreed = Agreed(grant, tuple(scope), caller, level)
                return await codes.issue(connection, request, agreed)


async def _held(connection: BaseDBAsyncClient, caller: Caller) -> Session:
    residents = Resident.select_for_update().using_db(connection)
    resident = await residents.get_or_none(id=caller.resident)
    if resident is None or resident.frozen_at or resident.closed_at:
        raise SessionEnded("frozen or closed")
    sessions = Session.select_for_update().using_db(connection)
    session = await sessions.get_or_none(id=caller.session, ended_at__isnull=True)
    if session is None or session.expires_at <= datetime.now(UTC):
        raise SessionEnded("signed out while the page stood open")
    return session


async def _level(connection: BaseDBAsyncClient, caller: Caller, session: Session) -> int:
    """No more than the token named, nor than the resident's proofing still gives."""
    standing = await assurance.standing(connection, UUID(str(session.resident_id)))
    return min(int(caller.acr), assurance.session_level(session, standing))
