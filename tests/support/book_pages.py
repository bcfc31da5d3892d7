"""The pages of a house's books, read while its parts come and go; and which checks fail on them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import asyncpg

from config import embedded
from tests.support.house import House

Row = dict[str, Any]
Asked = Mapping[str, str]


async def pages(house: House, ours: Asked, theirs: Asked | None = None) -> dict[str, list[Row]]:
    """The rows of each statement by its name, of the house's database and the sandbox's.

    Raises what asyncpg raises while PostgreSQL is away.
    """
    found: dict[str, list[Row]] = {}
    for name, asked in (("zhiban", ours), ("zhiban_sandbox", theirs or {})):
        connection = await asyncpg.connect(embedded.postgres_dsn(house.data, name))
        try:
            for page, sql in asked.items():
                found[page] = [dict(row) for row in await connection.fetch(sql)]
        finally:
            await connection.close()
    return found


def failing(
    checks: Sequence[Callable[[Any], None]], books: Any, *faults: type[Exception]
) -> set[str]:
    """The names of the checks that raise AssertionError on these books, or one of ``faults``."""
    failed = set()
    for check in checks:
        try:
            check(books)
        except (AssertionError, *faults):
            failed.add(check.__name__)
    return failed
