"""What the worker does for bills: asks the insurance office, looks again, settles, gives back.

The office is asked outside any transaction and with a key of its own for each step, so that a step
which is done twice, or whose answer was lost, is done once there. What comes for a bill that has
moved on meanwhile changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config import logs
from config.jobs import Payload, enqueue
from identity.errors import ResidentMissing
from identity.person import Person
from identity.residents import Residents
from identity.vault import Vault
from services.bills import lapsing, mix, rows, standing
from services.bills.office import Outcome, SharesBills, Stands
from services.bills.own import SETTLE, SHARE
from services.bills.settling import GIVE_BACK, told_when_done
from services.bills.states import UNPAID, Event, State
from services.errors import NoRecord
from services.models import MedicalBill, MedicalRefund, Payment
from services.payments import refunding
from services.payments.states import PAID

LOOK = timedelta(seconds=2)  # between two looks at where a bill stands
LOOKS = 60  # in a row: less than STILL, so that no bill is looked at twice at once
STILL = timedelta(minutes=3)  # a bill that stood so long in one step is seen to again
NOT_INSURED, REFUSED, NONSENSE = "not-insured", "refused", "nonsense"
OVER, OVER_REDUCED = "bill-over", "over-reduced"
WATCH = "watch-medical-bills"
MOST = 200
log = logs.get("services.bills")


@dataclass(frozen=True)
class Working:
    vault: Vault
    residents: Residents
    office: SharesBills

    async def share(self, payload: Payload) -> None:
        """Ask, then look until the office has reckoned. Raises the problems of ``call``."""
        row = await _standing(payload, State.SHARING)
        if row is None or str(row.key) != payload["key"]:
            return
        try:
            person = await self.residents.reveal(rows.resident_of(row))
            settlement = payload.get("settlement") or await self._asked(person, row)
            outcome = await self.office.bill_outcome(person, settlement)
        except (NoRecord, ResidentMissing):
            await self._moved(row, State.SHARING, Event.UNSHARED, NOT_INSURED)
            return
        if outcome.stands == "reckoning":
            await _again(SHARE, payload | {"settlement": settlement})
        else:
            await self._shared(row, settlement, outcome)

    async def settle(self, payload: Payload) -> None:
        """Have the office pay its parts, then look until it has. Raises as ``call`` does."""
        row = await _standing(payload, State.SETTLING)
        if row is None:
            return
        try:
            stands = await self._paying(row, asked=bool(payload.get("asked")))
        except (NoRecord, ResidentMissing):  # nobody whom insurance would pay for, or not any more
            stands = "refused"
            await standing.note_bill(row)
        if stands == "settled":
            await self._moved(row, State.SETTLING, Event.SETTLED, tells="paid")
        elif stands == "refused":
            await self._moved(row, State.SETTLING, Event.REFUSED, REFUSED, tells="failed")
        else:
            await _again(SETTLE, payload | {"asked": True})

    async def give_parts_back(self, payload: Payload) -> None:
        """Insurance's parts of a refund. Raises as ``call`` does."""
        refund = await MedicalRefund.get_or_none(id=UUID(payload["refund"]))
        if refund is None or refund.insurance_done_at:
            return
        row = await MedicalBill.get(id=refund.bill_id)
        person = await self.residents.reveal_for_books(rows.resident_of(row))
        key = UUID(str(refund.id))
        await self.office.return_bill(person, key, row.settlement, rows.sources_of(refund))
        async with in_transaction() as connection:
            row = await rows.locked(connection, row.id)
            mine = MedicalRefund.filter(id=refund.id, insurance_done_at__isnull=True)
            if await mine.using_db(connection).update(insurance_done_at=rows.now()):
                await told_when_done(connection, row, key)

    async def _paying(self, row: MedicalBill, *, asked: bool) -> Stands:
        """Where the office's paying stands; what was begun is ended for the dead too. An office
        that knows the person no more may have paid before: it is asked for the outcome.

        Raises NoRecord, ResidentMissing and the problems of ``call``.
        """
        person = await self.residents.reveal_for_books(rows.resident_of(row))
        known = asked or await self._begun(person, row)
        stands = (await self.office.bill_outcome(person, row.settlement)).stands
        return stands if known or stands in ("settling", "settled") else "refused"

    async def _begun(self, person: Person, row: MedicalBill) -> bool:
        try:
            await self.office.settle_bill(person, _step(row, "settle"), row.settlement)
        except NoRecord:
            return False
        return True

    async def _asked(self, person: Person, row: MedicalBill) -> str:
        about = rows.about_of(row, self.vault)
        fees, _, _ = rows.billed(about)
        return await self.office.share_bill(person, UUID(str(row.key)), about.care, fees)

    async def _shared(self, row: MedicalBill, settlement: str, outcome: Outcome) -> None:
        """What the office reckoned, if it is a bill's; else it counts as no answer at all."""
        billed = rows.billed(rows.about_of(row, self.vault))
        try:
            if outcome.parts is None:
                raise mix.SplitBroken("no parts")
            split = mix.by_insurance(*billed, outcome.parts, settlement)
        except mix.SplitBroken as broken:
            log.warning("bill-shared-wrongly", rule=str(broken))
            fault = OVER_REDUCED if isinstance(broken, mix.ReducedTooMuch) else NONSENSE
            await self._moved(row, State.SHARING, Event.UNSHARED, fault)
            return
        async with in_transaction() as connection:
            now_there = await rows.locked(connection, row.id)
            if now_there.state == State.SHARING and now_there.key == row.key:
                rows.take(now_there, split)
                await rows.move(connection, now_there, Event.SHARED)

    async def _moved(
        self, row: MedicalBill, since: State, event: Event, fault: str = "", tells: str = ""
    ) -> None:
        """One step further, unless the bill has moved on meanwhile."""
        async with in_transaction() as connection:
            there = await rows.locked(connection, row.id)
            if there.state != since or there.key != row.key:
                return
            there.fault, there.paid_at = fault, there.paid_at or _when(event)
            await rows.move(connection, there, event)
            if tells:
                await rows.tell(connection, there, tells)
            if event is Event.REFUSED and there.payment_number:
                await enqueue(connection, GIVE_BACK, {"payment": there.payment_number})


