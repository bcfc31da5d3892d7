"""Authorization codes (RFC 6749 §1.3.1): 256 random bits, for a minute, kept by their hash with
everything they were given for. ``identity.oauth.authorization_code`` exchanges them.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tortoise.backends.base.client import BaseDBAsyncClient

from identity.caller import Caller
from identity.models import AuthorizationCode, Grant
from identity.oauth.authorization_request import AuthorizationRequest

LIFE = timedelta(seconds=60)


@dataclass(frozen=True)
class Agreed:
    """Under which grant, to what of it (scope ids), and by whom: ``caller`` in their own session,
    proven at ``level`` (1-5).
    """

    grant: Grant
    scope: tuple[str, ...]
    caller: Caller
    level: int


async def issue(
    connection: BaseDBAsyncClient, request: AuthorizationRequest, agreed: Agreed
) -> str:
    """A code, in the transaction in which the resident agreed."""
    code = secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    caller = agreed.caller
    await AuthorizationCode.create(
        using_db=connection,
        digest=hashlib.sha256(code.encode()).hexdigest(),
        client=request.client,
        resident_id=caller.resident,
        grant_id=agreed.grant.id,
        parent_id=caller.session,
        redirect_uri=request.redirect_uri,
        challenge=request.challenge,
        key=request.key,
        nonce=request.nonce,
        scope=" ".join(agreed.scope),
        resource=request.resource,
        acr=str(agreed.level),
        amr=" ".join(caller.amr),
        auth_time=caller.auth_time,
        max_age_asked=request.max_age is not None,
        expires_at=now + LIFE,
    )
    return code
