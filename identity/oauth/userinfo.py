"""The userinfo endpoint (OpenID Connect Core §5.3): the fields the resident gives, and no others.

Plain, signed, or signed and then encrypted, as the client registered.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from config.errors import Unavailable
from config.settings import Settings
from identity import release
from identity.audit import Audit
from identity.caller import Caller
from identity.errors import SessionEnded, TokenInvalid
from identity.grants import Grants
from identity.models import Grant
from identity.oauth.nested import nest
from identity.oauth.refusals import TemporarilyUnavailable
from identity.partners.client import Client
from identity.partners.keys import ClientKeys
from identity.partners.registry import Registry
from identity.profile import Profile
from identity.scopes import OPENID, Scopes
from identity.signer import Signer

JSON, JWT = "application/json", "application/jwt"


class EncryptionKeyMissing(Unavailable):
    """The client asked for encryption and publishes no key for it: nothing leaves in the clear."""

    code = "encryption-key-missing"


@dataclass(frozen=True)
class Told:
    """What leaves, and what it is."""

    body: bytes = field(repr=False)
    content_type: str


@dataclass(frozen=True)
class UserInfo:
    registry: Registry
    grants: Grants
    scopes: Scopes
    profile: Profile
    audit: Audit
    signer: Signer
    keys: ClientKeys
    settings: Settings

    async def answer(self, caller: Caller) -> Told:
        """For the caller of an access token that was proven to be theirs (RFC 9449 §7).

        Raises ScopeMissing, TokenInvalid, SessionEnded or StepUpNeeded; RegisterUnavailable,
        DatabaseUnavailable or EncryptionKeyMissing.
        """
        check_openid(caller)
        client = await self._client(caller)
        grant = await self._grant(caller, client)
        given = self.scopes.of(caller.scopes & set(grant.scopes.split()))
        claims = await release.fields(caller, client, given, self.profile, self.audit)
        told = await self._told(client, {"sub": str(grant.subject)} | dict(claims))
        await self.grants.used(grant)
        return told

    async def _client(self, caller: Caller) -> Client:
        client = await self.registry.client(caller.client)
        if client is None:
            raise TokenInvalid(cause="its client is gone")
        return client

    async def _grant(self, caller: Caller, client: Client) -> Grant:
        """As it is now: it may have ended since the token was issued."""
        grant = await self.grants.of_session(caller.session)
        if grant is None:
            raise SessionEnded("its grant is over")
        if grant.client != client.id:
            raise release.scope_missing(caller, OPENID, "in another client's session")
        return grant

    async def _told(self, client: Client, claims: Mapping[str, Any]) -> Told:
        """OpenID Connect Core §5.3.2: signed, it says by whom and for whom."""
        said = client.metadata
        if not (said.userinfo_signed_response_alg or said.userinfo_encrypted_response_alg):
            return Told(json.dumps(claims, ensure_ascii=False).encode(), JSON)
        issuer = self.settings.public_url.rstrip("/")
        about = {"iss": issuer, "aud": client.id, "iat": int(time.time())}
        signed = await self.signer.sign(about | dict(claims))
        if not (alg := said.userinfo_encrypted_response_alg):
            return Told(signed.encode(), JWT)
        enc = said.userinfo_encrypted_response_enc
        try:
            return Told((await nest(self.keys, client, signed, alg, enc)).encode(), JWT)
        except TemporarilyUnavailable as fault:
            raise EncryptionKeyMissing(fault.cause) from fault


def check_openid(caller: Caller) -> None:
    """OpenID Connect Core §5.3.1: a token of an OpenID Connect sign-in. Raises ScopeMissing."""
    if OPENID not in caller.scopes:
        raise release.scope_missing(caller, OPENID)
