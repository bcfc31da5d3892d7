"""Visits: a resident's session at a kiosk. Five minutes at most, one service, no way back.

Whatever the way in, nothing of one visitor is left for the next: beginning a visit ends the one
before it, and nothing in it can be refreshed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.database import reaching_database
from identity import notices
from identity.audit import record
from identity.kiosks.errors import KioskOnly, VisitMissing
from identity.kiosks.offers import Offer
from identity.kiosks.terminals import Terminal, end_visits
from identity.models import Kiosk, Session
from identity.sessions import Sessions
from identity.vault import Vault

LASTS = timedelta(minutes=5)
CHANNEL = "kiosk"
_OVER = "next-visitor"


@dataclass(frozen=True)
class Proof:
    """How the resident proved who they are: acr, amr and when, by our clock."""

    acr: str
    amr: Sequence[str]
    auth_time: datetime


@dataclass(frozen=True)
class Visitor:
    """``id``: of the session to be; ``parent``: the telephone's own session, which it hangs on."""

    id: UUID
    resident: UUID
    proof: Proof
    parent: UUID | None = None
    place: str = field(default="", repr=False)


@dataclass(frozen=True)
class Begun:
    """``ended``: what was ended for it, to be announced after the commit."""

    session: Session
    ended: Sequence[UUID]


class Visits:
    def __init__(self, vault: Vault, sessions: Sessions):
        self._vault = vault
        self._sessions = sessions

    async def begin(
        self, connection: BaseDBAsyncClient, terminal: Terminal, offer: Offer, visitor: Visitor
    ) -> Begun:
        """A session of this kiosk for one service, in the story's transaction, told to its
        resident. Raises KioskOnly when the kiosk was suspended meanwhile.
        """
        kiosks = Kiosk.select_for_update().using_db(connection)
        if not await kiosks.get_or_none(id=terminal.id, suspended_at__isnull=True):
            raise KioskOnly("suspended meanwhile")
        ended = await end_visits(connection, self._sessions, terminal.client, _OVER)
        session = await self._open(connection, terminal, offer, visitor)
        await self._tell(connection, terminal, offer, session)
        return Begun(session, ended)

    async def end(self, terminal: Terminal, visit: str) -> None:
        """By the kiosk: its visitor is done, or has gone. Raises VisitMissing."""
        with reaching_database():
            async with in_transaction() as connection:
                rows = Session.filter(client=terminal.client, ended_at__isnull=True)
                row = await rows.using_db(connection).get_or_none(id=_uuid(visit))
                if row is None:
                    raise VisitMissing()
                session, resident = UUID(str(row.id)), UUID(str(row.resident_id))
                ended = await self._sessions.end_these(connection, [session], "visit-over")
                caller = terminal.caller(resident, session)
                await record(connection, event="session:ended", resident=resident, caller=caller)
        await self._sessions.announce(ended)

    async def announce(self, ended: Sequence[UUID]) -> None:
        """After the commit: whoever stood here before is signed out on every worker."""
        await self._sessions.announce(ended)

    async def _open(
        self, connection: BaseDBAsyncClient, terminal: Terminal, offer: Offer, visitor: Visitor
    ) -> Session:
        now = datetime.now(UTC)
        return await Session.create(
            using_db=connection,
            id=visitor.id,
            resident_id=visitor.resident,
            client=terminal.client,
            # No device id of a resident's can be this, so it never counts as one they know.
            device=self._vault.digest("device", f"kiosk|{terminal.client}"),
            device_name=terminal.site[:80],
            key=terminal.key,
            channel=CHANNEL,
            place=visitor.place[:80],
            acr=visitor.proof.acr,
            amr=" ".join(visitor.proof.amr),
            auth_time=visitor.proof.auth_time,
            parent_id=visitor.parent,
            scope=offer.scope,
            last_used_at=now,
            expires_at=now + LASTS,
        )

    async def _tell(
        self, connection: BaseDBAsyncClient, terminal: Terminal, offer: Offer, session: Session
    ) -> None:
        resident, visit = UUID(str(session.resident_id)), UUID(str(session.id))
        await record(
            connection,
            event="kiosk:visited",
            resident=resident,
            caller=terminal.caller(resident, visit),
            purpose=offer.purpose,
            service=offer.id,
        )
        locale = await notices.locale_of(resident, connection)
        facts = {"site": terminal.site, "service": offer.title[locale]}
        await notices.tell(connection, resident, "kiosk-visited", facts, visit)


def _uuid(named: str) -> UUID:
    try:
        return UUID(named)
    except ValueError:
        raise VisitMissing() from None
