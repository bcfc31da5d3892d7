"""Access tokens of clients (RFC 9068): one JWT form for all; an opaque one is a name for a JWT.

Valkey keeps the JWT that an opaque token stands for, sealed and under the token's hash, as long as
it lives: emptied, the client asks for another.
"""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from redis.asyncio import Redis

from config.cache import reaching_cache
from config.settings import Settings
from identity.models import Session
from identity.oauth.callers import OPAQUE, opaque_place
from identity.partners.client import Client
from identity.signer import ACCESS_TOKEN, Signer
from identity.tokens import AccessToken
from identity.vault import Vault


@dataclass(frozen=True)
class Bearing:
    """What a token bears beside its session: the resident's pairwise ``subject``, ``scope``,
    ``audience`` (empty: our own API), ``level`` (1-5) it may name, and at most ``seconds`` of life.
    """

    subject: str
    scope: str
    level: int
    audience: str = ""
    seconds: int = 600


class AccessTokens:
    def __init__(self, signer: Signer, cache: Redis, vault: Vault, settings: Settings):
        self._signer = signer
        self._cache = cache
        self._vault = vault
        self._issuer = settings.public_url.rstrip("/")
        self._audience = settings.audience
        self._life = settings.access_token_seconds

    async def in_session(self, client: Client, session: Session, bearing: Bearing) -> AccessToken:
        """For a resident's session with a client; it lives no longer than the session."""
        left = int(session.expires_at.timestamp() - time.time())
        said = {
            "sub": bearing.subject,
            "sid": str(session.id),
            "acr": str(bearing.level),
            "amr": session.amr.split(),
            "auth_time": int(session.auth_time.timestamp()),
        }
        seconds = max(0, min(bearing.seconds, left))
        return await self.bearing(
            client, session.key, bearing.scope, said, audience=bearing.audience, seconds=seconds
        )

    async def of_client(
        self, client: Client, key: str, scope: str, audience: str = ""
    ) -> AccessToken:
        """For the client itself (RFC 6749 §4.4): no resident, no session, no level."""
        return await self.bearing(client, key, scope, {"sub": client.id}, audience=audience)

    async def bearing(
        self,
        client: Client,
        key: str,
        scope: str,
        said: Mapping[str, Any],
        *,
        audience: str = "",
        seconds: int = 600,
    ) -> AccessToken:
        """A token that says ``said`` beside what every token says, bound to ``key`` if there is
        one. Raises DatabaseUnavailable, or CacheUnavailable where it is opaque.
        """
        now, life = int(time.time()), min(self._life, seconds)
        claims: dict[str, Any] = {
            "iss": self._issuer,
            "aud": audience or self._audience,
            "client_id": client.id,
            "scope": scope,
            "iat": now,
            "exp": now + life,
            "jti": str(uuid4()),
            **said,
        }
        if key:
            claims["cnf"] = {"jkt": key}
        value = await self._signer.sign(claims, ACCESS_TOKEN)
        if client.metadata.access_tokens == "opaque":
            value = await self._named(value, life)
        return AccessToken(value, life, "DPoP" if key else "Bearer")

    async def _named(self, token: str, life: int) -> str:
        name = OPAQUE + secrets.token_urlsafe(32)
        place = opaque_place(name)
        with reaching_cache():
            await self._cache.set(place, self._vault.seal(token.encode(), place), ex=max(1, life))
        return name
