"""Who may use the network identity: relying parties known by their own address.

A client's id is its public address. Its keys are read from ``<id>/oauth/jwks`` and it is answered
at ``<id>/v1/outside-logins/callback`` only. The main pages are a client, and so is everything on
this machine, so that a test may be one.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import jwt

from services.sandbox.page import way_back

KEYS, CALLBACK = "/oauth/jwks", "/v1/outside-logins/callback"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"  # RFC 7523 §2.2
_LONGEST_LIFE = 120  # seconds that an assertion may live (FAPI 2.0 §5.3.2.1 asks for a short one)
_SKEW = 10
_PATIENCE = aiohttp.ClientTimeout(total=3)
_NOWHERE = "http://127.0.0.1:0"


class NotClient(Exception):
    """The client is not known or did not prove to be itself; the message says which."""


@dataclass(frozen=True)
class Client:
    id: str

    @property
    def redirect_uri(self) -> str:
        return self.id + CALLBACK


class Clients:
    """``home``: the public address of the main pages; ``audience``: our own issuer."""

    def __init__(self, home: str, audience: str):
        self._home, self._audience = home.rstrip("/"), audience
        self._seen: dict[str, float] = {}

    def known(self, client_id: str) -> Client:
        """Raises NotClient."""
        trusted = client_id == self._home or way_back(client_id, _NOWHERE) == client_id
        if not trusted or client_id.endswith("/"):
            raise NotClient("unknown")
        return Client(client_id)

    async def authenticated(self, form: Mapping[str, str]) -> Client:
        """private_key_jwt (OpenID Connect Core §9, RFC 7523 §3). Raises NotClient."""
        if form.get("client_assertion_type") != ASSERTION:
            raise NotClient("no assertion")
        assertion = form.get("client_assertion", "")
        client = self.known(form.get("client_id", ""))
        claims = await self._claims(client, assertion)
        if claims["sub"] != client.id or claims["exp"] - time.time() > _LONGEST_LIFE + _SKEW:
            raise NotClient("assertion")
        self._spend(f"{client.id} {claims['jti']}", float(claims["exp"]) + _SKEW)
        return client

    async def _claims(self, client: Client, assertion: str) -> dict[str, Any]:
        try:
            kid = jwt.get_unverified_header(assertion).get("kid")
            key = jwt.PyJWK.from_dict(await _key(client, str(kid)))
            claims: dict[str, Any] = jwt.decode(
                assertion,
                key,
                algorithms=["ES256"],
                audience=self._audience,
                issuer=client.id,
                leeway=_SKEW,
                options={"require": ["iss", "sub", "aud", "exp", "jti"], "strict_aud": True},
            )
        except jwt.PyJWTError as fault:
            raise NotClient("assertion") from fault
        return claims

    def _spend(self, name: str, until: float) -> None:
        now = time.time()
        self._seen = {old: end for old, end in self._seen.items() if end > now}
        if name in self._seen:
            raise NotClient("assertion used before")
        self._seen[name] = until


async def _key(client: Client, kid: str) -> dict[str, Any]:
    """The client's key of this name, read anew each time: this is no busy place."""
    try:
        async with (
            aiohttp.ClientSession(timeout=_PATIENCE) as http,
            http.get(client.id + KEYS) as answer,
        ):
            found = await answer.json(content_type=None)
        return next(dict(key) for key in found["keys"] if key.get("kid") == kid)
    except (TimeoutError, aiohttp.ClientError, ValueError, TypeError, KeyError) as fault:
        raise NotClient("keys not readable") from fault
    except StopIteration:
        raise NotClient("no such key") from None
