"""A resident's own bills: seen, shared out with insurance or by cash alone, confirmed.

Nothing is asked of the insurance office before the resident asks for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.database import reaching_database
from config.jobs import enqueue
from identity import release
from identity.caller import Caller
from identity.vault import Vault
from identity.ways import FRESH, SENSITIVE
from services.bills import lapsing, mix, rows
from services.bills.errors import BillBeingPaid, BillMissing, BillMoved, BillNotInsured
from services.bills.hospitals import Bill
from services.bills.states import UNPAID, Event, State
from services.models import MedicalBill, MedicalRefund

SHARE, SETTLE = "share-medical-bill", "settle-medical-bill"
SHOWN = 50


@dataclass(frozen=True)
class OwnBills:
    vault: Vault

    async def listed(self, caller: Caller, resident: UUID) -> Sequence[MedicalBill]:
        """The youngest first. Health is sensitive: level 4, proven lately (PIPL art. 28).

        Raises StepUpNeeded.
        """
        permit(caller)
        return await MedicalBill.filter(resident_id=resident).order_by("-created_at").limit(SHOWN)

    async def unpaid(self, resident: UUID) -> int:
        """How many can still be paid: no more than a message says, so it takes no fresh proof."""
        mine = MedicalBill.filter(resident_id=resident, state__in=UNPAID)
        return await mine.filter(expires_at__gt=rows.now()).count()

    async def one(self, caller: Caller, resident: UUID, number: str) -> Bill:
        """Raises StepUpNeeded or BillMissing."""
        permit(caller)
        row = await self._mine(resident, number)
        refunds = await MedicalRefund.filter(bill_id=row.id).order_by("created_at")
        return Bill(row, refunds)

    async def share(self, caller: Caller, resident: UUID, number: str, *, insurance: bool) -> None:
        """Have insurance reckon its parts (the page looks again until it has), or pay all by cash.

        Raises StepUpNeeded, BillMissing, BillMoved, BillNotInsured or BillBeingPaid.
        """
        permit(caller)
        found = await self._mine(resident, number)
        if insurance and not found.insured:
            raise BillNotInsured()
        with reaching_database():
            async with in_transaction() as connection:
                row = await rows.locked(connection, found.id)
                await _check_not_at_the_cashier(connection, row)
                rows.clear(row)
                if insurance:
                    await self._reckon(connection, caller, row)
                else:
                    await self._by_cash(connection, caller, row)

    async def confirm(self, caller: Caller, resident: UUID, number: str) -> None:
        """Let insurance pay where no cash is left to pay.

        Raises StepUpNeeded, BillMissing or BillMoved.
        """
        permit(caller)
        found = await self._mine(resident, number)
        with reaching_database():
            async with in_transaction() as connection:
                row = await rows.locked(connection, found.id)
                if row.mix != mix.Mix.INSURANCE_ONLY or row.expires_at <= rows.now():
                    raise BillMoved("cash is left to pay, or too late", state=row.state)
                await rows.move(connection, row, Event.CONFIRM, caller)
                await enqueue(connection, SETTLE, {"bill": str(row.id)})

    async def _reckon(
        self, connection: BaseDBAsyncClient, caller: Caller, row: MedicalBill
    ) -> None:
        """With a new key: what was reckoned before counts no more."""
        _, row.additions_fen, row.reductions_fen = rows.billed(rows.about_of(row, self.vault))
        row.key = uuid4()
        await rows.move(connection, row, Event.SHARE, caller)
        await enqueue(connection, SHARE, {"bill": str(row.id), "key": str(row.key)})

    async def _by_cash(
        self, connection: BaseDBAsyncClient, caller: Caller, row: MedicalBill
    ) -> None:
        rows.take(row, mix.by_cash(*rows.billed(rows.about_of(row, self.vault))))
        await rows.move(connection, row, Event.BY_CASH, caller)

    async def _mine(self, resident: UUID, number: str) -> MedicalBill:
        row = await MedicalBill.get_or_none(number=rows.numbered(number), resident_id=resident)
        if row is None:
            raise BillMissing()
        return row


def permit(caller: Caller) -> None:
    """Raises StepUpNeeded."""
    release.permit(caller, scope="", level=SENSITIVE, max_age=FRESH)


def may(row: MedicalBill) -> list[str]:
    """What its resident may do with it now."""
    if row.expires_at <= rows.now() or State(row.state) not in UNPAID:
        return []
    done = ["by-cash"] if row.state != State.READY or rows.is_insured(row) else []
    if row.insured and not (row.state == State.READY and rows.is_insured(row)):
        done.append("share")
    if row.state == State.READY:
        done.append("pay" if row.cash_fen else "confirm")
    return done


async def _check_not_at_the_cashier(connection: BaseDBAsyncClient, row: MedicalBill) -> None:
    """Raises BillBeingPaid, or BillMoved for what has expired."""
    if row.expires_at <= rows.now():
        raise BillMoved("too late", state=State.EXPIRED.value)
    if await lapsing.at_the_cashier(connection, row):
        raise BillBeingPaid()
