"""Payments, refunds and quotes.

Accounts are kept as long as the law demands (会计档案管理办法, 2015, art. 14: thirty years for
books); what ties them to a resident is cut, once nothing of theirs is on its way.
"""

import json
from collections.abc import Sequence
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient

from identity.holdings import Coded, Record
from identity.vault import Vault
from services.models import Payment, PaymentRefund, Quote
from services.payments.states import UNPAID, RefundState

OPEN = "open-payment"
_GOING = (RefundState.ASKED, RefundState.SENT, RefundState.FAILED)


async def open_payments(resident: UUID) -> Sequence[str]:
    """Why accounts may not be cut loose yet: money is on its way."""
    mine = Payment.filter(resident_id=resident)
    if await mine.filter(state__in=UNPAID).exists():
        return (OPEN,)
    if await Quote.filter(resident_id=resident, state="paid").exists():
        return (OPEN,)
    ids = list(await mine.values_list("id", flat=True))
    going = PaymentRefund.filter(payment_id__in=ids, state__in=_GOING)
    return (OPEN,) if await going.exists() else ()


class Payments:
    """The payments themselves. Erased, they are nobody's."""

    name = "payments"
    tables = ("payment", "payment_event", "payment_charge")

    async def export(self, resident: UUID) -> list[Record]:
        rows = await Payment.filter(resident_id=resident).order_by("created_at")
        return [
            {
                "number": row.number,
                "title": json.loads(row.title)["zh-CN"],
                "fen": row.fen,
                "returned_fen": row.returned_fen,
                "state": Coded("payment.state", row.state),
                "created_at": row.created_at,
                "paid_at": row.paid_at,
            }
            for row in rows
        ]

    async def erase(self, connection: BaseDBAsyncClient, resident: UUID) -> None:
        for row in await Payment.filter(resident_id=resident).using_db(connection).only("id"):
            mine = Payment.filter(id=row.id).using_db(connection)
            await mine.update(resident_id=uuid4())


class Refunds:
    """What went back; it belongs to its payment and names nobody."""

    name = "payment-refunds"
    tables = ("payment_refund",)

    async def export(self, resident: UUID) -> list[Record]:
        mine = await Payment.filter(resident_id=resident).values_list("id", "number")
        numbers = {UUID(str(id)): str(number) for id, number in mine}
        rows = PaymentRefund.filter(payment_id__in=list(numbers)).order_by("created_at")
        return [
            {
                "number": numbers[UUID(str(row.payment_id))],
                "fen": row.fen,
                "state": Coded("payment.refund", row.state),
                "created_at": row.created_at,
                "finished_at": row.done_at,
            }
            for row in await rows
        ]

    async def erase(self, connection: BaseDBAsyncClient, resident: UUID) -> None:
        return


class Quotes:
    """What was reckoned, with the offices' receipts: gone with the account."""

    name = "quotes"
    tables = ("quote",)

    def __init__(self, vault: Vault):
        self._vault = vault

    async def export(self, resident: UUID) -> list[Record]:
        rows = await Quote.filter(resident_id=resident).order_by("created_at")
        return [
            {
                "number": row.number,
                "service": Coded("service", row.service),
                "state": Coded("quote.state", row.state),
                "fen": row.fen,
                "lines": self._opened(row.lines_sealed, f"quote.lines:{row.id}"),
                "form": self._opened(row.question_sealed, f"quote.question:{row.id}"),
                "receipt": self._opened(row.receipt_sealed, f"quote.receipt:{row.id}"),
                "created_at": row.created_at,
            }
            for row in rows
        ]

    async def erase(self, connection: BaseDBAsyncClient, resident: UUID) -> None:
        await Quote.filter(resident_id=resident).using_db(connection).delete()

    def _opened(self, sealed: bytes | None, context: str) -> str | None:
        if sealed is None:
            return None
        content = json.loads(self._vault.open(bytes(sealed), context))
        return json.dumps(content, ensure_ascii=False, indent=1)
