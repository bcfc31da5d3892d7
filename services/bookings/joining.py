"""Two residents who are one person: appointments and lines of both are one person's.

Where both have an appointment of a service to come, both stand; the older no longer counts against
one at a time. Where both wait for a day, the earlier place is kept.
"""

from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

_PARTIES = """
    UPDATE booking_party AS mine SET living = mine.living AND NOT EXISTS(
            SELECT FROM booking_party AS other WHERE other.resident_id = $2
                AND other.service = mine.service AND other.living),
        resident_id = $2
    WHERE mine.resident_id = $1 AND NOT EXISTS(
        SELECT FROM booking_party AS other
        WHERE other.resident_id = $2 AND other.booking_id = mine.booking_id)
"""
_LINES = """
    UPDATE booking_wait AS late SET state = 'left'
    FROM booking_wait AS early
    WHERE late.resident_id = ANY($1) AND early.resident_id = ANY($1) AND early.id < late.id
        AND early.service = late.service AND early.office = late.office AND early.day = late.day
        AND early.state IN ('waiting', 'offered') AND late.state IN ('waiting', 'offered')
"""
_MOVE = "UPDATE booking_wait SET resident_id = $2 WHERE resident_id = $1"
_SAME = "DELETE FROM booking_party WHERE resident_id = $1"


async def hand_over(connection: BaseDBAsyncClient, other: UUID, into: UUID) -> None:
    """In the transaction of ``identity.merging``."""
    await connection.execute_query(_PARTIES, [other, into])
    await connection.execute_query(_SAME, [other])
    await connection.execute_query(_LINES, [[other, into]])
    await connection.execute_query(_MOVE, [other, into])
