"""ID tokens (OpenID Connect Core §2): who signed in, when and how well proven, for one client."""

import base64
import hashlib
import time
from dataclasses import dataclass
from typing import Any

from config.settings import Settings
from identity.models import Session
from identity.oauth import faults
from identity.oauth.nested import nest
from identity.partners.client import Client
from identity.partners.keys import ClientKeys
from identity.signer import Signer
from identity.tokens import AccessToken

LIFE = 300  # seconds; it is read once, at once


@dataclass(frozen=True)
class SignIn:
    """``session`` with the ``level`` that holds now, the resident's pairwise ``subject`` and the
    client's ``nonce``, if it sent one.
    """

    session: Session
    subject: str
    level: int
    nonce: str = ""


class IdTokens:
    def __init__(self, signer: Signer, keys: ClientKeys, settings: Settings):
        self._signer = signer
        self._keys = keys
        self._issuer = settings.public_url.rstrip("/")

    async def issue(self, client: Client, sign_in: SignIn, access: AccessToken) -> str:
        """A JWS, within a JWE where the client registered for that."""
        signed = faults.signed(
            client, await self._signer.sign(self._claims(client, sign_in, access))
        )
        said = client.metadata
        if not (alg := said.id_token_encrypted_response_alg):
            return signed
        enc = said.id_token_encrypted_response_enc
        return await nest(self._keys, client, signed, alg, enc)

    async def check_deliverable(self, client: Client) -> None:
        """Before a code or token is used up: the key to encrypt to is there.

        Raises what ``ClientKeys.encryption_key`` raises.
        """
        if alg := client.metadata.id_token_encrypted_response_alg:
            await self._keys.encryption_key(client, alg)

    def _claims(self, client: Client, sign_in: SignIn, access: AccessToken) -> dict[str, Any]:
        now, session = int(time.time()), sign_in.session
        claims: dict[str, Any] = {
            "iss": self._issuer,
            "aud": client.id,
            "sub": sign_in.subject,
            "sid": str(session.id),
            "iat": now,
            "exp": now + LIFE,
            "auth_time": int(session.auth_time.timestamp()),
            "acr": str(sign_in.level),
            "amr": session.amr.split(),
            "at_hash": at_hash(access.value),
        }
        if sign_in.nonce:
            claims["nonce"] = faults.nonce(client, sign_in.nonce)
        return claims


def at_hash(access_token: str) -> str:
    """OpenID Connect Core §3.1.3.6: the left half of SHA-256, base64url."""
    half = hashlib.sha256(access_token.encode()).digest()[:16]
    return base64.urlsafe_b64encode(half).rstrip(b"=").decode()
