"""The grant ``authorization_code`` (RFC 6749 §4.1.3, OAuth 2.1 §4.1.3) with PKCE (RFC 7636).

A code is good once, for a minute, for the client, address, verifier and key it was given for.
Whoever shows one again with all of these right ends what it was exchanged for (RFC 6749 §4.1.2).
Unknown, expired, used and foreign codes get one answer.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.database import reaching_database
from identity.audit import record
from identity.grants import Grants
from identity.models import AuthorizationCode, Grant
from identity.oauth import faults, partner_sessions
from identity.oauth.authentication import Party
from identity.oauth.issued import Issued
from identity.oauth.message import Parameters
from identity.oauth.partner_sessions import Opening
from identity.oauth.refusals import InvalidGrant, UnauthorizedClient
from identity.oauth.resources import Resources
from identity.oauth.sign_in_tokens import SignedIn, SignInTokens
from identity.partners.metadata import CODE, REFRESH
from identity.sessions import Sessions, new_refresh_token

_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")  # RFC 7636 §4.1


@dataclass(frozen=True, repr=False)
class Exchanged:
    """What a code became within the transaction."""

    who: SignedIn
    grant: Grant
    refresh_token: str


@dataclass(frozen=True)
class CodeGrant:
    sessions: Sessions
    grants: Grants
    resources: Resources
    tokens: SignInTokens

    async def __call__(self, party: Party, parameters: Parameters) -> Issued:
        """Raises UnauthorizedClient, InvalidRequest, InvalidGrant or InvalidTarget;
        TemporarilyUnavailable for a client without the key it wants its ID tokens encrypted to.
        """
        if not party.client.may(CODE):
            raise UnauthorizedClient("not registered for codes")
        await self.tokens.ids.check_deliverable(party.client)
        with reaching_database():
            async with in_transaction() as connection:
                row = await _locked(connection, parameters["code"])
                check_client(row, party)
                check_redirect_uri(row, parameters["redirect_uri"])
                check_verifier(row, parameters.get("code_verifier"))
                check_key(row, party)
                done: Exchanged | Sequence[UUID]
                if row.used_at:
                    done = await self._end(connection, row)
                else:
                    check_time(row)
                    check_not_ended_with_client(row, party)
                    faults.check_code(party.client)
                    audience = self.resources.chosen(parameters, row.resource)
                    done = await self._exchange(connection, party, row, audience)
        if not isinstance(done, Exchanged):  # ended in the transaction: raising would undo it
            await self.sessions.announce(done)
            raise InvalidGrant("a code shown again")
        await self.grants.used(done.grant)
        return await self.tokens.issue(party.client, done.who, done.refresh_token)

    async def _end(self, connection: BaseDBAsyncClient, row: AuthorizationCode) -> Sequence[UUID]:
        """End what this code was exchanged for."""
        sessions = [UUID(str(row.session_id))] if row.session_id else []
        resident = UUID(str(row.resident_id))
        await record(connection, event="code:replayed", resident=resident)
        return await self.sessions.end_these(connection, sessions, "code-replayed")

    async def _exchange(
        self, connection: BaseDBAsyncClient, party: Party, row: AuthorizationCode, audience: str
    ) -> Exchanged:
        parent = await partner_sessions.living_parent(connection, UUID(str(row.parent_id)))
        grant = await partner_sessions.living_grant(connection, UUID(str(row.grant_id)))
        opening = _opening(party, row, partner_sessions.within(row.scope, grant))
        session = await partner_sessions.open_session(connection, parent, grant, opening)
        row.used_at, row.session_id = datetime.now(UTC), session.id
        await row.save(using_db=connection, update_fields=["used_at", "session_id"])
        await partner_sessions.note(connection, "partner:signed-in", opening, session, grant)
        refresh_token = ""
        if party.client.may(REFRESH):
            refresh_token = await new_refresh_token(connection, session.id, party.key)
        level = await partner_sessions.level(connection, session)
        who = SignedIn(session, str(grant.subject), session.scope, level, audience, row.nonce)
        return Exchanged(who, grant, refresh_token)


def check_client(row: AuthorizationCode, party: Party) -> None:
    """RFC 6749 §4.1.3. It stays good for the client it was given to."""
    if row.client != party.client.id:
        raise InvalidGrant("a code of another client")


def check_redirect_uri(row: AuthorizationCode, redirect_uri: str) -> None:
    """The very one that was asked with (RFC 6749 §4.1.3)."""
    if row.redirect_uri != redirect_uri:
        raise InvalidGrant("for another redirect_uri")


def check_verifier(row: AuthorizationCode, verifier: str) -> None:
    """RFC 7636 §4.6, S256 only; none where no challenge was (RFC 9700 §4.8.2, downgrade)."""
    if not row.challenge or not _VERIFIER.fullmatch(verifier):
        raise InvalidGrant("a verifier that is missing, stray or of no form")
    digest = hashlib.sha256(verifier.encode()).digest()
    made = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    if not hmac.compare_digest(made, row.challenge):
        raise InvalidGrant("another verifier")


def check_key(row: AuthorizationCode, party: Party) -> None:
    """RFC 9449 §10: a code bound to a key is good for its holder only."""
    if row.key and row.key != party.key:
        raise InvalidGrant("a code bound to another key")


def check_time(row: AuthorizationCode) -> None:
    if row.expires_at <= datetime.now(UTC):
        raise InvalidGrant("a code that is over")


def check_not_ended_with_client(row: AuthorizationCode, party: Party) -> None:
    """Given before a suspension, or before the client changed, it is as dead as the tokens are."""
    if row.created_at < party.client.tokens_from:
        raise InvalidGrant("from before its client was suspended")


async def _locked(connection: BaseDBAsyncClient, code: str) -> AuthorizationCode:
    """Of many at once, one after the other sees the row. Raises InvalidGrant."""
    digest = hashlib.sha256(code.encode()).hexdigest()
    found = await AuthorizationCode.filter(digest=digest).using_db(connection).first()
    if found is None:
        raise InvalidGrant("a code nobody knows")
    await partner_sessions.hold(connection, UUID(str(found.resident_id)))
    rows = AuthorizationCode.select_for_update().using_db(connection)
    row = await rows.get_or_none(digest=digest)
    if row is None:
        raise InvalidGrant("a code that ended with its grant")
    return row


def _opening(party: Party, row: AuthorizationCode, scope: str) -> Opening:
    return Opening(
        client=party.client,
        key=party.key,
        scope=scope,
        acr=row.acr,
        amr=row.amr,
        auth_time=row.auth_time,
        resource=row.resource,
    )
