"""Asking the provider where no callback came: each payment and refund until it has come to an end.

``watch-payments`` runs every minute and enqueues a look at each that is due; a look may come in
any order and any number of times. A payment that nobody paid in time is closed at the provider
first, and here only when nobody can pay it there any more.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from config.database import reaching_database
from config.jobs import Payload, enqueue_each
from services.models import Payment, PaymentCharge, PaymentRefund
from services.payments import refunding
from services.payments.moves import now
from services.payments.provider import OrderPaid, Provider
from services.payments.states import UNPAID, RefundState, State
from services.payments.till import Till

WATCH, LOOK = "watch-payments", "look-at-payment"
_GRACE = timedelta(seconds=60)  # for whoever pressed at the last moment
_AT_ONCE = 500
# Young ones are looked at every half minute, those of an hour ago every five.
_DUE = """
    UPDATE payment SET asked_at = now() WHERE id IN (
        SELECT id FROM payment WHERE state IN ('opened', 'paying')
            AND coalesce(asked_at, created_at) < now()
                - CASE WHEN created_at > now() - interval '1 hour'
                THEN interval '25 seconds' ELSE interval '5 minutes' END
        ORDER BY asked_at NULLS FIRST LIMIT $1 FOR UPDATE SKIP LOCKED)
    RETURNING number
"""
_REFUNDS_DUE = """
    UPDATE payment_refund SET asked_at = now() WHERE id IN (
        SELECT id FROM payment_refund WHERE state IN ('asked', 'sent')
            AND coalesce(asked_at, created_at) < now() - interval '50 seconds'
        ORDER BY asked_at NULLS FIRST LIMIT $1 FOR UPDATE SKIP LOCKED)
    RETURNING id
"""
_MINE = """
    UPDATE payment SET asked_at = now() WHERE number = $1 AND state IN ('opened', 'paying')
        AND (asked_at IS NULL OR asked_at < now() - interval '2 seconds') RETURNING number
"""


class Watch:
    def __init__(self, provider: Provider, till: Till):
        self._provider, self._till = provider, till

    async def watch(self, _payload: Payload) -> None:
        """The handler of ``watch-payments``."""
        with reaching_database():
            async with in_transaction() as connection:
                due = await connection.execute_query_dict(_DUE, [_AT_ONCE])
                looks = [{"payment": str(row["number"])} for row in due]
                await enqueue_each(connection, LOOK, looks)
                due = await connection.execute_query_dict(_REFUNDS_DUE, [_AT_ONCE])
                refunds = [{"refund": str(row["id"])} for row in due]
                await enqueue_each(connection, refunding.JOB, refunds)

    async def look(self, payload: Payload) -> None:
        """The handler of ``look-at-payment``, ``{"payment": number}``. Raises ProviderAway."""
        with reaching_database():
            row = await Payment.get_or_none(number=payload["payment"])
        if row is not None and State(row.state) in UNPAID:
            await self._settle(row)

    async def look_now(self, number: str) -> None:
        """For a resident who waits, every two seconds at most. Raises ProviderAway."""
        with reaching_database():
            mine = await get_connection("default").execute_query_dict(_MINE, [number])
        if mine:
            await self.look({"payment": number})

    async def send_refund(self, payload: Payload) -> None:
        """The handler of ``send-refund``, ``{"refund": id}``. Raises ProviderAway."""
        with reaching_database():
            row = await PaymentRefund.get_or_none(id=UUID(payload["refund"]))
            if row is None or row.state not in (RefundState.ASKED, RefundState.SENT):
                return
            charge = await PaymentCharge.get(id=row.charge_id)
        told = await self._provider.look_refund(row.number) if row.asked_at else None
        if told is None or told.went == "unknown":
            told = await self._provider.refund(row, charge)
        await self._till.returned(told)

    async def end_overdue(self, subjects: Sequence[str]) -> None:
        """Close what nobody paid in time, so that a new one can be opened. Raises ProviderAway."""
        with reaching_database():
            late = Payment.filter(subject__in=list(subjects), state__in=UNPAID)
            rows = await late.filter(expires_at__lt=now())
        for row in rows:
            await self._settle(row, grace=timedelta())

    async def _settle(self, row: Payment, grace: timedelta = _GRACE) -> None:
        found = await self._provider.look(row.number)
        if found.taken is not None:
            await self._till.take(found.taken)
        elif found.stands == "closed":
            await self._till.close(row.number)
        elif row.expires_at + grace < now():
            await self._close(row)

    async def _close(self, row: Payment) -> None:
        try:
            await self._provider.close(row.number)
        except OrderPaid:  # in between
            found = await self._provider.look(row.number)
            if found.taken is not None:
                await self._till.take(found.taken)
        else:
            await self._till.close(row.number)
