"""The tokens of one sign-in: access, and, where ``openid`` was asked for, who signed in."""

from dataclasses import dataclass

from identity.models import Session
from identity.oauth.access_tokens import AccessTokens, Bearing
from identity.oauth.id_tokens import IdTokens, SignIn
from identity.oauth.issued import Issued
from identity.partners.client import Client


@dataclass(frozen=True)
class SignedIn:
    """A session with what its tokens may say now; ``nonce`` at the first time only."""

    session: Session
    subject: str
    scope: str
    level: int
    audience: str
    nonce: str = ""


@dataclass(frozen=True)
class SignInTokens:
    access: AccessTokens
    ids: IdTokens

    async def issue(
        self, client: Client, who: SignedIn, refresh_token: str = "", *, seconds: int = 600
    ) -> Issued:
        """Outside of any transaction: a client's key may have to be fetched."""
        bearing = Bearing(who.subject, who.scope, who.level, who.audience, seconds)
        access = await self.access.in_session(client, who.session, bearing)
        id_token = ""
        if "openid" in who.scope.split():
            signed = SignIn(who.session, who.subject, who.level, who.nonce)
            id_token = await self.ids.issue(client, signed, access)
        return Issued(access, who.scope, refresh_token, id_token)
