"""Whom an access token is for (RFC 8707): our own API, or a department's registered resource."""

import time

from config.database import reaching_database
from config.settings import Settings
from identity.models import Partner
from identity.oauth.message import Parameters
from identity.oauth.refusals import InvalidTarget
from identity.partners.client import ClientKind, State
from identity.partners.metadata import Metadata

_READ_AGAIN = 5.0  # seconds; whether a department may still be asked, its own tokens tell


class Resources:
    """``asked`` where a client names resources first, ``chosen`` among those it was given."""

    def __init__(self, settings: Settings):
        self.own = settings.audience
        self._known: frozenset[str] = frozenset()
        self._read_at = float("-inf")

    async def asked(self, parameters: Parameters) -> tuple[str, ...]:
        """The resources a request names, each known; none: our own API. Raises InvalidTarget."""
        wanted = tuple(dict.fromkeys(parameters.all("resource")))
        if not set(wanted) <= {self.own} and not set(wanted) <= {self.own} | await self._all():
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

    async def _all(self) -> frozenset[str]:
        """Of all approved departments; never our own API, whatever a department registered."""
        if time.monotonic() - self._read_at >= _READ_AGAIN:
            with reaching_database():
                rows = Partner.filter(kind=ClientKind.DEPARTMENT, state=State.APPROVED)
                found = await rows.values_list("metadata", flat=True)
            said = [Metadata.model_validate_json(str(each)).resources for each in found]
            self._known = frozenset(uri for each in said for uri in each) - {self.own}
            self._read_at = time.monotonic()
        return self._known
