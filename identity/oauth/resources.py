"""Whom an access token is for (RFC 8707): our own API, or a department's registered resource."""

import time

from config.database import reaching_database
from config.settings import Settings
from identity.models import Partner
from identity.oauth.message import Parameters
from identity.oauth.refusals import InvalidTarget
from identity.partners.client import ClientKind, State
from identity.partners.metadata import Metadata

_TRUSTED = 5.0  # seconds that what was read of departments is believed


class Resources:
    """``asked`` where a client names resources first, ``chosen`` among those it was given.

    Our own API is nobody's resource, whatever a department registered.
    """

    def __init__(self, settings: Settings):
        self.own = settings.audience
        self._known: frozenset[str] = frozenset()
        self._read_at = float("-inf")

    async def asked(self, parameters: Parameters) -> tuple[str, ...]:
        """The resources a request names, each known; none: our own API. Raises InvalidTarget."""
        wanted = tuple(dict.fromkeys(parameters.all("resource")))
        strange = set(wanted) - {self.own}
        if strange and not strange <= await self._known_to_answer(strange):
            raise InvalidTarget("nobody answers there")
        return wanted

    def chosen(self, parameters: Parameters, given: str) -> str:
        """The one audience of a token, out of ``given`` (space separated; empty: our own API).

        Without a wish it is our own API where that is among them, else the first.
        Raises InvalidTarget.
        """
        among = given.split() or [self.own]
        wanted = parameters.all("resource")
        if len(wanted) > 1 or not set(wanted) <= set(among):
            raise InvalidTarget("not one that was given, or more than one")
        if wanted:
            return wanted[0]
        return self.own if self.own in among else among[0]

    async def _known_to_answer(self, strange: set[str]) -> frozenset[str]:
        """All departments' resources; read anew for one that is unknown, which is rare."""
        if not strange <= self._known or time.monotonic() - self._read_at > _TRUSTED:
            self._known = await _registered() - {self.own}
            self._read_at = time.monotonic()
        return self._known


async def _registered() -> frozenset[str]:
    """Of all approved departments."""
    with reaching_database():
        rows = Partner.filter(kind=ClientKind.DEPARTMENT, state=State.APPROVED)
        found = await rows.values_list("metadata", flat=True)
    said = [Metadata.model_validate_json(str(each)).resources for each in found]
    return frozenset(uri for each in said for uri in each)
