"""A resident's session with a client: opened under a grant, hanging on the resident's own session.

It ends with that session, with the grant, with the client's suspension, or by a revocation.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient

from identity import assurance
from identity.audit import record
from identity.caller import Caller
from identity.models import Grant, Resident, Session
from identity.oauth.refusals import InvalidGrant
from identity.partners.client import Client

PARTNER, KIOSK = "partner", "kiosk"  # channels


@dataclass(frozen=True)
class Opening:
    """What a session is opened for. ``scope`` and ``resource`` are space separated, ``acr`` and
    ``amr`` what was proven at ``auth_time``, ``key`` the thumbprint its tokens are bound to;
    ``until``: no longer than this, beside the grant's and the resident's own session's end.
    """

    client: Client
    key: str
    scope: str
    acr: str
    amr: str
    auth_time: datetime
    resource: str = ""
    channel: str = PARTNER
    until: datetime | None = None


async def hold(connection: BaseDBAsyncClient, resident: UUID) -> None:
    """Lock the resident's row: first of all locks, here and where grants or sessions end."""
    await Resident.select_for_update().using_db(connection).get_or_none(id=resident)


async def living_parent(connection: BaseDBAsyncClient, id: UUID) -> Session:
    """The resident's own session, locked, so that its end does not miss what is opened under it.

    Raises InvalidGrant.
    """
    rows = Session.select_for_update().using_db(connection)
    row = await rows.get_or_none(id=id, ended_at__isnull=True)
    if row is None or row.expires_at <= datetime.now(UTC):
        raise InvalidGrant("the resident's own session is over")
    return row


async def living_grant(connection: BaseDBAsyncClient, id: UUID | None) -> Grant:
    """The grant as it is now. Whoever changes one holds its resident's row (identity.grants), so
    a story that opens something under it does too. Raises InvalidGrant.
    """
    rows = Grant.filter(id=id, ended_at__isnull=True, expires_at__gt=datetime.now(UTC))
    row = await rows.using_db(connection).first() if id else None
    if row is None:
        raise InvalidGrant("the grant is over")
    return row


async def open_session(
    connection: BaseDBAsyncClient, parent: Session, grant: Grant, opening: Opening
) -> Session:
    """Open it inside the story's transaction, which holds the resident's row and ``parent``."""
    ends = [parent.expires_at, grant.expires_at, *([opening.until] if opening.until else [])]
    return await Session.create(
        using_db=connection,
        id=uuid4(),
        resident_id=parent.resident_id,
        client=opening.client.id,
        device="",  # none of the resident's: a sign-out here unbinds none
        device_name=opening.client.metadata.name.said(grant.locale)[:80],
        key=opening.key,
        channel=opening.channel,
        acr=opening.acr,
        amr=opening.amr,
        auth_time=opening.auth_time,
        parent_id=parent.id,
        grant_id=grant.id,
        scope=opening.scope,
        resource=opening.resource,
        last_used_at=datetime.now(UTC),
        expires_at=min(ends),
    )


async def level(connection: BaseDBAsyncClient, session: Session) -> int:
    """What its tokens may name now (1-5): what was proven, or what the proofing still gives."""
    standing = await assurance.standing(connection, UUID(str(session.resident_id)))
    return assurance.session_level(session, standing)


def within(scope: str, grant: Grant) -> str:
    """The part of ``scope`` that the grant gives today. ``openid`` is always given."""
    given = {"openid", *grant.scopes.split()}
    return " ".join(word for word in scope.split() if word in given)


def caller(client: Client, session: Session, purpose: str) -> Caller:
    """The client, as the record of what it did in a session names it."""
    return Caller(
        kind=client.kind.caller,
        resident=UUID(str(session.resident_id)),
        actor=client.id,
        client=client.id,
        session=UUID(str(session.id)),
        purpose=purpose,
    )


async def note(
    connection: BaseDBAsyncClient, event: str, opening: Opening, session: Session, grant: Grant
) -> None:
    """Write it into the resident's record, in the story's transaction."""
    who = caller(opening.client, session, grant.purpose)
    await record(connection, event=event, resident=who.resident, caller=who, purpose=grant.purpose)
