"""The token endpoint (RFC 6749 §3.2): who asks, then the grant they name."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from identity.oauth import faults
from identity.oauth.authentication import Authentication, Party
from identity.oauth.issued import Issued
from identity.oauth.message import Message, Parameters
from identity.oauth.refusals import UnsupportedGrantType

Grant = Callable[[Party, Parameters], Awaitable[Issued]]


class TokenEndpoint:
    """``grants`` by ``grant_type``. Whether its client is registered for it, each grant asks."""

    def __init__(self, authentication: Authentication, grants: Mapping[str, Grant]):
        self._authentication = authentication
        self._grants = grants

    async def answer(self, message: Message) -> dict[str, Any]:
        """The members of RFC 6749 §5.1. Raises what ``Authentication.party`` and the grant raise,
        InvalidRequest or UnsupportedGrantType.
        """
        grant = self._grants.get(message.parameters["grant_type"])
        if grant is None:
            raise UnsupportedGrantType("no such grant")
        party = await self._authentication.party(message)
        await faults.delay(party.client)
        issued = await grant(party, message.parameters)
        return issued.as_json()
