"""Where a day of the books stands: the same on both sides, different, or different and seen to."""

from datetime import date

from tortoise.backends.base.client import BaseDBAsyncClient

from services.models import PaymentBill, PaymentDifference

BALANCED, DIFFERS, SETTLED = "balanced", "differs", "settled"


async def standing(connection: BaseDBAsyncClient, day: date, *, same: bool) -> str:
    """``same``: the sums are. Sums that differ stand as ``settled`` once staff have seen to every
    difference that was found, and as ``differs`` where none was.
    """
    found = PaymentDifference.filter(day=day).using_db(connection)
    if await found.filter(settled_at__isnull=True).exists():
        return DIFFERS
    if same:
        return BALANCED
    return SETTLED if await found.exists() else DIFFERS


async def seen_to(connection: BaseDBAsyncClient, day: date) -> None:
    """After a difference of the day was settled; nothing for a day that was not compared yet."""
    mine = PaymentBill.filter(day=day).using_db(connection)
    bill = await mine.select_for_update().get_or_none()  # two who settle the last two: one by one
    if bill is not None:
        bill.state = await standing(connection, day, same=_same(bill))
        await bill.save(using_db=connection, update_fields=["state"])


def _same(bill: PaymentBill) -> bool:
    there = bill.charged_there_fen, bill.returned_there_fen
    return there == (bill.charged_here_fen, bill.returned_here_fen)
