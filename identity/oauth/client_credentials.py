"""The grant ``client_credentials`` (RFC 6749 §4.4): for what is the client's own, no resident's.

Nothing here asks PostgreSQL: who the client is stands in memory (identity.partners.registry).
"""

from dataclasses import dataclass

from identity.oauth.access_tokens import AccessTokens
from identity.oauth.authentication import Party
from identity.oauth.issued import Issued
from identity.oauth.message import Parameters
from identity.oauth.refusals import InvalidScope, UnauthorizedClient
from identity.oauth.resources import Resources
from identity.partners.client import Client
from identity.partners.metadata import CREDENTIALS
from identity.scopes import Scopes


@dataclass(frozen=True)
class CredentialsGrant:
    scopes: Scopes
    resources: Resources
    tokens: AccessTokens

    async def __call__(self, party: Party, parameters: Parameters) -> Issued:
        """No refresh token (RFC 6749 §4.4.3). Raises UnauthorizedClient, InvalidScope,
        InvalidTarget.
        """
        check_registered(party.client)
        scope = self._given(party.client, parameters)
        asked = await self.resources.asked(parameters)
        audience = self.resources.chosen(parameters, " ".join(asked))
        access = await self.tokens.of_client(party.client, party.key, scope, audience)
        return Issued(access, scope)

    def _given(self, client: Client, parameters: Parameters) -> str:
        """What was asked for, or all of the client's own; nothing of a resident's."""
        own = [id for id in client.metadata.scope.split() if self._of_clients(id)]
        wanted = parameters.words("scope") or own
        if not wanted or not set(wanted) <= set(own):
            raise InvalidScope("a resident's, unknown, or not registered for")
        return " ".join(wanted)

    def _of_clients(self, id: str) -> bool:
        scope = self.scopes.get(id)
        return scope is not None and scope.of == "client"


def check_registered(client: Client) -> None:
    """OAuth 2.1 §4.2: confidential clients only."""
    if not client.may(CREDENTIALS) or not client.confidential:
        raise UnauthorizedClient("not registered for its own credentials")
