"""Insurance's half of what stands still for a day, or is of somebody whom the office knows no more:
put on the staff's list of differences.

The worker goes on asking the office; but what an office never says is somebody's money between two
books, and somebody has to ring it up.
"""

from datetime import timedelta

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.jobs import Payload
from services.bills import rows
from services.bills.returns import Sources
from services.bills.states import State
from services.models import MedicalBill, MedicalRefund
from services.payments import differences

NOTE = "note-standing-bills"
STANDS = timedelta(hours=24)


async def note_standing(_payload: Payload) -> None:
    """Each once, whatever staff did about it since. A bill is confirmed or paid before it lapses,
    so a day after that no office is merely slow.
    """
    before = rows.now() - STANDS
    for bill in await MedicalBill.filter(state=State.SETTLING, expires_at__lt=before):
        await note_bill(bill)
    waiting = MedicalRefund.filter(insurance_done_at__isnull=True, created_at__lt=before)
    for refund in await waiting:
        async with in_transaction() as connection:
            await _note_refund(connection, refund)


async def note_bill(row: MedicalBill) -> None:
    """The office may have paid its parts, and nobody here knows."""
    fen = _insured(rows.sources_of(row))
    async with in_transaction() as connection:
        await differences.note(connection, differences.standing(row.number, row.settlement, fen))


async def _note_refund(connection: BaseDBAsyncClient, row: MedicalRefund) -> None:
    bill = await MedicalBill.filter(id=row.bill_id).using_db(connection).get()
    fen = -_insured(rows.sources_of(row))
    await differences.note(connection, differences.standing(bill.number, str(row.id), fen))


def _insured(parts: Sources) -> int:
    return parts.whole - parts.cash
