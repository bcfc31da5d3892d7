"""The launch services: payments, and what is paid, booked, issued and shown with them."""

from dataclasses import dataclass

from api.parts.core import Core
from api.parts.ground import Ground
from services.catalogue import Catalogue
from services.issuers.everybody import Everybody
from services.issuers.keys import Issuers
from services.issuers.trust import Trust
from services.payables import payables
from services.payments.settlements import Settlements


@dataclass(frozen=True)
class Launch:
    """A line for each story of these services."""

    settlements: Settlements
    issuers: Issuers
    everybody: Everybody


def launch(ground: Ground, core: Core, catalogue: Catalogue) -> Launch:
    issuers = Issuers(ground.vault, catalogue.departments, ground.settings.public_url)
    trust = Trust(ground.outbound, ground.settings)
    return Launch(
        settlements=payables(ground.vault, catalogue),
        issuers=issuers,
        everybody=Everybody(issuers, trust, catalogue.departments),
    )
