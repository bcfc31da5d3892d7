"""Partners, kiosks and the provider's endpoints."""

from dataclasses import dataclass
from itertools import chain

from api.parts.core import Core
from api.parts.front_channel import FrontChannel, front_channel
from api.parts.ground import Ground
from api.parts.kiosks import Kiosks
from api.parts.token_grants import access_tokens, grants, userinfo
from identity.oauth.authentication import Authentication
from identity.oauth.device_authorization import DeviceAuthorization
from identity.oauth.discovery import Discovery
from identity.oauth.introspect import Introspection
from identity.oauth.logout import Logout
from identity.oauth.played import Played
from identity.oauth.resources import Resources
from identity.oauth.revoke import Revocation
from identity.oauth.token import TokenEndpoint
from identity.oauth.userinfo import UserInfo
from identity.partners.client_faults import ClientFaults
from identity.partners.judging import Judging
from identity.partners.keys import ClientKeys
from identity.partners.life import Life
from identity.partners.metadata import DEVICE
from identity.partners.quota import Pace, Quotas
from identity.partners.registration import Registration
from identity.profile import CLAIMS
from identity.scopes import KIOSK


@dataclass(frozen=True)
class Partners:
    """One line a story; each endpoint of ``api.oauth`` calls its own."""

    authentication: Authentication
    front: FrontChannel
    discovery: Discovery
    logout: Logout
    token: TokenEndpoint
    device_authorization: DeviceAuthorization
    introspection: Introspection
    revocation: Revocation
    userinfo: UserInfo
    keys: ClientKeys
    quotas: Quotas
    pace: Pace
    registration: Registration
    client_faults: ClientFaults
    life: Life


def partners(ground: Ground, core: Core, kiosks: Kiosks) -> Partners:
    registry, settings = ground.registry, ground.settings
    client_keys, quotas = ClientKeys(ground.outbound), Quotas(ground.cache, ground.vault)
    judging = Judging(ground.outbound, client_keys, settings, ground.scopes)
    authentication = Authentication(
        registry, client_keys, core.proofs, core.replays, quotas=quotas, settings=settings
    )
    played = Played(core.residents, settings)
    resources, access = Resources(ground.settings), access_tokens(ground)
    by_type = grants(ground, core, client_keys, resources, access) | {DEVICE: kiosks.device_grant}
    return Partners(
        authentication=authentication,
        front=front_channel(
            ground, core, authentication, resources, quotas=quotas, enters=played.enters
        ),
        discovery=discovery(ground),
        logout=Logout(ground.keys, ground.registry, core.sessions, ground.settings),
        token=TokenEndpoint(authentication, by_type),
        device_authorization=DeviceAuthorization(
            authentication, kiosks.terminals, kiosks.offers, kiosks.waiting, settings
        ),
        introspection=Introspection(authentication, core.tokens, ground.settings.audience),
        revocation=Revocation(authentication, core.tokens, core.sessions, ground.revocations),
        userinfo=userinfo(ground, core, client_keys),
        keys=client_keys,
        quotas=quotas,
        pace=Pace(registry, quotas),
        client_faults=ClientFaults(registry, settings),
        registration=Registration(ground.vault, judging, registry, quotas),
        life=Life(registry, judging, settings),
    )


def discovery(ground: Ground) -> Discovery:
    """With what a partner may ask for, and what userinfo may tell."""
    scopes = [scope.id for scope in ground.scopes if scope.id != KIOSK]
    return Discovery(ground.settings, scopes, chain.from_iterable(CLAIMS.values()))
