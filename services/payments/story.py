"""Paying, as a resident does it: opened, sent to the cashier, looked at, listed.

The payment stands before the provider is asked for a cashier, so that whatever is lost on the way
it is found again under its number; nothing is asked of the provider inside a transaction.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from tortoise.transactions import in_transaction

from config.database import reaching_database
from identity import release
from identity.caller import Caller
from identity.vault import Vault
from identity.ways import ORDINARY
from services.applications import numbers
from services.idempotency import Idempotency, Once
from services.models import Payment, PaymentCharge, PaymentRefund
from services.payments import opening
from services.payments.errors import PaymentMissing, ProviderAway
from services.payments.moves import move
from services.payments.provider import Provider
from services.payments.settlements import Settlements
from services.payments.states import UNPAID, Event, State
from services.payments.till import Till, fits
from services.payments.told import Returned, Taken
from services.payments.watch import Watch
from services.youngest_first import after, cursor_of

PAGE = 20
SCOPE = "payments"


@dataclass(frozen=True)
class Shown:
    """A payment as its payer sees it; ``cashier``: where to pay, while it is unpaid;
    ``transaction``: the provider's number of what it was paid with.
    """

    row: Payment
    refunds: Sequence[PaymentRefund] = ()
    transaction: str = ""
    cashier: str = field(default="", repr=False)


class Payments:
    """``provider`` takes the money; ``settlements``: what may be paid, and what follows."""

    def __init__(self, vault: Vault, provider: Provider, settlements: Settlements):
        self._provider, self._settlements = provider, settlements
        self._till = Till(settlements)
        self._watch = Watch(provider, self._till)
        self._idempotency = Idempotency(vault)

    async def open(self, caller: Caller, subject: str, once: Once | None, address: str) -> Shown:
        """Begin to pay for a subject, or go on: whoever asks again is led to the same cashier.
        ``address``: the caller's in the network, for the provider, kept nowhere.

        Raises SubjectUnknown, what the room's ``may_open`` refuses, PaymentUnderWay, ProviderAway,
        IdempotencyKeyReused or IdempotencyInFlight.
        """
        self._settlements.of(subject)
        release.permit(caller, scope=SCOPE, level=ORDINARY)
        await self._watch.end_overdue([subject])
        with reaching_database():
            number = await self._opened(caller, subject, once)
            row = await Payment.get(number=number)
        cashier = await self._cashier(row, address)
        return Shown(row, cashier=cashier)

    async def show(self, caller: Caller, number: str) -> Shown:
        """One's own, after the provider was asked where no callback came. Raises PaymentMissing."""
        row = await self._own(caller, number)
        if State(row.state) in UNPAID:
            with suppress(ProviderAway):  # it is shown as it stands here
                await self._watch.look_now(row.number)
            row = await self._own(caller, number)
        with reaching_database():
            refunds = await PaymentRefund.filter(payment_id=row.id).order_by("created_at")
            charge = await PaymentCharge.filter(payment_id=row.id, counted=True).first()
        return Shown(row, refunds, charge.transaction if charge else "")

    async def pay(self, caller: Caller, number: str, address: str) -> str:
        """The cashier of one's own unpaid payment. Raises PaymentMissing, PaymentMoved,
        ProviderAway.
        """
        row = await self._own(caller, number)
        if State(row.state) not in UNPAID:
            raise opening.moved(row)
        return await self._cashier(row, address)

    async def listed(self, caller: Caller, cursor: str) -> tuple[Sequence[Payment], str | None]:
        """A page, the youngest first, and the cursor of the next. Raises QuestionInvalid."""
        release.permit(caller, scope=SCOPE, level=ORDINARY)
        mine = Payment.filter(after(cursor), resident_id=caller.resident)
        with reaching_database():
            rows = await mine.order_by("-created_at", "-id").limit(PAGE + 1)
        last = rows[PAGE - 1] if len(rows) > PAGE else None
        return rows[:PAGE], cursor_of(last.created_at, last.id) if last else None

    async def told(self, headers: Mapping[str, str], body: bytes) -> None:
        """A callback: believed when it is signed, and acted on when it says what we asked for.
        Of anything else the provider itself is asked. Returns when it is committed.

        Raises CallbackNotSigned, ProviderAway, DatabaseUnavailable.
        """
        news = await self._provider.read(headers, body)
        if isinstance(news, Returned):
            await self._till.returned(news)
        elif isinstance(news, Taken):
            await self._taken(news)

    async def _taken(self, news: Taken) -> None:
        if await fits(news):
            await self._till.take(news)
            return
        found = await self._provider.look(news.number)
        if found.taken is not None:
            await self._till.take(found.taken)

    async def _opened(self, caller: Caller, subject: str, once: Once | None) -> str:
        settlement, rest = self._settlements.of(subject)
        async with (
            in_transaction() as connection,
            self._idempotency.kept(connection, once) as slot,
        ):
            if slot.known is not None:
                return slot.known.decode()
            order = await settlement.may_open(connection, caller, rest)
            row = await opening.open(connection, order)
            if State(row.state) is State.OPENED:
                await move(connection, row, Event.BEGIN)
            slot.keep(row.number.encode())
        return row.number

    async def _cashier(self, row: Payment, address: str) -> str:
        """Empty for what is paid or over."""
        unpaid = State(row.state) in UNPAID
        return await self._provider.cashier(row, address) if unpaid else ""

    async def _own(self, caller: Caller, said: str) -> Payment:
        release.permit(caller, scope=SCOPE, level=ORDINARY)
        number = numbers.read(said, opening.NUMBER)
        with reaching_database():
            row = number and await Payment.get_or_none(number=number, resident_id=caller.resident)
        if not row:
            raise PaymentMissing()
        return row
