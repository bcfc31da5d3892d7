"""Whom a client's access token speaks for: the client, and the resident behind its session."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from redis.asyncio import Redis

from config.cache import reaching_cache
from config.database import reaching_database
from identity.caller import Caller
from identity.errors import SessionEnded, TokenInvalid
from identity.models import Grant, Session
from identity.partners.client import Client
from identity.partners.registry import Registry
from identity.vault import NotOpened, Vault

OPAQUE = "zo_"  # how an opaque access token begins: 256 random bits that stand for a JWT


def opaque_place(token: str) -> str:
    """Where Valkey keeps the JWT, sealed, that an opaque token stands for."""
    return f"opaque:{hashlib.sha256(token.encode()).hexdigest()}"


class Callers:
    """Reads the claims of verified access tokens that are not our own app's (RFC 9068 §2.2)."""

    def __init__(self, registry: Registry, cache: Redis, vault: Vault):
        self._registry = registry
        self._cache = cache
        self._vault = vault

    async def meant(self, opaque: str) -> str:
        """The JWT an opaque token stands for. Raises TokenInvalid; CacheUnavailable."""
        place = opaque_place(opaque)
        with reaching_cache():
            sealed: Any = await self._cache.get(place)
        if sealed is None:
            raise TokenInvalid(cause="an opaque token nobody knows")
        try:
            return self._vault.open(sealed, place).decode()
        except NotOpened as fault:
            raise TokenInvalid(cause="an opaque token we did not keep") from fault

    async def read(self, claims: Mapping[str, Any]) -> Caller:
        """Raises TokenInvalid or SessionEnded; DatabaseUnavailable."""
        client = await self._registry.client(claims["client_id"])
        if client is None:
            raise TokenInvalid(cause="its client is gone")
        try:
            session = await _session(client, claims) if "sid" in claims else None
            return _caller(client, claims, session, await _purpose(session))
        except (ValueError, AttributeError, TypeError, KeyError) as error:
            raise TokenInvalid(cause="a claim is not of its form") from error

    async def chain(self, claims: Mapping[str, Any]) -> tuple[str, ...]:
        """The clients behind an exchanged token: the one the resident let in, whose session it is
        in, then each that acted, the last first (RFC 8693 §4.1).

        Raises TokenInvalid or SessionEnded; DatabaseUnavailable.
        """
        try:
            id, actors, act = UUID(claims["sid"]), [], claims["act"]
            while act:
                actors.append(act["sub"])
                act = act.get("act")
        except (ValueError, AttributeError, TypeError, KeyError) as error:
            raise TokenInvalid(cause="a claim is not of its form") from error
        with reaching_database():
            row = await Session.get_or_none(id=id, ended_at__isnull=True)
        if row is None:
            raise SessionEnded()
        return tuple(dict.fromkeys((row.client, *actors)))

    async def check(self, client: str, issued: datetime) -> None:
        """On every use: a suspension holds at once, and what was issued before it is dead.

        Raises SessionEnded.
        """
        known = await self._registry.client(client)
        # Tokens name whole seconds: one of the very second of a suspension is taken for older.
        if known is None or not known.approved or issued < known.tokens_from:
            raise SessionEnded("its client is suspended, or its tokens were ended")


def _caller(
    client: Client, claims: Mapping[str, Any], session: Session | None, purpose: str
) -> Caller:
    return Caller(
        kind=client.kind.caller,
        resident=UUID(str(session.resident_id)) if session else None,
        actor=claims["act"]["sub"] if "act" in claims else client.id,
        client=client.id,
        session=UUID(str(session.id)) if session else None,
        scopes=frozenset(claims["scope"].split()),
        acr=claims["acr"] if session else "1",
        amr=tuple(claims.get("amr", ())),
        auth_time=datetime.fromtimestamp(claims["auth_time"], UTC) if session else None,
        purpose=purpose,
        key=claims["cnf"]["jkt"] if "cnf" in claims else "",
    )


async def _session(client: Client, claims: Mapping[str, Any]) -> Session:
    """The client's own; or, for a department that acts (RFC 8693), the one it acts in."""
    with reaching_database():
        row = await Session.get_or_none(id=UUID(claims["sid"]), ended_at__isnull=True)
    if row is None:
        raise SessionEnded()
    if row.client != client.id and "act" not in claims:
        raise TokenInvalid(cause="in another client's session")
    return row


async def _purpose(session: Session | None) -> str:
    """Of the grant: why the client was let in (CONTRACTS)."""
    if session is None or session.grant_id is None:
        return ""
    with reaching_database():
        grant = await Grant.get_or_none(id=session.grant_id)
    return grant.purpose if grant else ""
