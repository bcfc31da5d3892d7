"""A partner's sessions and codes under a grant, without the journey that leads to them."""

import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from identity.models import AuthorizationCode, Grant, Session


async def a_partner_session(
    grant: Grant, scope: str, *, acr: str = "4", key: str = "", ago: timedelta = timedelta(0)
) -> Session:
    """Signed in at the partner; ``ago``: how long the proof is past."""
    now = datetime.now(UTC)
    return await Session.create(
        id=uuid4(),
        resident_id=grant.resident_id,
        client=grant.client,
        device="",
        device_name="",
        key=key,
        channel="partner",
        acr=acr,
        amr="face",
        auth_time=now - ago,
        parent_id=uuid4(),
        grant_id=grant.id,
        scope=scope,
        last_used_at=now,
        expires_at=now + timedelta(days=30),
    )


async def a_code(grant: Grant, scope: str) -> str:
    """A code that nobody has exchanged yet; its digest."""
    now = datetime.now(UTC)
    row = await AuthorizationCode.create(
        digest=secrets.token_hex(32),
        client=grant.client,
        resident_id=grant.resident_id,
        grant_id=grant.id,
        parent_id=UUID(int=1),
        redirect_uri="https://hospital.example/callback",
        challenge="c" * 43,
        scope=scope,
        acr="4",
        amr="face",
        auth_time=now,
        expires_at=now + timedelta(seconds=60),
    )
    return str(row.digest)
