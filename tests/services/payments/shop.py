"""A till over the sandbox's provider: a room that sells one thing, and a payer at the cashier."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from config.outbound import Outbound
from config.settings import Settings
from identity.caller import OWN_APP, Caller, CallerKind
from identity.vault import Vault
from services import payments
from services.clocks import today
from services.models import Payment, PaymentDifference, PaymentRefund
from services.payments import Order, Settlement, Settlements
from services.payments.desk import BooksDesk
from services.payments.merchant import merchant
from services.payments.provider import Provider
from services.payments.reconciliation import Reconciliation
from services.payments.refunding import JOB
from services.payments.story import Payments
from services.payments.till import Till
from services.payments.told import BillLine
from services.payments.watch import Watch
from services.schema import words
from tests.support.sandbox import Sandbox

HERE = "203.0.113.7"  # whoever pays; RFC 5737
STAFF = Caller(CallerKind.STAFF, actor=str(uuid4()))
_BALANCES = "SELECT account, sum(fen)::bigint AS fen FROM ledger_posting GROUP BY account"


@dataclass
class Room:
    """What a room was told, and what it sells: ``fen`` for whatever is asked."""

    fen: int = 1200
    minutes: float = 30
    told: list[tuple[str, str]] = field(default_factory=list)

    @property
    def settlement(self) -> Settlement:
        return Settlement("thing", self._may_open, self._paid, self._refunded, self._closed)

    async def _may_open(self, _: BaseDBAsyncClient, caller: Caller, thing: str) -> Order:
        assert caller.resident
        return Order(
            subject=f"thing:{thing}",
            payer=caller.resident,
            payee="social-insurance",
            fen=self.fen,
            title=words("一件东西", en="A thing"),
            expires=datetime.now(UTC) + timedelta(minutes=self.minutes),
            by=caller,
        )

    async def _paid(self, _: BaseDBAsyncClient, payment: Payment) -> None:
        self.told.append(("paid", payment.number))

    async def _refunded(
        self, _: BaseDBAsyncClient, payment: Payment, refund: PaymentRefund
    ) -> None:
        self.told.append((f"refunded {refund.fen}", payment.number))

    async def _closed(self, _: BaseDBAsyncClient, payment: Payment) -> None:
        self.told.append(("closed", payment.number))


@dataclass
class Shop:
    """The story, its till and its watch, as web and worker have them."""

    sandbox: Sandbox
    room: Room
    story: Payments
    till: Till
    watch: Watch
    books: Reconciliation
    provider: Provider
    caller: Caller
    outbound: Outbound
    settings: Settings

    async def begin(self, thing: str = "1") -> tuple[Payment, str]:
        """A payment and its cashier's path in the sandbox."""
        found = await self.story.open(self.caller, f"thing:{thing}", None, HERE)
        return found.row, found.cashier.removeprefix(self.sandbox.url)

    async def press(self, cashier: str, button: str = "pay") -> int:
        reply = await self.sandbox.send("POST", cashier, data={"do": button}, allow_redirects=False)
        return reply.status

    async def fault(self, kind: str, **options: Any) -> None:
        headers = {"X-Control-Key": self.sandbox.secret("control").hex()}
        wanted = {"fault": kind, **options}
        reply = await self.sandbox.send("POST", "/control/payments", json=wanted, headers=headers)
        assert reply.status == 200, reply.body

    async def look(self, payment: Payment) -> Payment:
        """As the job does; the row as it is then."""
        await self.watch.look({"payment": payment.number})
        return await Payment.get(id=payment.id)

    async def paid(self, thing: str = "1") -> Payment:
        """Paid, by a provider that nobody hears from: it is asked."""
        await self.fault("silent", times=1)
        row, cashier = await self.begin(thing)
        assert await self.press(cashier) in (200, 302)
        found = await self.look(row)
        assert found.state == "paid"
        return found

    async def give_back(self, payment: Payment, fen: int, key: str = "k") -> PaymentRefund:
        """Promised only."""
        async with in_transaction() as connection:
            return await payments.refund(connection, payment.number, fen, key, "test")

    async def bill(self) -> list[BillLine]:
        """Of the last two days: one may have begun since something was paid."""
        days = today() - timedelta(days=1), today()
        return [line for day in days for line in await self.provider.bill(day)]

    async def reconcile(self) -> None:
        for day in (today() - timedelta(days=1), today()):
            await self.books.check(day)

    async def try_again(self, kind: str) -> None:
        """Staff, for the one refund that waits with this kind of difference."""
        shown = await PaymentDifference.get(kind=kind, settled_at__isnull=True)
        await BooksDesk().settle(STAFF, str(shown.id), "try-again")

    async def send_refunds(self) -> None:
        """The jobs, until nothing is on its way."""
        for _ in range(3):
            for row in await PaymentRefund.filter(state__in=("asked", "sent")):
                await PaymentRefund.filter(id=row.id, state="sent").update(asked_at=row.created_at)
                await self.watch.send_refund({"refund": str(row.id)})


@asynccontextmanager
async def opened(settings: Settings, sandbox: Sandbox) -> AsyncIterator[Shop]:
    room = Room()
    settlements = Settlements([room.settlement])
    async with Outbound(settings) as outbound:
        provider = Provider(outbound, merchant(settings), settings.public_url)
        till = Till(settlements)
        watch = Watch(provider, till)
        resident = uuid4()
        yield Shop(
            sandbox,
            room,
            Payments(Vault.from_settings(settings), provider, settlements),
            till,
            watch,
            Reconciliation(provider, till),
            provider,
            caller_of(resident),
            outbound,
            settings,
        )


def caller_of(resident: UUID) -> Caller:
    return Caller(
        CallerKind.RESIDENT, resident, str(resident), OWN_APP, acr="4", auth_time=datetime.now(UTC)
    )


async def balances() -> dict[str, int]:
    """Account → fen, but for those at rest; the numbers of payments left out."""
    rows = await get_connection("default").execute_query_dict(_BALANCES)
    found: dict[str, int] = {}
    for row in rows:
        if row["fen"]:
            name = re.sub(r":(ZF|TK)\d+$", "", row["account"])
            found[name] = found.get(name, 0) + row["fen"]
    return found


async def jobs() -> int:
    rows = await get_connection("default").execute_query_dict(
        "SELECT count(*) AS n FROM pgqueuer WHERE entrypoint = $1", [JOB]
    )
    return int(rows[0]["n"])
