"""Whatever residents, the provider, its callbacks, staff and the clock do, in whatever order: the
money balances after every step, and in the end no charge is without a receipt or a refund.
"""

import asyncio
import os
from collections import Counter
from contextlib import suppress
from contextvars import Context
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.errors import Problem
from config.settings import Settings
from identity.vault import Vault
from services import payments
from services.clocks import today
from services.models import Payment, PaymentCharge, PaymentDifference, PaymentRefund
from services.payments import Settlements, ledger
from services.payments.desk import BooksDesk, WayUnfit
from services.payments.differences import AGAIN
from services.payments.reconciliation import Reconciliation
from services.payments.states import LIVING
from services.payments.story import Payments
from services.payments.till import Till
from services.payments.watch import Watch
from tests.services.payments.played import Played
from tests.services.payments.shop import HERE, STAFF, Room, caller_of
from tests.support.session_parts import a_resident

THING, PICK = st.integers(0, 1), st.integers(0, 7)
MOODS = st.sampled_from(["well", "well", "away", "slow", "closed", "stuck", "refused"])
STEPS = st.one_of(
    st.tuples(st.just("begin"), THING),
    st.tuples(st.just("charge"), PICK, st.sampled_from([0, 0, 0, 1, -1]), st.just("CNY")),
    st.tuples(st.just("charge"), PICK, st.just(0), st.sampled_from(["CNY", "USD"])),
    st.tuples(st.just("taken"), PICK, st.integers(1, 3)),
    st.tuples(st.just("look"), PICK),
    st.tuples(st.just("expire"), PICK),
    st.tuples(st.just("refund"), PICK, st.integers(1, 1300), PICK),
    st.tuples(st.just("send"), PICK),
    st.tuples(st.just("returned"), PICK, st.integers(1, 2)),
    st.tuples(st.just("mood"), MOODS),
    st.tuples(st.just("finish")),
    st.tuples(st.just("reconcile")),
    st.tuples(st.just("try-again")),
)
Program = list[tuple[Any, ...]]
PAID: Program = [("begin", 0), ("charge", 0, 0, "CNY"), ("taken", 0, 1)]
GIVEN_BACK: Program = [*PAID, ("refund", 0, 500, 0)]


def told(mood: str) -> Program:
    """A refund, and what the provider makes of it."""
    return [*GIVEN_BACK, ("mood", mood), ("send", 0)]


def failing(mood: str) -> Program:
    """A refund that fails, and fails once more when it is tried again."""
    return [*told(mood), ("try-again",), ("send", 0), ("returned", 0, 2)]


# Steps by chance alone seldom come as far as a refund, let alone to one that fails.
BEGUN = [[], PAID, GIVEN_BACK, *map(told, ("away", "slow", "closed", "stuck", "refused"))]
PROGRAMS = st.builds(
    lambda begun, steps: [*begun, *steps],
    st.sampled_from(BEGUN),
    st.lists(STEPS, min_size=4, max_size=16),
)


