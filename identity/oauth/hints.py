"""``id_token_hint`` (OpenID Connect Core §3.1.2.1): who is expected to sign in."""

from typing import Any

import jwt

from config.settings import Settings
from identity.keys import SigningKeys
from identity.oauth.refusals import InvalidRequest
from identity.partners.client import Client
from identity.signer import ALGORITHM, PLAIN

_LONGEST = 8192  # characters; ours have about 700
_UNREADABLE = (jwt.InvalidTokenError, ValueError, TypeError, RecursionError, OverflowError)


class Hints:
    def __init__(self, keys: SigningKeys, settings: Settings):
        self._keys = keys
        self._issuer = settings.public_url.rstrip("/")

    async def subject(self, client: Client, token: str) -> str:
        """Whom an ID token of ours, given to this client once, is about; empty without one.

        It may have expired. Raises InvalidRequest.
        """
        if not token:
            return ""
        try:
            header = jwt.get_unverified_header(token[:_LONGEST])
            if header.get("typ", PLAIN) != PLAIN or header.get("alg") != ALGORITHM:
                raise InvalidRequest("a hint of another kind")
            key = await self._keys.ever(str(header.get("kid")))
            if key is None:
                raise InvalidRequest("a hint signed by an unknown key")
            return self._read(client, token, key)
        except _UNREADABLE as fault:
            raise InvalidRequest(f"a hint that is not ours: {type(fault).__name__}") from fault

    def _read(self, client: Client, token: str, key: Any) -> str:
        options: Any = {
            "require": ["iss", "sub", "aud", "sid"],
            "verify_exp": False,
            "verify_iat": False,
        }
        claims = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=client.id,
            issuer=self._issuer,
            options=options,
        )
        return str(claims["sub"])
