"""Every day the provider's bill is laid beside our books; what differs is shown to staff.

``reconcile-payments`` runs each morning in China for the day before, and again for every day whose
bill could not be had. What the provider took and we had not heard of is taken now (it pays, or it
goes back) and is on the list all the same: somebody should know that callbacks failed. Refunds that
are on their way for more than a day are on it too.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.expressions import Q
from tortoise.transactions import in_transaction

from config import logs
from config.database import reaching_database
from config.jobs import Payload
from services.clocks import today
from services.hours import SHANGHAI
from services.models import Payment, PaymentBill, PaymentCharge, PaymentDifference, PaymentRefund
from services.payments import days, differences
from services.payments.errors import ProviderAway
from services.payments.moves import now
from services.payments.provider import Provider
from services.payments.states import RefundState
from services.payments.till import Till
from services.payments.told import YUAN, BillLine, Returned, Taken

log = logs.get("services.payments")

JOB = "reconcile-payments"
_DAYS = 7  # back, that are looked at again while their bill is missing
_OVERDUE = timedelta(days=1)
_EDGE = timedelta(minutes=10)  # around midnight, where the two clocks may name different days


@dataclass
class _Sums:
    """What both books say of a day."""

    there: dict[str, int] = field(default_factory=lambda: {"taken": 0, "returned": 0})
    here: dict[str, int] = field(default_factory=lambda: {"taken": 0, "returned": 0})


@dataclass(frozen=True)
class _Ours:
    """A charge or refund in our books. ``key``: by which the bill names it; ``number``: of the
    payment or refund; ``at``: when, by the provider.
    """

    kind: Literal["taken", "returned"]
    key: str
    number: str
    fen: int
    at: datetime

    @property
    def signed(self) -> int:
        return self.fen if self.kind == "taken" else -self.fen


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
        await _show_overdue()
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
        before = await self._provider.bill(day - timedelta(days=1))
        with reaching_database():
            async with in_transaction() as connection:
                sums = await _compare(connection, day, lines, {_key(one) for one in before})
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
            told = Returned(line.refund, "done", line.transaction, line.fen, line.at)
            await self._till.returned(told)
        else:
            taken = Taken(line.number, line.transaction, line.fen, line.currency, line.at)
            await self._till.take(taken)


async def _compare(
    connection: BaseDBAsyncClient,
    day: date,
    lines: Sequence[BillLine],
    before: Set[tuple[str, str]],
) -> _Sums:
    """Both ways, charges and refunds: what either side has alone or with another sum is noted.
    What is ours and stands around the midnight before may be in the bill ``before``; around the
    one after, the next day's comparison sees to it.
    """
    sums = _Sums()
    for each in lines:
        sums.there[each.kind] += each.fen if each.currency == YUAN else 0
    theirs = {_key(each): each for each in lines}
    start = datetime.combine(day, time(0), SHANGHAI)
    near = start - _EDGE, start + timedelta(days=1) - _EDGE
    ours = await _charges(connection, *near, lines) + await _refunds(connection, *near, lines)
    for one in ours:
        line = theirs.get((one.kind, one.key))
        if line is None and (one.kind, one.key) in before:
            continue
        sums.here[one.kind] += one.fen
        if line is None:
            await differences.note(connection, _only_here(one, day))
        elif line.fen != one.fen:
            other = differences.of_line(differences.SUM_OTHER, line, one.signed)
            await differences.note(connection, other)
    return sums


async def _charges(
    connection: BaseDBAsyncClient, since: datetime, until: datetime, lines: Sequence[BillLine]
) -> list[_Ours]:
    """What we have of these hours, and whatever the bill names."""
    named = [line.transaction for line in lines if line.kind == "taken"]
    near = Q(charged_at__gte=since, charged_at__lt=until) | Q(transaction__in=named)
    rows = await PaymentCharge.filter(near).using_db(connection)
    owners = Payment.filter(id__in=[one.payment_id for one in rows]).using_db(connection)
    numbers = {one.id: one.number for one in await owners}
    return [
        _Ours("taken", one.transaction, numbers[one.payment_id], one.fen, one.charged_at)
        for one in rows
    ]


async def _refunds(
    connection: BaseDBAsyncClient, since: datetime, until: datetime, lines: Sequence[BillLine]
) -> list[_Ours]:
    """What has gone back, as ``_charges``."""
    named = [line.refund for line in lines if line.kind == "returned"]
    near = Q(done_at__gte=since, done_at__lt=until) | Q(number__in=named)
    rows = await PaymentRefund.filter(near, state=RefundState.DONE).using_db(connection)
    return [
        _Ours("returned", one.number, one.number, one.fen, one.done_at)
        for one in rows
        if one.done_at is not None
    ]


def _key(line: BillLine) -> tuple[str, str]:
    return line.kind, line.transaction if line.kind == "taken" else line.refund


def _only_here(one: _Ours, day: date) -> PaymentDifference:
    shown = one.key if one.kind == "taken" else f"returned:{one.key}"
    return differences.of_ours(differences.MISSING_THERE, day, one.number, shown, one.signed)


async def _show_overdue() -> None:
    late = PaymentRefund.filter(
        state__in=(RefundState.ASKED, RefundState.SENT), created_at__lt=now() - _OVERDUE
    )
    with reaching_database():
        async with in_transaction() as connection:
            for row in await late.using_db(connection):
                await differences.overdue(connection, row)


async def _kept(connection: BaseDBAsyncClient, day: date, sums: _Sums, lines: int) -> PaymentBill:
    figures = {
        "state": await days.standing(connection, day, same=sums.there == sums.here),
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
