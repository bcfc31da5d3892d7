"""Staff before the books: days, differences, and what was done about each. Numbers, no names."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.database import reaching_database
from config.errors import Conflict, Missing
from config.jobs import enqueue
from identity.audit import record
from identity.caller import Caller
from services.clocks import today
from services.models import PaymentBill, PaymentDifference, PaymentRefund
from services.payments import differences, refunding
from services.payments.moves import PURPOSE, now
from services.payments.states import RefundState

TRY_AGAIN = "try-again"
WAYS = ("put-right", "explained", "passed-on", TRY_AGAIN)
_DAYS, _MOST = 31, 200


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
        """Say what was done about it; ``how``: one of WAYS. ``try-again`` asks the provider for a
        refund that failed once more.

        Raises DifferenceMissing, DifferenceSettled, WayUnfit.
        """
        with reaching_database():
            async with in_transaction() as connection:
                row = await _open_one(connection, said)
                if how == TRY_AGAIN:
                    await _again(connection, row)
                row.settled_at, row.settled_by, row.how = now(), caller.actor[:40], how
                await row.save(using_db=connection)
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
    mine = PaymentRefund.filter(number=row.number, state=RefundState.FAILED)
    refund = await mine.using_db(connection).select_for_update().get_or_none()
    if row.kind != differences.REFUND_FAILED or refund is None:
        raise WayUnfit()
    refund.state = RefundState.ASKED
    await refund.save(using_db=connection)
    await enqueue(connection, refunding.JOB, {"refund": str(refund.id)})
