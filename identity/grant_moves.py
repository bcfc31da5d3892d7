"""Grants when residents turn out to be one person, or a record to be of two.

Joined, what either gave holds on, and each sector knows one name. Parted, nobody can say who gave
what, nor whose account a partner keeps under a name: everything ends, and both begin anew.
"""

from datetime import UTC, datetime
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

from identity import grants, pairwise
from identity.models import AuthorizationCode, Grant


async def join(connection: BaseDBAsyncClient, other: UUID, into: UUID) -> None:
    """``other`` is ``into``. Where both let one client in, the grant of ``into`` stays; the story
    ends the sessions of ``other`` itself.
    """
    renamed = await pairwise.move(connection, other, into)
    for gone, stays in renamed.items():
        await Grant.filter(subject=gone).using_db(connection).update(subject=stays)
    living = Grant.filter(ended_at__isnull=True).using_db(connection)
    clients = await living.filter(resident_id=into).values_list("client", flat=True)
    double = living.filter(resident_id=other, client__in=list(clients))
    await double.update(ended_at=datetime.now(UTC), ended_why="merged")
    codes = AuthorizationCode.filter(resident_id=other)
    await codes.filter(used_at__isnull=True).using_db(connection).delete()
    for table in (Grant, AuthorizationCode):
        await table.filter(resident_id=other).using_db(connection).update(resident_id=into)


async def part(connection: BaseDBAsyncClient, resident: UUID) -> None:
    """The record was of two people; the story ends its sessions itself."""
    await grants.end_all(connection, resident, "split")
    await pairwise.forget(connection, resident)
