"""Waits that grow with every failure and end by themselves: a pace, never a lock.

A failure is counted before it is judged and taken back when it was none, so that many tries
at once are not judged on one count. Counts live in PostgreSQL for a day.
"""

from dataclasses import dataclass
from uuid import uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from identity.attempts import DAY, lock
from identity.staff.errors import StaffMustWait
from identity.vault import Vault

_KIND = "staff-tries"
_FIRST = 4  # seconds; doubled by every further failure
_COUNT = f"""
    SELECT count(*) AS failures, extract(epoch FROM clock_timestamp() - max(at)) AS ago
    FROM "try" WHERE subject = ANY($1) AND spent AND at > clock_timestamp() - interval '{DAY} s'
"""
_COUNT_ONE = """
    INSERT INTO "try" (id, subject, kind, at, spent)
    VALUES ($1, $2, 'staff', clock_timestamp(), true)
"""
_FORGET = 'DELETE FROM "try" WHERE subject = ANY($1)'
_TAKE_BACK = 'DELETE FROM "try" WHERE id = $1'


@dataclass(frozen=True)
class Pace:
    """``subjects``: digests of what is counted, the one to write first; a rotation of the index
    keys gives nobody new tries. ``free`` failures cost nothing, then waits grow to ``longest``
    seconds. ``forgiven``: one success takes all failures back.
    """

    anchor: str
    subjects: tuple[str, ...]
    free: int
    longest: int
    forgiven: bool = True

    @classmethod
    def of(
        cls, vault: Vault, what: str, *, free: int, longest: int, forgiven: bool = True
    ) -> "Pace":
        now = vault.digest(_KIND, what)
        others = [one for one in vault.digests(_KIND, what).values() if one != now]
        return cls(vault.anchor(_KIND, what), (now, *others), free, longest, forgiven)


class Counted:
    """A try that was counted as a failure on every pace until ``succeed``."""

    def __init__(self, rows: dict[str, str], paces: tuple[Pace, ...]):
        self._rows = rows
        self._paces = paces

    async def succeed(self, connection: BaseDBAsyncClient | None = None) -> None:
        """It was no failure after all."""
        where = connection or get_connection("default")
        for pace in self._paces:
            if pace.forgiven:
                await where.execute_query(_FORGET, [list(pace.subjects)])
            else:
                await where.execute_query(_TAKE_BACK, [self._rows[pace.anchor]])


async def count(*paces: Pace) -> Counted:
    """Count a try on each pace. Raises StaffMustWait, and then counts nothing."""
    rows = {pace.anchor: str(uuid4()) for pace in paces}
    async with in_transaction() as connection:
        for anchor in sorted(rows):  # one order for everybody: no deadlock
            await lock(connection, anchor)
        for pace in paces:
            await _judge(connection, pace)
        for pace in paces:
            row = rows[pace.anchor]
            await connection.execute_query(_COUNT_ONE, [row, pace.subjects[0]])
    return Counted(rows, paces)


def wait_after(failures: int, pace: Pace) -> int:
    """Seconds to wait after so many failures."""
    if failures < pace.free:
        return 0
    return int(min(_FIRST * 2 ** min(failures - pace.free, 20), pace.longest))


async def _judge(connection: BaseDBAsyncClient, pace: Pace) -> None:
    (found,) = await connection.execute_query_dict(_COUNT, [list(pace.subjects)])
    left = wait_after(found["failures"], pace) - float(found["ago"] or 0)
    if found["failures"] and left > 0:
        raise StaffMustWait(retry_after=int(left) + 1)
