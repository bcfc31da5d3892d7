"""Revocation (RFC 7009): a client gives back what it holds, and it is dead on every worker.

A refresh token takes its session along, with everything issued in it; an access token goes alone.
Unknown, dead and other clients' tokens get the same empty answer, and are left alone.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tortoise.transactions import in_transaction

from config.database import reaching_database
from config.errors import Unauthenticated
from identity.audit import record
from identity.caller import Caller
from identity.models import EndedToken
from identity.oauth import partner_sessions, refresh_tokens
from identity.oauth.authentication import Authentication
from identity.oauth.message import Message
from identity.oauth.refresh_tokens import Kept
from identity.partners.client import Client
from identity.revocations import Revocations
from identity.sessions import Sessions
from identity.tokens import Tokens


@dataclass(frozen=True)
class Revocation:
    authentication: Authentication
    tokens: Tokens
    sessions: Sessions
    revocations: Revocations

    async def answer(self, message: Message) -> None:
        """``token_type_hint`` changes nothing. Raises what ``Authentication.party`` raises, or
        InvalidRequest.
        """
        party = await self.authentication.party(message, bound=False)
        token = message.parameters["token"]
        kept = await refresh_tokens.find(token)
        if kept is None:
            await self._end_token(token, party.client)
        elif kept.session.client == party.client.id:
            await self._end_session(kept, party.client)

    async def _end_session(self, kept: Kept, client: Client) -> None:
        who = partner_sessions.caller(client, kept.session, "")
        with reaching_database():
            async with in_transaction() as connection:
                ended = await self.sessions.end_these(
                    connection, [_uuid(kept.session.id)], "revoked"
                )
                if ended:
                    await _note(connection, who)
        await self.sessions.announce(ended)

    async def _end_token(self, token: str, client: Client) -> None:
        try:
            claims = await self.tokens.living(token)
        except Unauthenticated:
            return
        if claims["client_id"] != client.id:
            return
        over = EndedToken(
            id=UUID(claims["jti"]),
            client=client.id,
            expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        )
        with reaching_database():
            await EndedToken.bulk_create([over], ignore_conflicts=True)
        await self.revocations.announce(over.id)


def _uuid(id: object) -> UUID:
    return UUID(str(id))


async def _note(connection: Any, who: Caller) -> None:
    await record(connection, event="partner:signed-out", resident=who.resident, caller=who)
