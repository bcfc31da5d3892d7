"""A payment provider that does what a program says, and whose news may come in any order."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import uuid4

from services.models import Payment, PaymentCharge, PaymentRefund
from services.payments.errors import ProviderAway
from services.payments.provider import OrderPaid
from services.payments.told import BillLine, Looked, Returned, Taken

_WENT = {"slow": "going", "closed": "closed", "stuck": "stuck"}


@dataclass
class Gone:
    """A refund in the provider's books; ``went`` going until it is decided, closed for good."""

    number: str
    transaction: str
    fen: int
    went: str = "going"
    id: str = field(default_factory=lambda: uuid4().hex)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


class Played:
    """``mood``: how it answers next: well, away (after doing it), slow; of a refund closed (given
    up), stuck (until it is put right there), refused (never made).
    """

    def __init__(self) -> None:
        self.charges: list[Taken] = []
        self.refunds: dict[str, Gone] = {}
        self.closed: set[str] = set()
        self.mood = "well"

    def charge(self, number: str, fen: int, currency: str) -> Taken | None:
        """None for an order that is closed."""
        if number in self.closed:
            return None
        made = Taken(number, uuid4().hex, fen, currency, datetime.now(UTC))
        self.charges.append(made)
        return made

    async def look(self, number: str) -> Looked:
        self._answer()
        mine = [one for one in self.charges if one.number == number]
        if mine:
            return Looked("paid", mine[0])
        return Looked("closed" if number in self.closed else "unpaid")

    async def close(self, number: str) -> None:
        if any(one.number == number for one in self.charges):
            raise OrderPaid()
        self.closed.add(number)
        self._answer()

    async def refund(self, refund: PaymentRefund, charge: PaymentCharge) -> Returned:
        if self.mood == "refused" and refund.number not in self.refunds:
            return Returned(refund.number, "refused")
        made = Gone(refund.number, charge.transaction, refund.fen)
        known = self.refunds.setdefault(refund.number, made)
        back = sum(
            one.fen
            for one in self.refunds.values()
            if one.transaction == charge.transaction and one.went != "closed"
        )
        assert back <= charge.fen, "more was asked back than was taken"
        if known.went == "going":
            known.went = _WENT.get(self.mood, "done")
        self._answer()
        return self.told(known)

    async def look_refund(self, number: str) -> Returned:
        self._answer()
        known = self.refunds.get(number)
        return self.told(known) if known else Returned(number, "unknown")

    async def bill(self, _day: date) -> Sequence[BillLine]:
        taken = [
            BillLine("taken", one.number, one.transaction, "0", one.fen, one.currency, one.at)
            for one in self.charges
        ]
        return taken + [
            BillLine("returned", "", one.id, one.number, one.fen, "CNY", one.at)
            for one in self.refunds.values()
            if one.went == "done"
        ]

    async def cashier(self, payment: Payment, _address: str) -> str:
        return f"https://pay.example/{payment.number}"

    def told(self, one: Gone) -> Returned:
        return Returned(one.number, one.went, one.id, one.fen, one.at)  # type: ignore[arg-type]

    def finish(self) -> None:
        """What was slow is done, and somebody has put right what was stuck."""
        for one in self.refunds.values():
            one.went = "done" if one.went in ("going", "stuck") else one.went

    @property
    def holds(self) -> int:
        """Fen of ours: what it took, less what it gave back."""
        taken = sum(one.fen for one in self.charges if one.currency == "CNY")
        return taken - sum(one.fen for one in self.refunds.values() if one.went == "done")

    def _answer(self) -> None:
        """An answer that is lost on the way: whatever was asked has been done."""
        if self.mood == "away":
            self.mood = "well"
            raise ProviderAway("lost")
