"""What a resident let partners see, and what partners call them.

The grants stay after an erasure, as proof that there was consent, like the other consents; the
name by which a partner knew the resident is gone, and with it what leads from one to the other.
"""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient

from identity import agreed, pairwise
from identity.held import clients
from identity.holdings import Coded, Record
from identity.models import AuthorizationCode, Grant

ERASED = "erased"


class Grants:
    name = "partner-grants"
    tables = ("partner_grant", "pairwise_subject", "authorization_code")

    async def export(self, resident: UUID) -> list[Record]:
        rows = await Grant.filter(resident_id=resident).order_by("-given_at")
        words = await agreed.read(row.text_hash for row in rows)
        known = await clients.names(row.client for row in rows)
        return [_record(row, words.get(row.text_hash, ""), known) for row in rows]

    async def erase(self, connection: BaseDBAsyncClient, resident: UUID) -> None:
        await AuthorizationCode.filter(resident_id=resident).using_db(connection).delete()
        mine = Grant.filter(resident_id=resident)
        for row in await mine.using_db(connection):
            row.subject = uuid4()
            row.ended_at, row.ended_why = row.ended_at or datetime.now(UTC), ERASED
            await row.save(using_db=connection, update_fields=["subject", "ended_at", "ended_why"])
        await pairwise.forget(connection, resident)


def _record(row: Grant, words: str, known: dict[str, str]) -> Record:
    return {
        "client": clients.name_of(row.client, known),
        "agreed": words,
        "asked": _coded(row.asked),
        "given": _coded(row.scopes),
        "channel": Coded("held.channel", row.channel),
        "text_hash": row.text_hash,
        "given_at": row.given_at,
        "until": row.expires_at,
        "last_used_at": row.last_used_at,
        "ended_at": row.ended_at,
    }


def _coded(scopes: str) -> Coded:
    """Titled like what was read under them."""
    return Coded("service", scopes.replace(":read", "").replace(":", "."))
