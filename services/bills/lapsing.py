"""When a bill is over because nobody paid it in its time; its visit may be billed anew then."""

from tortoise.backends.base.client import BaseDBAsyncClient

from services.bills import rows
from services.bills.states import UNPAID, Event, State
from services.models import MedicalBill, Payment
from services.payments.states import LIVING


async def at_the_cashier(connection: BaseDBAsyncClient, row: MedicalBill) -> bool:
    """Whether a payment of it lives: somebody pays, or may still pay, or has paid."""
    subject = f"{rows.SUBJECT}:{row.number}"
    return await Payment.filter(subject=subject, state__in=LIVING).using_db(connection).exists()


async def expire(connection: BaseDBAsyncClient, row: MedicalBill) -> bool:
    """End the locked bill if its time is over, and say whether it was; not while somebody stands
    at the cashier. What is nobody's of ours is forgotten.
    """
    late = State(row.state) in UNPAID and row.expires_at <= rows.now()
    if not late or await at_the_cashier(connection, row):
        return False
    if row.resident_id is None:
        await row.delete(using_db=connection)
    else:
        await rows.move(connection, row, Event.EXPIRE)
    return True
