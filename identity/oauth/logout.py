"""Signing out at a client's wish (OpenID Connect RP-Initiated Logout 1.0).

An ID token that we signed says which session with which client is meant, however long ago it
expired: that session ends. Without one we cannot know who is asking, so nothing ends and the
resident is told what to do. Nobody is sent to an address that their client did not register.
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit
from uuid import UUID

import jwt

from config.settings import Settings
from identity.errors import SessionMissing
from identity.keys import SigningKeys
from identity.models import Grant, Session
from identity.oauth.message import Message, Parameters
from identity.oauth.partner_sessions import caller
from identity.oauth.refusals import InvalidRequest
from identity.partners.client import Client
from identity.partners.registry import Registry
from identity.sessions import Sessions
from identity.signer import ALGORITHM, PLAIN

WHY = "logout"
_LONGEST = 8192  # characters; ours have about 700


@dataclass(frozen=True)
class Hint:
    """What an ID token of ours says: for which client, in which session."""

    client: str
    session: UUID


@dataclass(frozen=True)
class LoggedOut:
    """``known``: the session was named, and is over now. ``back``: a registered address of the
    client's with its state, empty for none.
    """

    known: bool
    client: Client | None = None
    back: str = field(default="", repr=False)


class Logout:
    def __init__(
        self, keys: SigningKeys, registry: Registry, sessions: Sessions, settings: Settings
    ):
        self._keys = keys
        self._registry = registry
        self._sessions = sessions
        self._issuer = settings.public_url.rstrip("/")

    async def asked(self, message: Message) -> LoggedOut:
        """End the session that is meant, if it can be told. Raises InvalidRequest (§2, §3)."""
        check_method(message)
        parameters = message.parameters
        hint = await self._hint(parameters.get("id_token_hint"))
        client = await self._client(parameters, hint)
        back = _back(parameters, client)
        if hint is None or client is None:
            return LoggedOut(False, client, back)
        await self._end(client, hint.session)
        return LoggedOut(True, client, back)

    async def _hint(self, token: str) -> Hint | None:
        """§2: taken also after it expired. None for what we did not sign as an ID token."""
        try:
            header = jwt.get_unverified_header(token[:_LONGEST])
            if header.get("typ", PLAIN) != PLAIN or header.get("alg") != ALGORITHM:
                return None
            key = await self._keys.ever(str(header.get("kid")))
            return _read(token, key, self._issuer) if key else None
        except (jwt.InvalidTokenError, ValueError, TypeError, KeyError, RecursionError):
            return None

    async def _client(self, parameters: Parameters, hint: Hint | None) -> Client | None:
        """§2: a ``client_id`` must be the one the ID token was issued to."""
        named = parameters.get("client_id")
        if hint and named and named != hint.client:
            raise InvalidRequest("the hint is another client's")
        id = hint.client if hint else named
        client = await self._registry.client(id) if id else None
        if id and client is None:
            raise InvalidRequest("no such client")
        return client

    async def _end(self, client: Client, id: UUID) -> None:
        """The client's session of that name; one that is over already stays so."""
        row = await Session.get_or_none(id=id, client=client.id, ended_at__isnull=True)
        if row is None:
            return
        grant = await Grant.get_or_none(id=row.grant_id) if row.grant_id else None
        who = caller(client, row, grant.purpose if grant else "")
        try:
            await self._sessions.end(id, UUID(str(row.resident_id)), WHY, who)
        except SessionMissing:  # somebody else ended it this moment
            return


def check_method(message: Message) -> None:
    """§2. A HEAD, as of programs that look where a link leads, ends nothing. Raises
    InvalidRequest.
    """
    if message.method not in ("GET", "POST"):
        raise InvalidRequest("neither GET nor POST")


def _read(token: str, key: Any, issuer: str) -> Hint:
    claims = jwt.decode(
        token,
        key,
        algorithms=[ALGORITHM],
        issuer=issuer,
        options={
            "require": ["iss", "sub", "aud", "exp", "iat", "sid"],
            "verify_aud": False,
            "verify_exp": False,
            "verify_iat": False,
        },
    )
    if not isinstance(claims["aud"], str):
        raise ValueError("not an ID token of ours")
    return Hint(claims["aud"], UUID(claims["sid"]))


def _back(parameters: Parameters, client: Client | None) -> str:
    """§3: exactly as registered, of a client that is known and may be used; then with ``state``.

    Raises InvalidRequest.
    """
    wanted = parameters.get("post_logout_redirect_uri")
    if not wanted:
        return ""
    if client is None:
        raise InvalidRequest("a way back, and nothing that says whose")
    if not client.approved or wanted not in client.metadata.post_logout_redirect_uris:
        raise InvalidRequest("a way back that is not registered")
    state = parameters.get("state")
    return _with(wanted, {"state": state}) if state else wanted


def _with(address: str, more: dict[str, str]) -> str:
    """The address with a query that grew by ``more``."""
    parts = urlsplit(address)
    query = "&".join(part for part in (parts.query, urlencode(more)) if part)
    return urlunsplit(parts._replace(query=query))
