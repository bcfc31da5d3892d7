"""Staff before the books: days, differences, and what was done about each. Numbers, no names."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.database import reaching_database
from config.errors import Conflict, Missing
from identity.audit import record
from identity.caller import Caller
from services.clocks import today
from services.models import PaymentBill, PaymentDifference
from services.payments import days, differences, refunding
from services.payments.moves import PURPOSE, now

TRY_AGAIN = "try-again"
WAYS = ("put-right", "explained", "passed-on", TRY_AGAIN)
_DAYS, _MOST = 31, 200


def ways(kind: str) -> Sequence[str]:
    """What may be said of a difference of this kind."""
    return [way for way in WAYS if way != TRY_AGAIN or kind in differences.AGAIN]


class DifferenceMissing(Missing):
    """No such difference."""

    code = "payment-difference-missing"


class DifferenceSettled(Conflict):
    """Somebody has seen to it already."""

    code = "payment-difference-settled"


class WayUnfit(Conflict):
    """Only a refund that failed can be tried again."""

    code = "payment-difference-unfit"


class BooksDesk:
    async def days(self) -> Sequence[PaymentBill]:
        """Of the last month, the youngest first."""
        with reaching_database():
            since = today() - timedelta(days=_DAYS)
            return await PaymentBill.filter(day__gte=since).order_by("-day")

    async def found(self, day: date | None = None) -> Sequence[PaymentDifference]:
        """What differs on a day, or what nobody has seen to yet, the oldest first."""
        rows = PaymentDifference.filter(settled_at__isnull=True)
        if day is not None:
            rows = PaymentDifference.filter(day=day)
        with reaching_database():
            return await rows.order_by("day", "found_at").limit(_MOST)

    async def settle(self, caller: Caller, said: str, how: str) -> None:
        """Say what was done about it; ``how``: one of WAYS. ``try-again`` asks the provider once
        more for a refund that failed. The day stands as its other differences let it.

        Raises DifferenceMissing, DifferenceSettled, WayUnfit.
        """
        with reaching_database():
            async with in_transaction() as connection:
                row = await _open_one(connection, said)
                if how == TRY_AGAIN:
                    await _again(connection, row)
                row.settled_at, row.settled_by, row.how = now(), caller.actor[:40], how
                await row.save(using_db=connection)
                await days.seen_to(connection, row.day)
                await record(
                    connection,
                    event="payment-difference:settled",
                    resident=None,
                    caller=caller,
                    purpose=PURPOSE,
                )


async def _open_one(connection: BaseDBAsyncClient, said: str) -> PaymentDifference:
    try:
        id = UUID(said)
    except ValueError:
        raise DifferenceMissing() from None
    row = await PaymentDifference.select_for_update().using_db(connection).get_or_none(id=id)
    if row is None:
        raise DifferenceMissing()
    if row.settled_at is not None:
        raise DifferenceSettled()
    return row


async def _again(connection: BaseDBAsyncClient, row: PaymentDifference) -> None:
    closed = row.kind == differences.REFUND_CLOSED
    if row.kind not in differences.AGAIN:
        raise WayUnfit()
    if not await refunding.again(connection, row.number, closed=closed):
        raise WayUnfit()
