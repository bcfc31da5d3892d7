"""The cash part of a bill: what may be paid, and what follows from its being paid or given back."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

from config.jobs import enqueue
from identity.caller import Caller
from services.bills import lapsing, rows
from services.bills.errors import BillMissing, BillMoved
from services.bills.own import SETTLE, permit
from services.bills.states import Event, State
from services.models import MedicalBill, MedicalRefund, Payment, PaymentRefund
from services.payments.opening import Order
from services.payments.settlements import Settlement
from services.schema import words

GIVE_BACK = "give-medical-cash-back"
AT_THE_CASHIER = timedelta(minutes=30)
"""So long a payment may be paid: who goes back can share the bill out otherwise then."""
TITLE = words("医疗费用", en="Medical expenses")
"""The provider reads it: neither the hospital nor what for."""


@dataclass(frozen=True)
class Cash:
    """The four answers of a ``Settlement``. No row of a bill is locked before its payment's."""

    @property
    def settlement(self) -> Settlement:
        return Settlement(rows.SUBJECT, self.may_open, self.paid, self.refunded)

    async def may_open(self, connection: BaseDBAsyncClient, caller: Caller, number: str) -> Order:
        """Raises StepUpNeeded, BillMissing or BillMoved."""
        permit(caller)
        known = MedicalBill.filter(number=rows.numbered(number), resident_id=caller.resident)
        row = await known.using_db(connection).first()
        if row is None:
            raise BillMissing()
        open_still = row.state == State.READY and row.expires_at > rows.now()
        if not row.cash_fen or not (open_still or await lapsing.at_the_cashier(connection, row)):
            raise BillMoved("pay", state=row.state)
        return Order(
            subject=f"{rows.SUBJECT}:{row.number}",
            payer=rows.resident_of(row),
            payee=row.client,
            fen=row.cash_fen,
            title=TITLE,
            expires=min(row.expires_at, rows.now() + AT_THE_CASHIER),
            service=rows.PURPOSE,
            by=caller,
        )

    async def paid(self, connection: BaseDBAsyncClient, payment: Payment) -> None:
        """Now insurance pays its parts. What was shared out otherwise meanwhile, or is over, goes
        back by a job.
        """
        row = await _bill(connection, payment)
        if row is None or row.state != State.READY or row.cash_fen != payment.fen:
            await enqueue(connection, GIVE_BACK, {"payment": payment.number})
            return
        row.payment_number, row.paid_at = payment.number, rows.now()
        if rows.is_insured(row):
            await rows.move(connection, row, Event.CONFIRM)
            await enqueue(connection, SETTLE, {"bill": str(row.id)})
            return
        await rows.move(connection, row, Event.PAY)
        await rows.tell(connection, row, "paid")

    async def refunded(
        self, connection: BaseDBAsyncClient, payment: Payment, refund: PaymentRefund
    ) -> None:
        """The cash of a hospital's refund has gone back. The bill is locked before its refund, as
        by who writes insurance's half.
        """
        kind, _, id = refund.key.partition(":")
        if kind != rows.SUBJECT:
            return
        row = await _bill(connection, payment)
        mine = MedicalRefund.filter(id=UUID(id)).using_db(connection)
        await mine.update(cash_done_at=rows.now())
        if row:
            await told_when_done(connection, row, UUID(id))


async def told_when_done(connection: BaseDBAsyncClient, row: MedicalBill, refund: UUID) -> None:
    """The resident hears of a refund once, when both of its halves are back. The bill is locked."""
    known = MedicalRefund.filter(id=refund, cash_done_at__isnull=False)
    if await known.filter(insurance_done_at__isnull=False).using_db(connection).exists():
        await rows.audited(connection, row, "bill:refunded")
        await rows.tell(connection, row, "refunded")


async def _bill(connection: BaseDBAsyncClient, payment: Payment) -> MedicalBill | None:
    """Locked; after its payment, which who calls this has locked."""
    number = payment.subject.partition(":")[2]
    known = MedicalBill.filter(number=number).using_db(connection)
    return await known.select_for_update().first()
