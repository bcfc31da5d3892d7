"""How much work waits, by the jobs' names: for whoever keeps the house running."""

from dataclasses import dataclass
from datetime import datetime

from tortoise.backends.base.client import BaseDBAsyncClient

_WAITING = """
    SELECT entrypoint, status::text, count(*) AS n, min(created) AS oldest FROM pgqueuer
    WHERE status IN ('queued', 'picked') GROUP BY entrypoint, status ORDER BY entrypoint, status
"""


@dataclass(frozen=True)
class Waiting:
    """``picked``: being done now; else it waits for a worker or for its time."""

    name: str
    picked: bool
    count: int
    oldest: datetime


async def waiting(connection: BaseDBAsyncClient) -> list[Waiting]:
    """One line a name and state."""
    rows = await connection.execute_query_dict(_WAITING)
    return [
        Waiting(row["entrypoint"], row["status"] == "picked", row["n"], row["oldest"])
        for row in rows
    ]
