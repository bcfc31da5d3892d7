"""Kiosks as they stand: who one is, since when it was seen, suspended and let in again.

A kiosk is an OAuth client (``Partner`` of kind kiosk) bound to one key and one site.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.expressions import Q
from tortoise.transactions import in_transaction

from config.database import reaching_database
from identity.audit import record
from identity.caller import Caller, CallerKind
from identity.errors import ScopeMissing
from identity.kiosks.errors import KioskMissing, KioskOnly
from identity.models import Kiosk, Partner, Session
from identity.partners.client import Client, ClientKind, State
from identity.partners.registry import Registry
from identity.sessions import Sessions
from identity.staff.roles import Member, Role

SCOPE = "kiosk"  # what a kiosk's own token must carry for its own routes
MOST_SHOWN = 500
_SEEN_EVERY = timedelta(seconds=30)  # often enough to notice one that is dark, and few writes


@dataclass(frozen=True)
class Terminal:
    """One kiosk. ``key``: the thumbprint (RFC 7638) it was enrolled with."""

    id: UUID
    client: str
    key: str
    site: str
    address: str
    region: str

    def caller(self, resident: UUID | None = None, session: UUID | None = None) -> Caller:
        """As audit records name it."""
        return Caller(CallerKind.KIOSK, resident, self.client, self.client, session)


class Terminals:
    def __init__(self, registry: Registry, sessions: Sessions):
        self._registry = registry
        self._sessions = sessions

    async def of(self, client: Client, key: str) -> Terminal:
        """The kiosk behind a client that has just proven to hold ``key``; it counts as seen.

        Raises KioskOnly for every other client, and for a key it was not enrolled with.
        """
        if client.kind is not ClientKind.KIOSK or key != enrolled_key(client):
            raise KioskOnly("not a kiosk, or by another key")
        with reaching_database():
            row = await Kiosk.get_or_none(client=client.id, suspended_at__isnull=True)
            if row is None:
                raise KioskOnly("suspended, or never enrolled")
            await _seen(row)
        return _terminal(row, key)

    async def asking(self, caller: Caller) -> Terminal:
        """The kiosk that shows a token of its own. Raises KioskOnly or ScopeMissing."""
        if SCOPE not in caller.scopes:
            raise ScopeMissing(cause="not for a kiosk", scope=SCOPE)
        client = await self._registry.client(caller.client)
        if client is None:
            raise KioskOnly("its client is gone")
        return await self.of(client, caller.key)

    async def named(self, client: str) -> Terminal:
        """The living kiosk of a client's id, for telephones. Raises KioskMissing."""
        found = await self._registry.client(client)
        with reaching_database():
            row = await Kiosk.get_or_none(client=client, suspended_at__isnull=True)
        if found is None or row is None or not found.approved:
            raise KioskMissing()
        return _terminal(row, enrolled_key(found))

    async def listed(self, member: Member) -> list[Kiosk]:
        """The kiosks of one's region and below, youngest first."""
        member.need(Role.OPERATOR)
        with reaching_database():
            rows = Kiosk.filter(region__startswith=member.region).order_by("-enrolled_at")
            return await rows.limit(MOST_SHOWN)

    async def suspend(self, member: Member, kiosk: UUID, why: str) -> None:
        """At once: its tokens are dead, its visitor's session is over, its QR opens nothing.

        ``why``: a code. Raises KioskMissing.
        """
        now = datetime.now(UTC)
        with reaching_database():
            async with in_transaction() as connection:
                row = await _locked(connection, member, kiosk)
                row.suspended_at, row.suspended_why = now, why
                await row.save(using_db=connection)
                await _partner(
                    connection, row, state=State.SUSPENDED, tokens_from=now,
                    suspended_at=now, suspended_why=why,
                )  # fmt: skip
                ended = await end_visits(connection, self._sessions, row.client, "kiosk-suspended")
                await _note(connection, "kiosk:suspended", member)
        await self._registry.changed(row.client)
        await self._sessions.announce(ended)

    async def reinstate(self, member: Member, kiosk: UUID) -> None:
        """It works again with its key. What was issued before stays dead, and what slipped out
        while it was being suspended dies too. Raises KioskMissing.
        """
        now = datetime.now(UTC)
        with reaching_database():
            async with in_transaction() as connection:
                row = await _locked(connection, member, kiosk)
                row.suspended_at, row.suspended_why = None, ""
                await row.save(using_db=connection)
                await _partner(
                    connection, row, state=State.APPROVED, tokens_from=now,
                    suspended_at=None, suspended_why="",
                )  # fmt: skip
                await _note(connection, "kiosk:reinstated", member)
        await self._registry.changed(row.client)


def enrolled_key(client: Client) -> str:
    """The thumbprint of the one key a kiosk has; its ``kid`` is that."""
    keys = (client.metadata.jwks or {}).get("keys", [])
    return str(keys[0]["kid"]) if len(keys) == 1 else ""


async def end_visits(
    connection: BaseDBAsyncClient, sessions: Sessions, client: str, why: str
) -> Sequence[UUID]:
    """End every visit at this kiosk in the story's transaction; announce what it returns."""
    living = Session.filter(client=client, ended_at__isnull=True).using_db(connection)
    mine = [UUID(str(one)) for one in await living.values_list("id", flat=True)]
    return await sessions.end_these(connection, mine, why)


async def _seen(row: Kiosk) -> None:
    now = datetime.now(UTC)
    before = Q(last_seen_at__isnull=True) | Q(last_seen_at__lt=now - _SEEN_EVERY)
    await Kiosk.filter(before, id=row.id).update(last_seen_at=now)


async def _locked(connection: BaseDBAsyncClient, member: Member, kiosk: UUID) -> Kiosk:
    """One of another region is missing here."""
    member.need(Role.OPERATOR)
    row = await Kiosk.select_for_update().using_db(connection).get_or_none(id=kiosk)
    if row is None or not member.covers(row.region):
        raise KioskMissing()
    return row


async def _partner(connection: BaseDBAsyncClient, row: Kiosk, **changed: object) -> None:
    now = datetime.now(UTC)
    await Partner.filter(id=row.client).using_db(connection).update(**changed, changed_at=now)


async def _note(connection: BaseDBAsyncClient, event: str, member: Member) -> None:
    await record(connection, event=event, resident=None, caller=member.caller)


def _terminal(row: Kiosk, key: str) -> Terminal:
    return Terminal(UUID(str(row.id)), row.client, key, row.site, row.address, row.region)
