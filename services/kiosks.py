"""What the catalogue offers at kiosks, registered with identity, which asks residents about it."""

from identity.kiosks.offers import Offer, Offers
from services.catalogue import Catalogue
from services.service import Service


def offered(catalogue: Catalogue) -> Offers:
    """Every service whose channels name kiosks."""
    return Offers(_offer(one) for one in catalogue.services.values() if "kiosk" in one.channels)


def here(catalogue: Catalogue, region: str) -> list[Service]:
    """What a kiosk of this region shows, shelf by shelf."""
    return [
        one
        for one in catalogue.services.values()
        if "kiosk" in one.channels and _offer(one).stands_in(region)
    ]


def _offer(service: Service) -> Offer:
    return Offer(
        id=service.id,
        scope=service.scope,
        title=service.title,
        purpose=service.purpose,
        level=service.level,
        max_age=service.max_age,
        regions=service.regions,
    )
