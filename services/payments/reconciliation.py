"""Every day the provider's bill is laid beside our books; what differs is shown to staff.

``reconcile-payments`` runs each morning in China for the day before, and again for every day whose
bill could not be had. What the provider took and we had not heard of is taken now (it pays, or it
goes back) and is on the list all the same: somebody should know that callbacks failed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config import logs
from config.database import reaching_database
from config.jobs import Payload
from services.clocks import today
from services.hours import SHANGHAI
from services.models import Payment, PaymentBill, PaymentCharge, PaymentDifference, PaymentRefund
from services.payments import differences
from services.payments.errors import ProviderAway
from services.payments.moves import now
from services.payments.provider import Provider
from services.payments.states import RefundState
from services.payments.till import Till
from services.payments.told import YUAN, BillLine, Returned, Taken

log = logs.get("services.payments")

JOB = "reconcile-payments"
BALANCED, DIFFERS = "balanced", "differs"
_DAYS = 7  # back, that are looked at again while their bill is missing
_EDGE = timedelta(minutes=10)  # around midnight, where the two clocks may name different days


@dataclass
class _Sums:
    """What both books say of a day."""

    there: dict[str, int] = field(default_factory=lambda: {"taken": 0, "returned": 0})
    here: dict[str, int] = field(default_factory=lambda: {"taken": 0, "returned": 0})


class Reconciliation:
    def __init__(self, provider: Provider, till: Till):
        self._provider, self._till = provider, till

    async def run(self, payload: Payload) -> None:
        """The handler of ``reconcile-payments``; ``{"day": "2026-11-21"}`` for one day again.

        Raises ProviderAway when a bill is not to be had, after the days whose bill was.
        """
        if wanted := payload.get("day"):
            await self.check(date.fromisoformat(wanted))
            return
        newest, away = today() - timedelta(days=1), None
        for ago in range(_DAYS):
            day = newest - timedelta(days=ago)
            with reaching_database():
                known = await PaymentBill.exists(day=day)
            if known:
                continue
            try:
                await self.check(day)
            except ProviderAway as fault:
                away = fault
        if away is not None:
            raise away

    async def check(self, day: date) -> PaymentBill:
        """Lay the books of one day in China beside each other; safe to repeat. Raises
        ProviderAway.
        """
        lines = await self._provider.bill(day)
        for line in lines:
            await self._hear(line)
        with reaching_database():
            async with in_transaction() as connection:
                sums = await self._compare(connection, day, lines)
                return await _kept(connection, day, sums, len(lines))

    async def _hear(self, line: BillLine) -> None:
        """A line of which we had not heard, in our books too where it belongs there."""
        with reaching_database():
            if line.kind == "taken":
                heard = await PaymentCharge.exists(transaction=line.transaction)
            else:
                heard = await PaymentRefund.exists(number=line.refund, state=RefundState.DONE)
        if heard:
            return
        async with in_transaction() as connection:
            missing = differences.of_line(differences.MISSING_HERE, line, None)
            await differences.note(connection, missing)
        if line.kind == "returned":
            await self._till.returned(Returned(line.refund, "done", line.transaction, line.fen))
        else:
            taken = Taken(line.number, line.transaction, line.fen, line.currency, line.at)
            await self._till.take(taken)

    async def _compare(
        self, connection: BaseDBAsyncClient, day: date, lines: Sequence[BillLine]
    ) -> _Sums:
        sums = _Sums()
        start = datetime.combine(day, time(0), SHANGHAI)
        end = start + timedelta(days=1)
        theirs = {line.transaction: line for line in lines if line.kind == "taken"}
        near = PaymentCharge.filter(charged_at__gte=start - _EDGE, charged_at__lt=end + _EDGE)
        ours = {one.transaction: one for one in await near.using_db(connection)}
        for each in lines:
            sums.there[each.kind] += each.fen if each.currency == YUAN else 0
        for transaction, one in ours.items():
            line = theirs.get(transaction)
            if line is not None or start <= one.charged_at < end:
                sums.here["taken"] += one.fen
            if line is not None and line.fen != one.fen:
                other = differences.of_line(differences.SUM_OTHER, line, one.fen)
                await differences.note(connection, other)
            if line is None and start + _EDGE <= one.charged_at < end - _EDGE:
                await differences.note(connection, await _only_here(connection, one, day))
        sums.here["returned"] = await _returned_here(connection, lines)
        return sums


async def _only_here(
    connection: BaseDBAsyncClient, charge: PaymentCharge, day: date
) -> PaymentDifference:
    row = await Payment.filter(id=charge.payment_id).using_db(connection).get()
    kind = differences.MISSING_THERE
    return differences.of_ours(kind, day, row.number, charge.transaction, charge.fen)


async def _returned_here(connection: BaseDBAsyncClient, lines: Sequence[BillLine]) -> int:
    """Of the refunds that the bill names, what we have as gone."""
    numbers = [line.refund for line in lines if line.kind == "returned"]
    mine = PaymentRefund.filter(number__in=numbers, state=RefundState.DONE)
    return sum([one.fen for one in await mine.using_db(connection)])


async def _kept(connection: BaseDBAsyncClient, day: date, sums: _Sums, lines: int) -> PaymentBill:
    found = PaymentDifference.filter(day=day, settled_at__isnull=True).using_db(connection)
    same = sums.there == sums.here and not await found.exists()
    figures = {
        "state": BALANCED if same else DIFFERS,
        "charged_there_fen": sums.there["taken"],
        "charged_here_fen": sums.here["taken"],
        "returned_there_fen": sums.there["returned"],
        "returned_here_fen": sums.here["returned"],
        "lines": lines,
        "checked_at": now(),
    }
    bill, _ = await PaymentBill.update_or_create(figures, using_db=connection, day=day)
    log.info("payments-reconciled", state=bill.state, lines=lines)
    return bill
