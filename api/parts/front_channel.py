"""What happens in a resident's browser: a client's request, the page that asks, the answer."""

from dataclasses import dataclass

from api.parts.core import Core
from api.parts.ground import Ground
from identity.oauth.authentication import Authentication
from identity.oauth.authorization_request import AuthorizationRequests
from identity.oauth.authorize import Authorize
from identity.oauth.granting import Granting
from identity.oauth.hints import Hints
from identity.oauth.interaction_store import InteractionStore
from identity.oauth.interactions import Enters, Interactions
from identity.oauth.par import PushedRequests
from identity.oauth.resources import Resources
from identity.partners.quota import Quotas


@dataclass(frozen=True)
class FrontChannel:
    pushed: PushedRequests
    authorize: Authorize
    interactions: Interactions


def front_channel(
    ground: Ground,
    core: Core,
    authentication: Authentication,
    resources: Resources,
    *,
    quotas: Quotas,
    enters: Enters,
) -> FrontChannel:
    settings, vault, cache = ground.settings, ground.vault, ground.cache
    hints = Hints(ground.keys, settings)
    requests = AuthorizationRequests(ground.scopes, resources, hints)
    pushed = PushedRequests(authentication, requests, cache, vault, settings)
    store = InteractionStore(cache, vault)
    authorize = Authorize(
        ground.registry, pushed, requests, store, quotas=quotas, settings=settings
    )
    interactions = Interactions(
        store=store,
        registry=ground.registry,
        scopes=ground.scopes,
        grants=core.grants,
        granting=Granting(core.grants),
        residents=core.residents,
        enters=enters,
        issuer=settings.public_url.rstrip("/"),
    )
    return FrontChannel(pushed, authorize, interactions)
