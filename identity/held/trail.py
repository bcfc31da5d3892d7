"""What tells where a resident was and what happened: sessions, consents, activity.

These rows hold UUIDs, codes and times. An erasure empties what else is in them and cuts what ties
them to other residents; with the resident's own row gone nobody can tell whose they were.
"""

from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient

from identity import audit
from identity.held import clients
from identity.holdings import Coded, Record
from identity.models import AuditEvent, Consent, RefreshToken, Resident, Session

ERASED = "erased"  # stands where an actor was who is gone
_PAGE = audit.MOST


class Devices:
    """Sessions and their refresh tokens. The bare rows of ended sessions stay for their time:
    workers read there which tokens are dead.
    """

    name = "sessions"
    tables = ("session", "refresh_token")

    async def export(self, resident: UUID) -> list[Record]:
        rows = await Session.filter(resident_id=resident).order_by("-created_at")
        known = await clients.names(row.client for row in rows)
        return [
            {
                "device_name": row.device_name,
                "client": clients.name_of(row.client, known),
                "place": row.place,
                "channel": Coded("held.channel", row.channel),
                "level": int(row.acr),
                "created_at": row.created_at,
                "last_used_at": row.last_used_at,
                "ended_at": row.ended_at,
            }
            for row in rows
        ]

    async def erase(self, connection: BaseDBAsyncClient, resident: UUID) -> None:
        mine = Session.filter(resident_id=resident).using_db(connection)
        ids = await mine.values_list("id", flat=True)
        await RefreshToken.filter(session_id__in=list(ids)).using_db(connection).delete()
        await mine.update(device="", device_name="", key="", place="", actor_id=None)
        acted = Session.filter(actor_id=resident).using_db(connection)
        await acted.update(actor_id=None, device="", device_name="", key="", place="")


class Consents:
    """Kept as proof that there was one; a child's names its guardian by a UUID, which is cut."""

    name = "consents"
    tables = ("consent",)

    async def export(self, resident: UUID) -> list[Record]:
        rows = await Consent.filter(resident_id=resident).order_by("-given_at")
        return [
            {
                "purpose": Coded("purpose", row.purpose),
                "version": row.version,
                "text_hash": row.text_hash,
                "channel": Coded("held.channel", row.channel),
                "given_at": row.given_at,
                "given_by": Coded("held.by", "guardian" if row.given_by else "self"),
                "withdrawn_at": row.withdrawn_at,
            }
            for row in rows
        ]

    async def erase(self, connection: BaseDBAsyncClient, resident: UUID) -> None:
        mine = Consent.filter(resident_id=resident, given_by__isnull=False)
        await mine.using_db(connection).update(given_by=uuid4())
        for_others = Consent.filter(given_by=resident).using_db(connection)
        await for_others.update(given_by=uuid4())


class Activity:
    """The audit trail. Rows stay, without anything that leads from one resident to another."""

    name = "activity"
    tables = ("audit_event",)

    async def export(self, resident: UUID) -> list[Record]:
        records: list[Record] = []
        before = None
        while rows := await audit.activity(resident, before, _PAGE):
            known = await clients.names(row.client for row in rows)
            records += [_happening(row, resident, known) for row in rows]
            before = rows[-1].id
        return records

    async def erase(self, connection: BaseDBAsyncClient, resident: UUID) -> None:
        merged = Resident.filter(merged_into=resident).using_db(connection)
        own = [resident, *[UUID(str(one)) for one in await merged.values_list("id", flat=True)]]
        mine = AuditEvent.filter(resident_id__in=own)
        sides = await mine.using_db(connection).distinct().values_list("other_id", flat=True)
        others = mine.filter(actor_kind="resident").exclude(actor__in=[str(one) for one in own])
        await others.using_db(connection).update(actor=ERASED, session_id=None)
        await mine.using_db(connection).update(other_id=None)
        theirs = AuditEvent.filter(resident_id__in=[one for one in sides if one])
        acted = theirs.filter(actor__in=[str(one) for one in own]).using_db(connection)
        await acted.update(actor=ERASED, session_id=None)
        await theirs.filter(other_id__in=own).using_db(connection).update(other_id=None)


def _happening(row: AuditEvent, resident: UUID, known: dict[str, str]) -> Record:
    own = row.actor == str(resident)
    return {
        "at": row.at,
        "event": Coded("event", row.event),
        "service": Coded("service", row.service) if row.service else None,
        "actor": Coded("actor", "self" if own else row.actor_kind),
        "client": clients.name_of(row.client, known),
        "purpose": Coded("purpose", row.purpose) if row.purpose else None,
        "outcome": Coded("held.outcome", row.outcome),
    }
