"""Partners, kiosks and the provider's endpoints."""

from dataclasses import dataclass

from api.parts.core import Core
from api.parts.ground import Ground


@dataclass(frozen=True)
class Partners:
    """One line a story; each endpoint of ``api.oauth`` calls its own."""


def partners(ground: Ground, core: Core) -> Partners:
    return Partners()
