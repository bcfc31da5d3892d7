"""A sign-in at a partner from the code on: as if the resident had just agreed in our own app."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
from tortoise.transactions import in_transaction

from identity.caller import OWN_APP, Caller, CallerKind
from identity.models import AuthorizationCode, Grant, Session
from tests.support.http import Answer, Api, SignedIn
from tests.support.log_capture import personal
from tests.support.partner_app import CALLBACK, SCOPES, PartnerApp

TOKEN = "/oauth/token"


@dataclass
class Code:
    """A code, and who agreed in which session of their own."""

    value: str = field(repr=False)
    verifier: str = field(repr=False)
    signed: SignedIn
    grant: Grant

    @property
    def parameters(self) -> dict[str, str]:
        return {
            "grant_type": "authorization_code",
            "code": self.value,
            "redirect_uri": CALLBACK,
            "code_verifier": self.verifier,
        }

    async def row(self) -> AuthorizationCode:
        digest = hashlib.sha256(self.value.encode()).hexdigest()
        return await AuthorizationCode.get(digest=digest)


async def a_grant(
    api: Api, app: PartnerApp, signed: SignedIn, asked: str = SCOPES, given: str | None = None
) -> Grant:
    """As the consent page gives it."""
    client = await api.parts.ground.registry.client(app.id)
    assert client is not None
    who = Caller(
        kind=CallerKind.RESIDENT,
        resident=signed.resident,
        actor=str(signed.resident),
        client=OWN_APP,
        session=signed.session,
    )
    async with in_transaction() as connection:
        made = await api.parts.core.grants.give(
            connection,
            resident=signed.resident,
            client=client,
            asked=asked.split(),
            given=(asked if given is None else given).split(),
            locale="en",
            channel="web",
            caller=who,
        )
    await api.parts.core.grants.announce(made)
    return made.grant


async def a_code(
    api: Api,
    app: PartnerApp,
    *,
    signed: SignedIn | None = None,
    scope: str = SCOPES,
    given: str | None = None,
    seconds: float = 60,
    **columns: Any,
) -> Code:
    """``columns`` of the row replace the honest ones."""
    signed = signed or await api.sign_in()
    grant = await a_grant(api, app, signed, scope, given)
    value, verifier = personal(secrets.token_urlsafe(32)), personal(secrets.token_urlsafe(48))
    digest = hashlib.sha256(verifier.encode()).digest()
    own = await Session.get(id=signed.session)
    honest: dict[str, Any] = {
        "digest": hashlib.sha256(value.encode()).hexdigest(),
        "client": app.id,
        "resident_id": signed.resident,
        "grant_id": grant.id,
        "parent_id": signed.session,
        "redirect_uri": CALLBACK,
        "challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "nonce": "n-0S6_WzA2Mj",
        "scope": scope,
        "acr": own.acr,
        "amr": own.amr,
        "auth_time": own.auth_time,
        "expires_at": datetime.now(UTC) + timedelta(seconds=seconds),
    }
    await AuthorizationCode.create(**(honest | columns))
    return Code(value, verifier, signed, grant)


async def exchange(api: Api, app: PartnerApp, code: Code, /, **changed: str) -> Answer:
    """``changed`` replaces parameters; an empty one is as good as absent (RFC 6749 §3.1)."""
    answer = await app.post(api, TOKEN, **(code.parameters | changed))
    return remember(answer)


async def tokens_of(api: Api, app: PartnerApp, **others: Any) -> dict[str, Any]:
    """What a fresh sign-in gives this client."""
    answer = await exchange(api, app, await a_code(api, app, **others))
    assert answer.status == 200, answer.body
    body: dict[str, Any] = answer.body
    return body


async def refresh(api: Api, app: PartnerApp, token: str, **more: str) -> Answer:
    form = {"grant_type": "refresh_token", "refresh_token": token}
    return remember(await app.post(api, TOKEN, **(form | more)))


async def lives(api: Api, token: str) -> bool:
    """Whether a worker takes this access token."""
    from config.errors import Unauthenticated

    try:
        await api.parts.tokens.living(token)
    except Unauthenticated:
        return False
    return True


def remember(answer: Answer) -> Answer:
    """Have the log searched for what was issued."""
    if isinstance(answer.body, dict):
        for name in ("access_token", "refresh_token", "id_token"):
            if found := answer.body.get(name):
                personal(found)
    return answer


def claims(token: str) -> dict[str, Any]:
    """What a JWT says, unverified."""
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found


async def session_of(tokens: dict[str, Any]) -> Session:
    return await Session.get(id=UUID(claims(tokens["access_token"])["sid"]))
