"""What happens here when the provider has taken or given back: each once, whoever tells it first.

Callback, polling, the resident's page and the day's bill all end in ``take`` and ``returned``,
under the row's lock: the first is booked, the others change nothing. What was taken and pays for
nothing (a second charge, one after the end, another sum) goes back by itself.
"""

from uuid import uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config import logs
from config.database import reaching_database
from services.models import Payment, PaymentCharge, PaymentRefund
from services.payments import differences, ledger, refunding
from services.payments.moves import audited, locked, move, note, now, tell
from services.payments.settlements import Settlements
from services.payments.states import UNPAID, Event, RefundState, State
from services.payments.told import YUAN, Returned, Taken

log = logs.get("services.payments")

OTHER_SUM, OTHER_CURRENCY, TWICE, LATE = "other-sum", "other-currency", "taken-twice", "taken-late"
EXPIRED = "expired"
_CHANGED = (RefundState.ASKED, RefundState.SENT, RefundState.FAILED)


class Till:
    def __init__(self, settlements: Settlements):
        self._settlements = settlements

    async def take(self, taken: Taken) -> None:
        """Book a charge that the provider told of. Repeated, late or out of order it is safe."""
        with reaching_database():
            async with in_transaction() as connection:
                row = await locked(connection, taken.number)
                if row is None:
                    await differences.note(connection, differences.unknown(taken))
                elif taken.currency != YUAN:
                    await self._foreign(connection, row, taken)
                elif not await _known(connection, taken):
                    await self._book(connection, row, taken)

    async def returned(self, told: Returned) -> None:
        """Book where a refund stands."""
        with reaching_database():
            async with in_transaction() as connection:
                refund = await PaymentRefund.filter(number=told.number).using_db(connection).first()
                if refund is None:
                    log.warning("refund-unknown")
                    return
                owner = Payment.filter(id=refund.payment_id).using_db(connection)
                row = await owner.select_for_update().get()  # the payment first, as everybody does
                mine = PaymentRefund.filter(id=refund.id).using_db(connection)
                refund = await mine.select_for_update().get()
                if RefundState(refund.state) in _CHANGED and refund.number == told.number:
                    await self._stands(connection, row, refund, told)

    async def close(self, number: str) -> None:
        """Nobody paid in time, and the provider lets nobody pay any more."""
        with reaching_database():
            async with in_transaction() as connection:
                row = await locked(connection, number)
                if row is not None and State(row.state) in UNPAID:
                    await self._end(connection, row, Event.CLOSE, EXPIRED)

    async def _book(self, connection: BaseDBAsyncClient, row: Payment, taken: Taken) -> None:
        pays = State(row.state) in UNPAID and taken.fen == row.fen
        charge = await PaymentCharge.create(
            using_db=connection,
            id=uuid4(),
            payment_id=row.id,
            transaction=taken.transaction,
            fen=taken.fen,
            counted=pays,
            charged_at=taken.at,
            seen_at=now(),
        )
        about = {ledger.PROVIDER: taken.fen, ledger.payment(row.number): -taken.fen}
        await ledger.post(connection, f"charge:{taken.transaction}", "charge", row.number, about)
        if pays:
            await self._pay(connection, row, taken)
        else:
            await self._surplus(connection, row, charge)

    async def _pay(self, connection: BaseDBAsyncClient, row: Payment, taken: Taken) -> None:
        row.paid_at = taken.at
        owed = {ledger.payment(row.number): row.fen, ledger.payee(row.payee): -row.fen}
        await ledger.post(connection, f"pay:{row.number}", "pay", row.number, owed)
        await move(connection, row, Event.PAY)
        await tell(connection, row, "paid")
        settlement, _ = self._settlements.of(row.subject)
        await settlement.paid(connection, row)

    async def _surplus(
        self, connection: BaseDBAsyncClient, row: Payment, charge: PaymentCharge
    ) -> None:
        reason = _why(row)
        if reason == OTHER_SUM:
            await self._end(connection, row, Event.FAIL, reason)
        await note(connection, row, "surplus", reason)
        await audited(connection, row, "payment:surplus")
        await refunding.give_back(connection, row, charge, reason)
        await tell(connection, row, "surplus")

    async def _foreign(self, connection: BaseDBAsyncClient, row: Payment, taken: Taken) -> None:
        """The ledger is in fen: what was taken in another currency is for staff to see to."""
        await differences.note(connection, differences.foreign(taken))
        if State(row.state) in UNPAID:
            await self._end(connection, row, Event.FAIL, OTHER_CURRENCY)

    async def _end(
        self, connection: BaseDBAsyncClient, row: Payment, event: Event, reason: str
    ) -> None:
        row.fault = reason
        await move(connection, row, event, reason)
        settlement, _ = self._settlements.of(row.subject)
        await settlement.closed(connection, row)

    async def _stands(
        self, connection: BaseDBAsyncClient, row: Payment, refund: PaymentRefund, told: Returned
    ) -> None:
        if told.went == "done" and told.fen == refund.fen:
            await self._gone(connection, row, refund, told)
        elif told.went == "done":
            await _failed(connection, refund)
            await differences.note(connection, differences.other_sum(refund, told))
        elif told.went in differences.FAULTS and refund.state != RefundState.FAILED:
            await _failed(connection, refund)
            await differences.failed(connection, refund, told)
        elif told.went == "going" and refund.state == RefundState.ASKED:
            refund.state, refund.transaction = RefundState.SENT, told.transaction
            await refund.save(using_db=connection)

    async def _gone(
        self, connection: BaseDBAsyncClient, row: Payment, refund: PaymentRefund, told: Returned
    ) -> None:
        refund.state, refund.transaction = RefundState.DONE, told.transaction
        refund.done_at = told.at or now()  # by their clock, as their bill has it
        await refund.save(using_db=connection)
        about = {ledger.refund(refund.number): refund.fen, ledger.PROVIDER: -refund.fen}
        await ledger.post(connection, f"return:{refund.number}", "return", refund.number, about)
        if refund.surplus:
            await note(connection, row, "surplus-returned", refund.reason)
            return
        row.returned_fen += refund.fen
        whole = row.returned_fen == row.fen
        await move(connection, row, Event.RETURN_REST if whole else Event.RETURN_PART)
        await tell(connection, row, "refunded")
        settlement, _ = self._settlements.of(row.subject)
        await settlement.refunded(connection, row, refund)


async def fits(taken: Taken) -> bool:
    """Whether it is what one of our payments asks. What is not, is asked of the provider itself."""
    with reaching_database():
        row = await Payment.get_or_none(number=taken.number)
    return row is not None and (row.fen, YUAN) == (taken.fen, taken.currency)


async def _failed(connection: BaseDBAsyncClient, refund: PaymentRefund) -> None:
    refund.state, refund.asked_at = RefundState.FAILED, now()
    await refund.save(using_db=connection)


async def _known(connection: BaseDBAsyncClient, taken: Taken) -> bool:
    mine = PaymentCharge.filter(transaction=taken.transaction).using_db(connection)
    return await mine.exists()


def _why(row: Payment) -> str:
    if State(row.state) in UNPAID:
        return OTHER_SUM
    return LATE if State(row.state) in (State.CLOSED, State.FAILED) else TWICE
