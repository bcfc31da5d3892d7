"""How often entries of the catalogue are opened, answered and applied for: for ranking a search.

Nobody is named: a count an entry a day.
"""

from collections.abc import Mapping
from datetime import timedelta

from tortoise.connection import get_connection

from services.models import ItemUse
from services.tallies import Tally, today

COUNTED_DAYS = 90  # what ranks a search
KEPT_DAYS = 400
_MOST = 50_000
_ADD = """
    INSERT INTO item_use (item, day, count)
    SELECT item, $1::date, count FROM unnest($2::text[], $3::int[]) AS said (item, count)
    ON CONFLICT (item, day) DO UPDATE SET count = item_use.count + excluded.count
"""
_TOTALS = "SELECT item, sum(count)::bigint AS count FROM item_use WHERE day > $1 GROUP BY item"


class Uses:
    """One a process."""

    def __init__(self) -> None:
        self._tally = Tally(_MOST)

    def count(self, item: str) -> None:
        """An entry was opened, answered or applied for."""
        self._tally.add(item)

    async def write(self) -> int:
        """Into ``item_use``; returns how many entries."""
        return await self._tally.write(_ADD)


async def totals(days: int = COUNTED_DAYS) -> Mapping[str, int]:
    """Entry → how often it was used in the last days, by everybody together."""
    rows = await get_connection("default").execute_query_dict(
        _TOTALS, [today() - timedelta(days=days)]
    )
    return {row["item"]: row["count"] for row in rows}


async def forget_old() -> int:
    """Drop days that no figure asks for any more."""
    return await ItemUse.filter(day__lt=today() - timedelta(days=KEPT_DAYS)).delete()
