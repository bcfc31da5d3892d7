"""What a resident is called in one sector: a random name (OpenID Connect Core §8.1).

Nothing leads from it to the resident but a row, and the row goes with the resident.
"""

from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient

from identity.models import PairwiseSubject

_MAKE = """
INSERT INTO pairwise_subject (id, sector, resident_id) VALUES ($1, $2, $3)
ON CONFLICT (sector, resident_id) DO NOTHING
"""


async def subject(connection: BaseDBAsyncClient, sector: str, resident: UUID) -> UUID:
    """The resident's name in this sector, made when it is first needed."""
    await connection.execute_query(_MAKE, [uuid4(), sector, resident])
    row = await PairwiseSubject.get(sector=sector, resident_id=resident, using_db=connection)
    return UUID(str(row.id))


async def forget(connection: BaseDBAsyncClient, resident: UUID) -> None:
    """No sector knows them any more; who comes back is somebody new."""
    await PairwiseSubject.filter(resident_id=resident).using_db(connection).delete()


async def move(connection: BaseDBAsyncClient, other: UUID, into: UUID) -> dict[UUID, UUID]:
    """Two residents turned out to be one: where a sector knows both, the name of ``into`` stays.

    Returns the names that are gone, each with the one that took its place.
    """
    mine = await PairwiseSubject.filter(resident_id=into).using_db(connection)
    kept = {row.sector: UUID(str(row.id)) for row in mine}
    theirs = PairwiseSubject.filter(resident_id=other)
    double = theirs.filter(sector__in=list(kept))
    gone = {UUID(str(row.id)): kept[row.sector] for row in await double.using_db(connection)}
    await double.using_db(connection).delete()
    await theirs.using_db(connection).update(resident_id=into)
    return gone
