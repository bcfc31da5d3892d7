"""Whom a client's access token speaks for: the client, and the resident behind its session."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
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

OPAQUE = "zo_"  # how an opaque access token begins: 256 random bits that stand for a JWT


def opaque_place(token: str) -> str:
    """Where Valkey keeps the JWT that an opaque token stands for."""
    return f"opaque:{hashlib.sha256(token.encode()).hexdigest()}"


@dataclass(frozen=True)
class Spoken:
    """A verified token's caller; ``issued`` and ``token`` (its jti) are asked about each time."""

    caller: Caller
    issued: datetime
    token: UUID


class Callers:
    """Reads the claims of verified access tokens that are not our own app's (RFC 9068 §2.2)."""

    def __init__(self, registry: Registry, cache: Redis):
        self._registry = registry
        self._cache = cache

    async def meant(self, opaque: str) -> str:
        """The JWT an opaque token stands for. Raises TokenInvalid; CacheUnavailable."""
        with reaching_cache():
            found = await self._cache.get(opaque_place(opaque))
        if found is None:
            raise TokenInvalid(cause="an opaque token nobody knows")
        return found if isinstance(found, str) else found.decode()

    async def read(self, claims: Mapping[str, Any]) -> Spoken:
        """Raises TokenInvalid or SessionEnded; DatabaseUnavailable."""
        client = await self._registry.client(claims["client_id"])
        if client is None:
            raise TokenInvalid(cause="its client is gone")
        try:
            return await self._spoken(client, claims)
        except (ValueError, AttributeError, TypeError, KeyError) as error:
            raise TokenInvalid(cause="a claim is not of its form") from error

    async def check(self, spoken: Spoken) -> None:
        """On every use: a suspension holds at once, and what was issued before it is dead.

        Raises SessionEnded.
        """
        client = await self._registry.client(spoken.caller.client)
        if client is None or not client.approved or spoken.issued < client.tokens_from:
            raise SessionEnded("its client is suspended, or its tokens were ended")

    async def _spoken(self, client: Client, claims: Mapping[str, Any]) -> Spoken:
        session = await _session(client, claims["sid"]) if "sid" in claims else None
        resident = UUID(str(session.resident_id)) if session else None
        caller = Caller(
            kind=client.kind.caller,
            resident=resident,
            actor=claims["act"]["sub"] if "act" in claims else client.id,
            client=client.id,
            session=UUID(str(session.id)) if session else None,
            scopes=frozenset(claims["scope"].split()),
            acr=claims["acr"] if session else "1",
            amr=tuple(claims.get("amr", ())),
            auth_time=datetime.fromtimestamp(claims["auth_time"], UTC) if session else None,
            purpose=await _purpose(session),
            key=claims["cnf"]["jkt"] if "cnf" in claims else "",
        )
        return Spoken(caller, datetime.fromtimestamp(claims["iat"], UTC), UUID(claims["jti"]))


async def _session(client: Client, sid: str) -> Session:
    with reaching_database():
        row = await Session.get_or_none(id=UUID(sid), ended_at__isnull=True)
    if row is None:
        raise SessionEnded()
    return row


async def _purpose(session: Session | None) -> str:
    """Of the grant: why the client was let in (CONTRACTS)."""
    if session is None or session.grant_id is None:
        return ""
    with reaching_database():
        grant = await Grant.get_or_none(id=session.grant_id)
    return grant.purpose if grant else ""
