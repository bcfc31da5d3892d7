"""Giving back: promised in the asker's transaction, asked of the provider by a job.

A promise is booked at once (the payee owes less, the refund is owed), so that nobody can promise
more than was paid. What has gone back is told by the provider: its answer, its callback, or when
it is asked again. The same refund number goes along each time, so it gives back once.
"""

from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient

from config.jobs import enqueue
from services.applications import numbers
from services.clocks import today
from services.models import Payment, PaymentCharge, PaymentRefund
from services.payments import ledger
from services.payments.errors import PaymentMissing, RefundKeyReused, RefundTooMuch
from services.payments.moves import audited, id_of, locked, note, now
from services.payments.states import PAID, PaymentMoved, RefundState, State

JOB = "send-refund"
NUMBER, DIGITS = "TK", 10
SURPLUS = "surplus"
Refund = PaymentRefund


async def refund(
    connection: BaseDBAsyncClient, payment_number: str, fen: int, key: str, reason: str
) -> Refund:
    """Promise to give back ``fen`` of what was paid; ``key`` (up to 120 characters): whoever asks
    again with it gets the same refund; ``reason``: a code. In the caller's transaction.

    Raises PaymentMissing, PaymentMoved (not paid), RefundTooMuch, RefundKeyReused.
    """
    row = await locked(connection, payment_number)
    if row is None:
        raise PaymentMissing()
    if known := await _known(connection, row, key):
        if known.fen != fen:
            raise RefundKeyReused()
        return known
    _check(row, fen)
    row.promised_fen += fen
    paid = PaymentCharge.filter(payment_id=row.id, counted=True).using_db(connection)
    charge = await paid.get()
    made = await _made(connection, row, charge, key=key, fen=fen, reason=reason)
    about = {ledger.payee(row.payee): fen, ledger.refund(made.number): -fen}
    await ledger.post(connection, f"promise:{made.number}", "promise", made.number, about)
    await note(connection, row, "refund", reason)
    await audited(connection, row, "payment:refund-asked")
    return made


async def give_back(
    connection: BaseDBAsyncClient, row: Payment, charge: PaymentCharge, reason: str
) -> Refund:
    """The whole of a charge that paid for nothing."""
    key = f"{SURPLUS}:{charge.transaction}"
    made = await _made(
        connection, row, charge, key=key, fen=charge.fen, reason=reason, surplus=True
    )
    about = {ledger.payment(row.number): charge.fen, ledger.refund(made.number): -charge.fen}
    await ledger.post(connection, f"promise:{made.number}", "surplus", made.number, about)
    return made


async def again(connection: BaseDBAsyncClient, number: str, *, closed: bool) -> bool:
    """Ask once more for a refund that failed; False where it has not, or gone in between.

    ``closed``: the provider has given this number up for good, and the refund gets another. Any
    other keeps its own: it is looked for before it is sent, so that it is never made twice.
    """
    mine = PaymentRefund.filter(number=number).using_db(connection)
    if (found := await mine.get_or_none()) is None:
        return False
    owner = Payment.filter(id=found.payment_id).using_db(connection)
    await owner.select_for_update().get()  # the payment first, as everybody does
    row = await mine.filter(state=RefundState.FAILED).select_for_update().get_or_none()
    if row is None:
        return False
    if closed:
        await _renumber(connection, row)
    row.state = RefundState.ASKED
    await row.save(using_db=connection)
    await enqueue(connection, JOB, {"refund": str(row.id)})
    return True


async def _renumber(connection: BaseDBAsyncClient, row: Refund) -> None:
    """What is owed is owed under the new number."""
    old, row.number = row.number, numbers.made(NUMBER, today(now()), digits=DIGITS)
    row.asked_at, row.transaction = None, ""
    about = {ledger.refund(old): row.fen, ledger.refund(row.number): -row.fen}
    await ledger.post(connection, f"again:{row.number}", "again", row.number, about)


async def _known(connection: BaseDBAsyncClient, row: Payment, key: str) -> Refund | None:
    found = PaymentRefund.filter(payment_id=row.id, key=key).using_db(connection)
    return await found.get_or_none()


def _check(row: Payment, fen: int) -> None:
    if State(row.state) not in PAID:
        raise PaymentMoved("refund", state=row.state)
    left = row.fen - row.promised_fen
    if not 0 < fen <= left:
        raise RefundTooMuch(left_fen=left)


async def _made(
    connection: BaseDBAsyncClient,
    row: Payment,
    charge: PaymentCharge,
    *,
    key: str,
    fen: int,
    reason: str,
    surplus: bool = False,
) -> Refund:
    made = await PaymentRefund.create(
        using_db=connection,
        id=uuid4(),
        number=numbers.made(NUMBER, today(now()), digits=DIGITS),
        payment_id=id_of(row),
        charge_id=UUID(str(charge.id)),
        key=key,
        fen=fen,
        reason=reason,
        surplus=surplus,
        state=RefundState.ASKED,
        created_at=now(),
    )
    await enqueue(connection, JOB, {"refund": str(made.id)})
    return made