async def give_cash_back(payload: Payload) -> None:
    """The whole of a payment whose bill insurance did not pay, or that is over."""
    async with in_transaction() as connection:
        known = Payment.filter(number=payload["payment"]).using_db(connection)
        row = await known.select_for_update().get()
        left = row.fen - row.promised_fen
        if row.state in PAID and left:
            key = f"{OVER}:{row.number}"
            await refunding.refund(connection, row.number, left, key, OVER)


async def watch(_payload: Payload) -> None:
    """Begin again what stands still (an office that was away for long), and end what is too old."""
    before = rows.now() - STILL
    stands = MedicalBill.filter(state__in=[State.SHARING, State.SETTLING], changed_at__lt=before)
    for row in await stands.limit(MOST):
        async with in_transaction() as connection:
            there = await rows.locked(connection, row.id)
            if there.state == row.state and there.changed_at == row.changed_at:
                await _begin_again(connection, there)
    old = MedicalBill.filter(state__in=list(UNPAID), expires_at__lt=rows.now())
    for row in await old.limit(MOST):
        async with in_transaction() as connection:
            await lapsing.expire(connection, await rows.locked(connection, row.id))


async def _begin_again(connection: BaseDBAsyncClient, row: MedicalBill) -> None:
    if row.state == State.SHARING:
        await enqueue(connection, SHARE, {"bill": str(row.id), "key": str(row.key)})
    else:
        await enqueue(connection, SETTLE, {"bill": str(row.id)})
    row.changed_at = rows.now()
    await row.save(using_db=connection)


async def _standing(payload: Payload, state: State) -> MedicalBill | None:
    return await MedicalBill.get_or_none(id=UUID(payload["bill"]), state=state)


async def _again(name: str, payload: Payload) -> None:
    """One more look, for two minutes; what stands for longer is begun again by ``watch``."""
    looks = payload.get("looks", 0) + 1
    if looks > LOOKS:
        log.warning("bill-stands-still", job=name)
        return
    async with in_transaction() as connection:
        await enqueue(connection, name, payload | {"looks": looks}, delay=LOOK)


def _step(row: MedicalBill, name: str) -> UUID:
    """A key of its own for each step of a bill."""
    return uuid5(UUID(str(row.key)), name)


def _when(event: Event) -> datetime | None:
    return rows.now() if event is Event.SETTLED else None
