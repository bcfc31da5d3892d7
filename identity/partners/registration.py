"""Dynamic registration (RFC 7591) and its management (RFC 7592), for whoever was invited.

What a client says of itself waits for an operator. Once approved, what it says anew waits beside
what is in force (``proposed``): nothing that residents were shown changes unseen.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.database import reaching_database
from identity.audit import record
from identity.caller import Caller
from identity.models import Invitation, Partner
from identity.oauth.refusals import InvalidClientMetadata, InvalidToken, UnauthorizedClient
from identity.partners import checks
from identity.partners.client import ClientKind, State
from identity.partners.closing import close
from identity.partners.judging import Judged, Judging
from identity.partners.metadata import Metadata
from identity.partners.quota import Quotas
from identity.partners.registry import Registry
from identity.partners.responsible import Responsible
from identity.vault import Vault

RATE, QUOTA = 600, 100_000  # requests a minute and a day, until an operator says otherwise
INVITED, MANAGES = "zi_", "zg_"  # how the two kinds of token begin
_NOBODY = "0" * 64
# RFC 7592 §2.2: the server's own members do not come back.
_NEVER_SENT = (
    "registration_access_token",
    "registration_client_uri",
    "client_secret_expires_at",
    "client_id_issued_at",
    "client_secret",
)
_BEARER = {"WWW-Authenticate": 'Bearer error="invalid_token"'}


@dataclass(frozen=True)
class Registered:
    """A client's row and, when it was just made, the token that manages it; told once."""

    row: Partner = field(repr=False)
    token: str = field(default="", repr=False)


class Registration:
    def __init__(self, vault: Vault, judging: Judging, registry: Registry, quotas: Quotas):
        self._vault = vault
        self._judging = judging
        self._registry = registry
        self._quotas = quotas

    async def register(self, invitation: str, body: Mapping[str, Any]) -> Registered:
        """A client that waits for an operator (RFC 7591 §3). The invitation is spent with it.

        Nothing outside is asked for somebody who was not invited. Raises InvalidToken,
        InvalidClientMetadata, InvalidRedirectUri or ClientTooOften.
        """
        invited = await _invited(invitation)
        await self._quotas.spend_change(f"invited-{invited.digest[:16]}")
        responsible = Responsible.parsed(body.get("responsible"))
        id, kind = f"c-{secrets.token_hex(10)}", ClientKind(invited.kind)
        judged = await self._judging.judged(id, kind, checks.parsed(body))
        token = MANAGES + secrets.token_urlsafe(32)
        row = _row(id, invited, judged)
        row.responsible_sealed = responsible.sealed(self._vault, id)
        row.registration_token = digest_of(token)
        with reaching_database():
            async with in_transaction() as connection:
                await _spend(connection, invited)
                await row.save(using_db=connection, force_create=True)
                await _audited(connection, row, "partner:registered")
        return Registered(row, token)

    async def read(self, id: str, token: str) -> Registered:
        """RFC 7592 §2.1. Raises InvalidToken."""
        return Registered(await managed(id, token))

    async def change(self, id: str, token: str, body: Mapping[str, Any]) -> Registered:
        """RFC 7592 §2.2: the whole metadata anew. Raises as ``register``."""
        before = await managed(id, token)
        await self._quotas.spend_change(id)
        check_sent_back(id, body)
        wanted = checks.parsed(body)
        given = body.get("responsible")
        responsible = Responsible.parsed(given) if given is not None else None
        judged = await self._judging.judged(id, ClientKind(before.kind), wanted)
        with reaching_database():
            async with in_transaction() as connection:
                row = await managed(id, token, connection)
                _propose(row, judged)
                if responsible:
                    row.responsible_sealed = responsible.sealed(self._vault, id)
                await row.save(using_db=connection)
                await _audited(connection, row, "partner:changed")
        await self._registry.changed(id)
        return Registered(row)

    async def end(self, id: str, token: str) -> None:
        """RFC 7592 §2.3: it is closed, and all it was given ends.

        Raises InvalidToken, or UnauthorizedClient while it is suspended.
        """
        with reaching_database():
            async with in_transaction() as connection:
                row = await managed(id, token, connection)
                check_not_suspended(row)
                await close(connection, row)
                await _audited(connection, row, "partner:closed")
        await self._registry.changed(id)


def check_sent_back(id: str, body: Mapping[str, Any]) -> None:
    """RFC 7592 §2.2: its own ``client_id``, and none of the members that are the server's.

    Raises InvalidClientMetadata.
    """
    if body.get("client_id") != id:
        raise InvalidClientMetadata("client_id")
    for member in _NEVER_SENT:
        if member in body:
            raise InvalidClientMetadata(member)


def check_not_suspended(row: Partner) -> None:
    """Who is looked into does not wipe out who answers for it, and a stolen token does not close
    for ever: an operator does. Raises UnauthorizedClient.
    """
    if row.state == State.SUSPENDED:
        raise UnauthorizedClient("suspended: an operator closes it")


def digest_of(token: str) -> str:
    """How an invitation and a registration token are kept: each has 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def written(metadata: Metadata) -> str:
    return metadata.model_dump_json()


async def _invited(token: str) -> Invitation:
    """The invitation, if it is still good. Raises InvalidToken."""
    now = datetime.now(UTC)
    with reaching_database():
        found = await Invitation.get_or_none(
            digest=digest_of(token), used_at__isnull=True, expires_at__gt=now
        )
    if found is None:
        raise InvalidToken("an invitation that is none, used or late", headers=_BEARER)
    return found


async def _spend(connection: BaseDBAsyncClient, invited: Invitation) -> None:
    """Of many at once one wins. Raises InvalidToken."""
    unused = Invitation.filter(digest=invited.digest, used_at__isnull=True).using_db(connection)
    if not await unused.update(used_at=datetime.now(UTC)):
        raise InvalidToken("an invitation used this moment", headers=_BEARER)


async def managed(id: str, token: str, connection: BaseDBAsyncClient | None = None) -> Partner:
    """The client that this token manages; with ``connection`` its row is locked.

    Compared also where there is nothing to compare with, so that time says nothing about ids.
    Raises InvalidToken.
    """
    with reaching_database():
        rows = Partner.all()
        if connection:
            rows = Partner.select_for_update().using_db(connection)
        row = await rows.get_or_none(id=id) if id.isascii() and id.isprintable() else None
    kept = (row.registration_token if row else "") or _NOBODY
    good = hmac.compare_digest(kept, digest_of(token))
    if row is None or not good:
        raise InvalidToken("a token that manages no such client", headers=_BEARER)
    return row


def _row(id: str, invited: Invitation, judged: Judged) -> Partner:
    return Partner(
        id=id,
        kind=invited.kind,
        environment=invited.environment,
        state=State.PENDING.value,
        metadata=written(judged.metadata),
        sector=judged.sector,
        rate=RATE,
        quota=QUOTA,
        tokens_from=datetime.now(UTC),
    )


def _propose(row: Partner, judged: Judged) -> None:
    """Into force where nothing is yet, otherwise beside it; the same again is no change."""
    said = written(judged.metadata)
    if row.state == State.PENDING:
        row.metadata, row.sector = said, judged.sector
        row.decided_at = row.decided_by = None
        row.suspended_why = ""
    else:
        same = json.loads(said) == json.loads(row.metadata)
        row.proposed = None if same else said


async def _audited(connection: BaseDBAsyncClient, row: Partner, event: str) -> None:
    caller = Caller(ClientKind(row.kind).caller, actor=row.id, client=row.id)
    await record(connection, event=event, resident=None, caller=caller)
