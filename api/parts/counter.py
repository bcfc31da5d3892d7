"""The one counter: applications, the catalogue's edits, and what lies around them."""

from dataclasses import dataclass

from api.parts.core import Core
from api.parts.ground import Ground
from services.catalogue import Catalogue
from services.items.edits import Edits
from services.search.misses import Misses
from services.uses import Uses


@dataclass(frozen=True)
class Counter:
    edits: Edits
    uses: Uses
    misses: Misses


def counter(ground: Ground, core: Core, catalogue: Catalogue) -> Counter:
    return Counter(
        edits=Edits(catalogue, ground.news),
        uses=Uses(),
        misses=Misses(),
    )
