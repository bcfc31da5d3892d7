"""Counting in the process, written to the database now and then, never in a request's path.

What is counted and not yet written is lost with a process that dies: some seconds of figures that
nothing depends on.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from tortoise.connection import get_connection

_CHINA = ZoneInfo("Asia/Shanghai")


def today() -> date:
    """The day in China, by which everything is counted."""
    return datetime.now(UTC).astimezone(_CHINA).date()


class Tally:
    """How often each name was said; at most ``most`` names at once, others are not counted."""

    def __init__(self, most: int):
        self._most = most
        self._counts: Counter[str] = Counter()

    def add(self, name: str, times: int = 1) -> None:
        if name in self._counts or len(self._counts) < self._most:
            self._counts[name] += times

    def take(self) -> Mapping[str, int]:
        """Everything counted so far, which is counted here no longer."""
        taken, self._counts = self._counts, Counter()
        return taken

    async def write(self, statement: str) -> int:
        """Add all to a table by one statement ($1 the day, $2 names in order, $3 counts).

        Returns how many names. What a database that is away could not take is kept for the next
        time; its fault is raised.
        """
        taken = sorted(
            self.take().items()
        )  # one order everywhere: two workers never wait in a ring
        if not taken:
            return 0
        names, counts = [name for name, _ in taken], [count for _, count in taken]
        try:
            await get_connection("default").execute_query(statement, [today(), names, counts])
        except Exception:
            for name, count in taken:
                self.add(name, count)
            raise
        return len(taken)
