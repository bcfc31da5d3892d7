"""What is offered at kiosks: filled from the catalogue when a process starts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from identity.kiosks.errors import KioskServiceMissing


@dataclass(frozen=True)
class Offer:
    """A service as a kiosk's visitor is asked about it. ``regions``: GB/T 2260 prefixes, none
    meaning everywhere; ``level`` (1-5) and ``max_age`` (seconds) as its scope asks.
    """

    id: str
    scope: str
    title: Mapping[str, str]
    purpose: str
    level: int
    max_age: int | None
    regions: tuple[str, ...] = ()

    def stands_in(self, region: str) -> bool:
        """Whether it is offered in this region."""
        return not self.regions or any(region.startswith(one) for one in self.regions)


class Offers:
    """By the service's id, and by the scope its answers need."""

    def __init__(self, offers: Iterable[Offer]):
        self._by_id = {one.id: one for one in offers}
        self._by_scope = {one.scope: one for one in self._by_id.values()}

    def of(self, id: str, region: str) -> Offer:
        """Raises KioskServiceMissing, also for a service of other regions."""
        return _standing(self._by_id.get(id), region)

    def of_scope(self, scope: str, region: str) -> Offer:
        """The same by its scope."""
        return _standing(self._by_scope.get(scope), region)


def _standing(offer: Offer | None, region: str) -> Offer:
    if offer is None or not offer.stands_in(region):
        raise KioskServiceMissing()
    return offer
