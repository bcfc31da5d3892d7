"""The token endpoint's grants and what its tokens open at userinfo, put together."""

from api.parts.core import Core
from api.parts.ground import Ground
from identity.oauth.access_tokens import AccessTokens
from identity.oauth.authorization_code import CodeGrant
from identity.oauth.client_credentials import CredentialsGrant
from identity.oauth.exchange import ExchangeGrant
from identity.oauth.id_tokens import IdTokens
from identity.oauth.refresh import RefreshGrant
from identity.oauth.resources import Resources
from identity.oauth.sign_in_tokens import SignInTokens
from identity.oauth.token import Grant
from identity.oauth.userinfo import UserInfo
from identity.partners.keys import ClientKeys
from identity.partners.metadata import CODE, CREDENTIALS, EXCHANGE, REFRESH
from identity.profile import Profile
from identity.signer import Signer


def access_tokens(ground: Ground) -> AccessTokens:
    return AccessTokens(Signer(ground.keys), ground.cache, ground.vault, ground.settings)


def grants(
    ground: Ground, core: Core, keys: ClientKeys, resources: Resources, access: AccessTokens
) -> dict[str, Grant]:
    """By ``grant_type``."""
    signed = SignInTokens(access, IdTokens(Signer(ground.keys), keys, ground.settings))
    kept = core.sessions, core.grants, resources, signed
    return {
        CODE: CodeGrant(*kept),
        REFRESH: RefreshGrant(*kept),
        CREDENTIALS: CredentialsGrant(ground.scopes, resources, access),
        EXCHANGE: ExchangeGrant(core.tokens, core.callers, resources, access, ground.audit),
    }


def userinfo(ground: Ground, core: Core, keys: ClientKeys) -> UserInfo:
    profile = Profile(core.residents, core.register, ground.vault)
    signer = Signer(ground.keys)
    return UserInfo(
        ground.registry,
        core.grants,
        ground.scopes,
        profile,
        ground.audit,
        signer,
        keys,
        ground.settings,
    )
