"""The authorization endpoint (RFC 6749 §3.1): from a client's request to the page that asks.

Nobody is sent anywhere before the client and its address are known to be good (RFC 9700 §4.11.2):
until then a refusal is raised, and whoever is looking reads it here.
"""

from dataclasses import dataclass

from config import logs
from config.settings import Settings
from identity.oauth import responses
from identity.oauth.authorization_request import (
    AuthorizationRequests,
    check_client,
    checked_redirect_uri,
    echoed_state,
)
from identity.oauth.interaction_store import Begun, InteractionStore
from identity.oauth.message import Message, Parameters
from identity.oauth.par import PREFIX, PushedRequests
from identity.oauth.refusals import InvalidRequest, OAuthRefused, RequestUriNotSupported
from identity.partners.client import Client
from identity.partners.quota import Quotas
from identity.partners.registry import Registry

log = logs.get("oauth")


@dataclass(frozen=True)
class ToClient:
    """Back to the client, with a refusal; ``address`` was checked."""

    address: str

    def __repr__(self) -> str:
        return "ToClient(…)"


class Authorize:
    def __init__(
        self,
        registry: Registry,
        pushed: PushedRequests,
        requests: AuthorizationRequests,
        interactions: InteractionStore,
        *,
        quotas: Quotas,
        settings: Settings,
    ):
        self._registry = registry
        self._pushed = pushed
        self._requests = requests
        self._interactions = interactions
        self._quotas = quotas
        self._issuer = settings.public_url.rstrip("/")
        self._production = settings.environment == "production"

    async def begin(self, message: Message) -> Begun | ToClient:
        """Keep what is asked for until the resident has answered.

        Raises OAuthRefused for what only the person at the browser may be told;
        ClientTooOften, CacheUnavailable, DatabaseUnavailable.
        """
        check_method(message)
        client = await self._known(message.parameters["client_id"])
        check_client(client, production=self._production)
        given = await self._asked(client, message)
        redirect_uri = checked_redirect_uri(client, given)
        try:
            request = await self._requests.judged(client, given, redirect_uri)
        except OAuthRefused as refusal:
            log.info(
                "refused-to-client", client=client.id, error=refusal.error, cause=refusal.cause
            )
            state = echoed_state(given)
            return ToClient(responses.refused(redirect_uri, self._issuer, state, refusal))
        return await self._interactions.begin(request)

    async def _known(self, id: str) -> Client:
        client = await self._registry.client(id)
        if client is None:
            raise InvalidRequest("nobody knows the client")
        return client

    async def _asked(self, client: Client, message: Message) -> Parameters:
        """What was pushed, and nothing that came beside it (RFC 9126 §4, RFC 9101 §6.3); in plain
        only by a client that could not prove who pushes (FAPI 2.0 §5.3.2.2).

        What was pushed was counted when it was; here whoever asks is counted by their address.
        """
        sent = message.parameters
        if "request_uri" not in sent:
            check_may_ask_openly(client)
            await self._quotas.spend(client, message.address)
            return sent
        check_request_uri(sent)
        return await self._pushed.redeem(client.id, sent["request_uri"])


def check_method(message: Message) -> None:
    """A HEAD asks for nothing, and must use nothing up. Raises InvalidRequest."""
    if message.method not in ("GET", "POST"):
        raise InvalidRequest("neither GET nor POST")


def check_may_ask_openly(client: Client) -> None:
    """Raises InvalidRequest."""
    if client.confidential:
        raise InvalidRequest("not pushed")


def check_request_uri(sent: Parameters) -> None:
    """Only our own; nothing is fetched from anywhere. Raises RequestUriNotSupported."""
    if not sent["request_uri"].startswith(PREFIX):
        raise RequestUriNotSupported("an address of somebody else's")
