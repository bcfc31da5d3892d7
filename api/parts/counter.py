"""The one counter: applications, the catalogue's edits, and what lies around them."""

from dataclasses import dataclass

from api.parts.core import Core
from api.parts.ground import Ground
from services.applications.story import Applications
from services.catalogue import Catalogue
from services.items.edits import Edits
from services.materials import kinds
from services.materials.store import Materials
from services.materials.taking import Taking
from services.ratings.figures import PublicFigures
from services.ratings.giving import Ratings
from services.search.misses import Misses
from services.tickets.own import Tickets
from services.uses import Uses


@dataclass(frozen=True)
class Counter:
    edits: Edits
    uses: Uses
    misses: Misses
    applications: Applications
    materials: Materials
    ratings: Ratings
    figures: PublicFigures
    tickets: Tickets


def counter(ground: Ground, core: Core, catalogue: Catalogue) -> Counter:
    vault = ground.vault
    return Counter(
        edits=Edits(catalogue, ground.news, core.staff_accounts),
        uses=Uses(),
        misses=Misses(),
        applications=Applications(vault, catalogue, core.residents, Taking(vault)),
        materials=Materials(vault, kinds.uploadable(catalogue)),
        ratings=Ratings(vault, catalogue),
        figures=PublicFigures(),
        tickets=Tickets(vault, catalogue),
    )
