"""Partners, kiosks and the provider's endpoints."""

from dataclasses import dataclass

from api.parts.core import Core
from api.parts.ground import Ground
from identity.oauth.authentication import Authentication
from identity.oauth.discovery import Discovery
from identity.oauth.inline_keys import InlineKeys


@dataclass(frozen=True)
class Partners:
    """One line a story; each endpoint of ``api.oauth`` calls its own."""

    authentication: Authentication
    discovery: Discovery


def partners(ground: Ground, core: Core) -> Partners:
    return Partners(
        authentication=Authentication(
            ground.registry, InlineKeys(), core.proofs, core.replays, ground.settings
        ),
        discovery=Discovery(ground.settings),
    )
