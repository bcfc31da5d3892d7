"""Pushed authorization requests (RFC 9126): judged whole when they are pushed, sealed in Valkey for
ninety seconds, and given out once, to the client that pushed them.
"""

import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field

from redis.asyncio import Redis

from config.cache import reaching_cache
from config.settings import Settings
from identity.oauth.authentication import Authentication, Party
from identity.oauth.authorization_request import (
    AuthorizationRequests,
    check_client,
    checked_redirect_uri,
)
from identity.oauth.message import Message, Parameters
from identity.oauth.refusals import InvalidRequest
from identity.vault import NotOpened, Vault

SECONDS = 90
PREFIX = "urn:ietf:params:oauth:request_uri:"
_LONGEST = 128  # characters of a request_uri; ours have 77
# What is read again at the authorization endpoint, and not a byte of what nobody asked for: anybody
# may push in the name of a public client.
_KEPT = {
    "acr_values",
    "code_challenge",
    "code_challenge_method",
    "dpop_jkt",
    "id_token_hint",
    "max_age",
    "nonce",
    "prompt",
    "redirect_uri",
    "resource",
    "response_mode",
    "response_type",
    "scope",
    "state",
}


@dataclass(frozen=True)
class Pushed:
    """What the client sends the browser with; ``expires_in`` seconds."""

    request_uri: str = field(repr=False)
    expires_in: int


class PushedRequests:
    """``push`` by clients, ``redeem`` by the authorization endpoint."""

    def __init__(
        self,
        authentication: Authentication,
        requests: AuthorizationRequests,
        cache: Redis,
        vault: Vault,
        settings: Settings,
    ):
        self._authentication = authentication
        self._requests = requests
        self._cache = cache
        self._vault = vault
        self._production = settings.environment == "production"

    async def push(self, message: Message) -> Pushed:
        """RFC 9126 §2.1. Raises what authentication and the request's checks raise."""
        party = await self._authentication.party(message, bound=False)
        check_no_request_uri(message)
        check_client(party.client, production=self._production)
        given = bound_to_key(message.parameters, party)
        redirect_uri = checked_redirect_uri(party.client, given)
        await self._requests.judged(party.client, given, redirect_uri)
        return await self._keep(party.client.id, given)

    async def redeem(self, client: str, request_uri: str) -> Parameters:
        """What this client pushed, once (RFC 9126 §4). Raises InvalidRequest for one that is
        unknown, over, used or another client's; CacheUnavailable.
        """
        if len(request_uri) > _LONGEST or not request_uri.startswith(PREFIX):
            raise InvalidRequest("a request_uri that is not ours")
        place = _place(client, request_uri)
        with reaching_cache():
            sealed = await self._cache.getdel(place)
        if not isinstance(sealed, bytes):  # our client gives bytes; None when there is nothing
            raise InvalidRequest("a request_uri that is unknown, over, used or another client's")
        try:
            kept = json.loads(self._vault.open(sealed, place))
        except NotOpened:
            raise InvalidRequest("a request_uri that cannot be opened") from None
        if kept["until"] <= time.time():
            raise InvalidRequest("a request_uri that is over")
        return Parameters.kept(kept["parameters"])

    async def _keep(self, client: str, given: Parameters) -> Pushed:
        request_uri = PREFIX + secrets.token_urlsafe(32)
        place = _place(client, request_uri)
        parameters = {n: v for n, v in given.as_mapping().items() if n in _KEPT}
        kept = {"parameters": parameters, "until": time.time() + SECONDS}
        sealed = self._vault.seal(json.dumps(kept).encode(), place)
        with reaching_cache():
            await self._cache.set(place, sealed, ex=SECONDS)
        return Pushed(request_uri, SECONDS)


def check_no_request_uri(message: Message) -> None:
    """RFC 9126 §2.1, point 2. Raises InvalidRequest."""
    if "request_uri" in message.parameters:
        raise InvalidRequest("a request_uri in what is pushed")


def bound_to_key(given: Parameters, party: Party) -> Parameters:
    """With a proof the code is bound to its key, as if ``dpop_jkt`` had named it; named and shown
    they must agree (RFC 9449 §10.1). Raises InvalidRequest.
    """
    if not party.key:
        return given
    if given.get("dpop_jkt", party.key) != party.key:
        raise InvalidRequest("dpop_jkt names another key than the proof")
    return Parameters.kept(given.as_mapping() | {"dpop_jkt": [party.key]})


def _place(client: str, request_uri: str) -> str:
    """By client too, so that nobody else's look uses it up."""
    return f"par:{hashlib.sha256(f'{client}|{request_uri}'.encode()).hexdigest()}"
