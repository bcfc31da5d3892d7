"""Medical bills and what was given back of them."""

from collections.abc import Sequence
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

from identity.holdings import Coded, Record
from identity.vault import Vault
from services.bills.rows import about_of
from services.bills.states import State
from services.models import MedicalBill, MedicalRefund

OPEN = "open-bill"


async def open_bills(resident: UUID) -> Sequence[str]:
    """Why bills may not be erased yet: money is on its way."""
    mine = MedicalBill.filter(resident_id=resident)
    back = MedicalRefund.filter(bill_id__in=[one.id for one in await mine.only("id")])
    waits = await back.filter(insurance_done_at__isnull=True).exists()
    moves = await mine.filter(state=State.SETTLING).exists()
    return (
        (OPEN,) if waits or moves or await back.filter(cash_done_at__isnull=True).exists() else ()
    )


class Bills:
    name = "medical-bills"
    tables = ("medical_bill",)

    def __init__(self, vault: Vault):
        self._vault = vault

    async def export(self, resident: UUID) -> list[Record]:
        rows = await MedicalBill.filter(resident_id=resident).order_by("created_at")
        return [self._told(row) for row in rows]

    def _told(self, row: MedicalBill) -> Record:
        about = about_of(row, self._vault)
        return {
            "number": row.number,
            "place": about.place["zh-CN"],
            "kind": Coded("bill.care", about.care),
            "state": Coded("bill.state", row.state),
            "total_fen": row.total_fen,
            "government_fen": row.government_fen,
            "self_fen": row.self_fen,
            "other_fen": row.other_fen,
            "cash_fen": row.cash_fen,
            "created_at": row.created_at,
        }

    async def erase(self, connection: BaseDBAsyncClient, resident: UUID) -> None:
        await MedicalBill.filter(resident_id=resident).using_db(connection).delete()


class BillsReturned:
    name = "medical-refunds"
    tables = ("medical_refund",)

    async def export(self, resident: UUID) -> list[Record]:
        numbers = {row.id: row.number for row in await MedicalBill.filter(resident_id=resident)}
        rows = MedicalRefund.filter(bill_id__in=list(numbers)).order_by("created_at")
        return [
            {
                "number": numbers[row.bill_id],
                "total_fen": row.fen,
                "government_fen": row.government_fen,
                "self_fen": row.self_fen,
                "other_fen": row.other_fen,
                "cash_fen": row.cash_fen,
                "created_at": row.created_at,
            }
            for row in await rows
        ]

    async def erase(self, connection: BaseDBAsyncClient, resident: UUID) -> None:
        """Before the bills they belong to."""
        bills = await MedicalBill.filter(resident_id=resident).using_db(connection).only("id")
        ids = [row.id for row in bills]
        await MedicalRefund.filter(bill_id__in=ids).using_db(connection).delete()
