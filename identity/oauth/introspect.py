"""Introspection (RFC 7662): whether a token lives, and what it says, for whom it concerns.

A client is told of its own tokens, a department also of those for its resources. Of everything
else, living or not, there is one answer (§2.2, §4).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from config.errors import Unauthenticated
from identity.oauth import refresh_tokens
from identity.oauth.authentication import Authentication
from identity.oauth.message import Message
from identity.oauth.refusals import UnauthorizedClient
from identity.partners.client import Client, ClientKind
from identity.tokens import Tokens

INACTIVE: Mapping[str, Any] = {"active": False}


@dataclass(frozen=True)
class Introspection:
    authentication: Authentication
    tokens: Tokens
    own_audience: str

    async def answer(self, message: Message) -> Mapping[str, Any]:
        """The members of RFC 7662 §2.2, with ``cnf`` (RFC 9449 §6.2). ``token_type_hint`` changes
        nothing. Raises what ``Authentication.party`` raises, UnauthorizedClient, InvalidRequest.
        """
        party = await self.authentication.party(message, bound=False)
        check_caller(party.client)
        token = message.parameters["token"]
        if token.startswith(refresh_tokens.PREFIX):
            return await _of_refresh_token(token, party.client)
        claims = await self._living(token)
        if claims is None or not self.concerns(party.client, claims):
            return INACTIVE
        kind = "DPoP" if "cnf" in claims else "Bearer"
        return {"active": True, "token_type": kind, **claims}

    def concerns(self, client: Client, claims: Mapping[str, Any]) -> bool:
        """Its own token; or, for a department, one it is the audience of."""
        if claims["client_id"] == client.id:
            return True
        mine = set(client.metadata.resources) - {self.own_audience}
        return client.kind is ClientKind.DEPARTMENT and claims["aud"] in mine

    async def _living(self, token: str) -> Mapping[str, Any] | None:
        try:
            return await self.tokens.living(token)
        except Unauthenticated:
            return None


def check_caller(client: Client) -> None:
    """RFC 7662 §2.1: whoever asks has proven who they are; a public client cannot."""
    if not client.confidential:
        raise UnauthorizedClient("a public client")


async def _of_refresh_token(token: str, client: Client) -> Mapping[str, Any]:
    kept = await refresh_tokens.find(token)
    if kept is None or kept.session.client != client.id:
        return INACTIVE
    session = kept.session
    over = session.ended_at or session.expires_at <= datetime.now(UTC)
    if over or kept.row.used_at or session.created_at < client.tokens_from:
        return INACTIVE
    told: dict[str, Any] = {
        "active": True,
        "client_id": client.id,
        "scope": session.scope,
        "sid": str(session.id),
        "iat": int(kept.row.created_at.timestamp()),
        "exp": int(session.expires_at.timestamp()),
    }
    return told | ({"cnf": {"jkt": kept.row.proof}} if kept.row.proof else {})
