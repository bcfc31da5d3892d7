"""Every movement balances and no row is ever changed: the database itself sees to it.

Double-entry bookkeeping (小企业会计准则 and 会计法 art. 9: records are true and are not altered).
"""

from datetime import UTC, datetime

import asyncpg
import pytest
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext
from tortoise.exceptions import IntegrityError, OperationalError
from tortoise.transactions import in_transaction

from services.models import LedgerMovement, LedgerPosting
from services.payments import ledger

GOOD = {ledger.PROVIDER: 1200, "payment:ZF1": -1200}
REFUSED = (IntegrityError, OperationalError, asyncpg.CheckViolationError)
pytestmark = pytest.mark.usefixtures("database")


async def booked(key: str = "charge:1", **accounts: int) -> bool:
    async with in_transaction() as connection:
        return await ledger.post(connection, key, "charge", "ZF1", accounts or GOOD)


async def by_hand(connection: BaseDBAsyncClient, postings: int, *fen: int) -> None:
    """As a faulty program would, past ``ledger.post``."""
    made = await LedgerMovement.create(
        using_db=connection, key=f"k{fen}", kind="charge", about="ZF1", postings=postings,
        at=datetime.now(UTC),
    )  # fmt: skip
    for each in fen:
        await LedgerPosting.create(
            using_db=connection, movement_id=made.id, account="payee:a", fen=each
        )


@pytest.mark.parametrize(
    ("postings", "fen"),
    [(2, (100, -99)), (1, (100,)), (2, (100,)), (3, (100, -100)), (2, ()), (0, ()), (2, (0, 0))],
)
async def test_what_does_not_balance_is_refused_when_it_ends(postings: int, fen: tuple[int, ...]):
    with pytest.raises(REFUSED):
        async with in_transaction() as connection:
            await by_hand(connection, postings, *fen)
    assert not await LedgerMovement.all().count() and not await LedgerPosting.all().count()


async def test_nothing_is_added_to_a_movement_later_even_if_it_balances():
    await booked()
    movement = await LedgerMovement.get(key="charge:1")
    with pytest.raises(REFUSED):
        async with in_transaction() as connection:
            for fen in (5, -5):
                await LedgerPosting.create(
                    using_db=connection, movement_id=movement.id, account="payee:a", fen=fen
                )


@pytest.mark.parametrize("table", ["ledger_movement", "ledger_posting"])
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
async def test_no_row_is_changed_or_taken_away(database: TortoiseContext, table: str, change: str):
    await booked()
    with pytest.raises(REFUSED, match="never changed"):
        await get_connection("default").execute_script(change.format(table))
    assert await LedgerPosting.all().count() == 2


@pytest.mark.parametrize(
    "accounts", [{"a": 5, "b": -4}, {"a": 5}, {"a": 5, "b": -5, "c": 0}], ids=str
)
async def test_a_program_is_told_before_the_database_is(accounts: dict[str, int]):
    with pytest.raises(ValueError, match="does not balance"):
        await booked(**accounts)


async def test_nothing_is_booked_outside_a_transaction():
    with pytest.raises(TypeError):
        await ledger.post(get_connection("default"), "k", "charge", "ZF1", GOOD)


async def test_a_movement_is_booked_once_for_its_key():
    assert await booked() and not await booked()
    assert await ledger.balance(get_connection("default"), ledger.PROVIDER) == 1200


async def test_what_is_undone_was_never_booked():
    with pytest.raises(RuntimeError):
        async with in_transaction() as connection:
            await ledger.post(connection, "k", "charge", "ZF1", GOOD)
            raise RuntimeError("the story fails")
    assert await LedgerMovement.all().count() == 0