class Machine:
    def __init__(self, vault: Vault, resident: Any):
        self.provider, self.room = Played(), Room()
        room = Settlements([self.room.settlement])
        self.till = Till(room)
        played: Any = self.provider
        self.watch = Watch(played, self.till)
        self.books = Reconciliation(played, self.till)
        self.story = Payments(vault, played, room)
        self.caller = caller_of(resident)

    async def run(self, program: Program) -> None:
        for name, *given_ in program:
            with suppress(Problem):  # a refusal is an answer: what it left behind must hold too
                await getattr(self, name.replace("-", "_"))(*given_)
            await self.holds()
        await self.settled()

    async def begin(self, thing: int) -> None:
        await self.story.open(self.caller, f"thing:{thing}", None, HERE)

    async def charge(self, pick: int, other: int, currency: str) -> None:
        if row := await self.picked(pick):
            self.provider.charge(row.number, row.fen + other, currency)

    async def taken(self, pick: int, times: int) -> None:
        """News of any charge, however late, however often, at once."""
        if charges := self.provider.charges:
            one = charges[pick % len(charges)]
            await at_once(times, lambda: self.till.take(one))

    async def look(self, pick: int) -> None:
        if row := await self.picked(pick):
            await self.watch.look({"payment": row.number})

    async def expire(self, pick: int) -> None:
        if row := await self.picked(pick):
            then = datetime.now(UTC) - timedelta(minutes=5)
            await Payment.filter(id=row.id).update(expires_at=then)

    async def refund(self, pick: int, fen: int, key: int) -> None:
        if row := await self.picked(pick):
            async with in_transaction() as connection:
                await payments.refund(connection, row.number, fen, f"k{key}", "test")

    async def send(self, pick: int) -> None:
        rows = await PaymentRefund.all().order_by("created_at")
        if rows:
            row = rows[pick % len(rows)]
            await PaymentRefund.filter(id=row.id).update(asked_at=datetime.now(UTC))
            await self.watch.send_refund({"refund": str(row.id)})

    async def returned(self, pick: int, times: int) -> None:
        if gone := list(self.provider.refunds.values()):
            one = self.provider.told(gone[pick % len(gone)])
            await at_once(times, lambda: self.till.returned(one))

    async def mood(self, mood: str) -> None:
        self.provider.mood = mood

    async def finish(self) -> None:
        self.provider.finish()

    async def reconcile(self) -> None:
        await self.books.check(today())

    async def try_again(self) -> None:
        failed = PaymentDifference.filter(kind__in=AGAIN, settled_at__isnull=True)
        for row in await failed:
            with suppress(WayUnfit):  # it has gone in between
                await BooksDesk().settle(STAFF, str(row.id), "try-again")

    async def picked(self, pick: int) -> Payment | None:
        rows = await Payment.all().order_by("created_at")
        return rows[pick % len(rows)] if rows else None

    async def holds(self) -> None:
        """The books agree with each other, account by account."""
        rows = await Payment.all()
        for row in rows:
            assert await account(ledger.payment(row.number)) == 0, row.state
        refunds = await PaymentRefund.all()
        for one in refunds:
            left = 0 if one.state == "done" else -one.fen
            assert await account(ledger.refund(one.number)) == left
        assert await owed() == -sum(one.fen for one in refunds if one.state != "done")
        failed = {one.number for one in refunds if one.state == "failed"}
        unseen = PaymentDifference.filter(settled_at__isnull=True)
        assert failed <= set(await unseen.values_list("number", flat=True))
        came = sum([one.fen for one in await PaymentCharge.all()])
        went = sum(one.fen for one in refunds if one.state == "done")
        assert await account(ledger.PROVIDER) == came - went
        paid = sum(row.fen - row.promised_fen for row in rows if row.paid_at)
        assert await account(ledger.payee("social-insurance")) == -paid
        living = Counter(row.subject for row in rows if row.state in LIVING)
        assert max(living.values(), default=0) <= 1
        told = Counter(self.room.told)
        paid_once = {number for what, number in told if what == "paid"}
        assert paid_once == {row.number for row in rows if row.paid_at}
        assert all(told["paid", number] == 1 for number in paid_once)

    async def settled(self) -> None:
        """All news come at last, all jobs are done: both books are the same."""
        self.provider.mood = "well"
        await self.reconcile()
        for _ in range(3):
            await self.try_again()
            for row in await PaymentRefund.filter(state__in=("asked", "sent")):
                await self.watch.send_refund({"refund": str(row.id)})
            self.provider.finish()
            await self.reconcile()
        await self.holds()
        assert not await PaymentRefund.exclude(state="done").count()
        assert not await PaymentDifference.filter(kind="missing-there").count()
        assert await account(ledger.PROVIDER) == self.provider.holds
        kept = sum(
            [row.fen - row.returned_fen for row in await Payment.filter(paid_at__not_isnull=True)]
        )
        assert kept == self.provider.holds
        abroad = {one.number for one in self.provider.charges if one.currency != "CNY"}
        shown = PaymentDifference.filter(kind="currency-other")
        assert abroad == set(await shown.values_list("number", flat=True))


async def at_once(times: int, story: Any) -> None:
    """Each on a connection of its own, as in other processes."""
    await asyncio.gather(*(asyncio.create_task(story(), context=Context()) for _ in range(times)))


async def account(name: str) -> int:
    return await ledger.balance(get_connection("default"), name)


async def owed() -> int:
    """Under all numbers of refunds, those that were given up too."""
    rows = await get_connection("default").execute_query_dict(
        "SELECT coalesce(sum(fen), 0)::bigint AS fen FROM ledger_posting"
        " WHERE account LIKE 'refund:%'"
    )
    return int(rows[0]["fen"])


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return Vault.from_settings(settings)


async def emptied() -> None:
    """As a new house: the triggers that keep the ledger stand aside for this once."""
    tables = "payment, payment_event, payment_charge, payment_refund, payment_difference"
    books = "payment_bill, ledger_movement, ledger_posting, pgqueuer, notice, audit_event"
    await get_connection("default").execute_script(
        "SET session_replication_role = replica;"
        f"TRUNCATE {tables}, {books};"
        "SET session_replication_role = DEFAULT"
    )


@settings(
    max_examples=int(os.environ.get("MONEY_EXAMPLES", "40")),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(program=PROGRAMS)
@example(program=failing("closed"))
@example(program=failing("stuck"))
@example(program=failing("refused"))
async def test_money_balances_over_any_sequence_of_events(
    database: TortoiseContext, vault: Vault, program: Program
):
    await emptied()
    await Machine(vault, await a_resident()).run(program)
