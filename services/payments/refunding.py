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
