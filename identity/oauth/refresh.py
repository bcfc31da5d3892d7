"""The grant ``refresh_token`` (RFC 6749 §6), in the two ways of OAuth 2.1 §4.3.1.

A confidential client proves its key, so it keeps its token (FAPI 2.0 Security Profile §5.3.2.1);
a public client's is exchanged for the next at each use (``Sessions.rotate``: ten seconds of
grace, then a second use ends everything). Tokens of a session never say more than the resident's
proofing and the grant still give.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from config.database import reaching_database
from identity.errors import RefreshTokenInvalid, RefreshTokenReused
from identity.grants import Grants
from identity.models import Grant, RefreshToken, Session
from identity.oauth import partner_sessions, refresh_tokens
from identity.oauth.authentication import Party
from identity.oauth.issued import Issued
from identity.oauth.message import Parameters
from identity.oauth.refresh_tokens import Kept
from identity.oauth.refusals import InvalidGrant, InvalidScope, UnauthorizedClient
from identity.oauth.resources import Resources
from identity.oauth.sign_in_tokens import SignedIn, SignInTokens
from identity.partners.metadata import REFRESH
from identity.sessions import Sessions


@dataclass(frozen=True)
class RefreshGrant:
    sessions: Sessions
    grants: Grants
    resources: Resources
    tokens: SignInTokens

    async def __call__(self, party: Party, parameters: Parameters) -> Issued:
        """Raises UnauthorizedClient, InvalidRequest, InvalidGrant, InvalidScope, InvalidTarget;
        TemporarilyUnavailable as for a code.
        """
        if not party.client.may(REFRESH):
            raise UnauthorizedClient("not registered for refreshing")
        await self.tokens.ids.check_deliverable(party.client)
        token = parameters["refresh_token"]
        kept = await _found(token, party)
        check_not_ended_with_client(kept.session, party)
        scope = narrowed(kept.session, parameters)
        audience = self.resources.chosen(parameters, kept.session.resource)
        if party.client.confidential:
            await _keep(kept, party)
        else:
            token = await self._rotate(token, party)
        who, grant = await _as_it_holds(kept.session, scope, audience)
        await self.grants.used(grant)
        return await self.tokens.issue(party.client, who, token)

    async def _rotate(self, token: str, party: Party) -> str:
        """The successor; with another key, or late, everything ends."""
        try:
            with reaching_database():
                opened = await self.sessions.rotate(token, party.key, client=party.client.id)
        except (RefreshTokenInvalid, RefreshTokenReused) as fault:
            raise InvalidGrant(fault.cause or fault.code) from fault
        return opened.refresh_token


def check_not_ended_with_client(session: Session, party: Party) -> None:
    """What was opened before a suspension stays dead after it."""
    if session.created_at < party.client.tokens_from:
        raise InvalidGrant("from before its client was suspended")


def narrowed(session: Session, parameters: Parameters) -> str:
    """The scope asked for, or all there is; never more (RFC 6749 §6). Raises InvalidScope."""
    there = session.scope.split()
    wanted = parameters.words("scope") or there
    if not set(wanted) <= set(there):
        raise InvalidScope("more than was given")
    return " ".join(wanted)


async def _found(token: str, party: Party) -> Kept:
    """A token of this client. Raises InvalidGrant."""
    kept = await refresh_tokens.find(token)
    if kept is None or kept.session.client != party.client.id:
        raise InvalidGrant("a refresh token nobody knows, or another client's")
    return kept


async def _keep(kept: Kept, party: Party) -> None:
    """Let it be used again by who holds its key (RFC 9449 §5). Raises InvalidGrant."""
    now = datetime.now(UTC)
    with reaching_database():
        async with in_transaction() as connection:
            sessions = Session.select_for_update().using_db(connection)
            session = await sessions.get_or_none(id=kept.session.id, ended_at__isnull=True)
            tokens = RefreshToken.filter(digest=kept.row.digest).using_db(connection)
            if session is None or session.expires_at <= now or not await tokens.exists():
                raise InvalidGrant("its session is over")
            if not party.key or kept.row.proof != party.key:
                raise InvalidGrant("bound to another key")
            session.last_used_at = now
            await session.save(using_db=connection, update_fields=["last_used_at"])


async def _as_it_holds(session: Session, scope: str, audience: str) -> tuple[SignedIn, Grant]:
    """What its tokens may say today. Raises InvalidGrant."""
    connection = get_connection("default")
    with reaching_database():
        grant_id = UUID(str(session.grant_id)) if session.grant_id else None
        grant = await partner_sessions.living_grant(connection, grant_id)
        level = await partner_sessions.level(connection, session)
    scope = partner_sessions.within(scope, grant)
    if not scope:
        raise InvalidGrant("nothing of it is given any more")
    return SignedIn(session, str(grant.subject), scope, level, audience), grant
