"""Every day the provider's bill is laid beside our books, and staff see what differs."""

from datetime import date, datetime, time, timedelta
from uuid import uuid4

import pytest
from tortoise.context import TortoiseContext

from services.clocks import today
from services.hours import SHANGHAI
from services.models import Payment, PaymentBill, PaymentCharge, PaymentDifference, PaymentRefund
from services.payments import days, shapes
from services.payments.desk import BooksDesk, DifferenceSettled
from services.payments.differences import KINDS
from services.payments.errors import ProviderAway
from services.payments.reconciliation import Reconciliation
from services.payments.settlements import Settlements
from services.payments.till import Till
from services.payments.told import BillLine
from tests.services.payments.shop import STAFF, Shop, balances

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=SHANGHAI)


class Bill:
    """A provider of whom only the bill is asked."""

    def __init__(self, *lines: BillLine):
        self.lines = list(lines)

    async def bill(self, _day: date) -> list[BillLine]:
        return self.lines


class NextDay(Bill):
    """Whose bill has everything a day later than we do."""

    async def bill(self, day: date) -> list[BillLine]:
        return self.lines if day > DAY else []


def line(number: str, transaction: str, fen: int = 1200, currency: str = "CNY") -> BillLine:
    return BillLine("taken", number, transaction, "0", fen, currency, NOON)


async def charged(transaction: str, fen: int = 1200, at: datetime = NOON) -> Payment:
    """Paid with this charge, as far as our books go."""
    row = await Payment.create(
        id=uuid4(), number=f"ZF{uuid4().int % 10**17:017d}", subject=f"thing:{transaction}",
        resident_id=uuid4(), payee="social-insurance", title='{"zh-CN": "x", "en": "x"}', fen=fen,
        state="paid", expires_at=at, created_at=at, changed_at=at,
    )  # fmt: skip
    await PaymentCharge.create(
        id=uuid4(), payment_id=row.id, transaction=transaction, fen=fen, counted=True,
        charged_at=at, seen_at=at,
    )  # fmt: skip
    return row


async def gone(row: Payment, number: str, fen: int = 1200, at: datetime = NOON) -> None:
    """Given back, as far as our books go."""
    charge = await PaymentCharge.get(payment_id=row.id)
    await PaymentRefund.create(
        id=uuid4(), number=number, payment_id=row.id, charge_id=charge.id, key=number, fen=fen,
        reason="test", state="done", created_at=at, done_at=at, transaction=f"50{number}",
    )  # fmt: skip


def back(number: str, fen: int = 1200, at: datetime = NOON) -> BillLine:
    return BillLine("returned", "", f"50{number}", number, fen, "CNY", at)


async def compared(room: Settlements, *lines: BillLine) -> tuple[PaymentBill, dict[str, str]]:
    books = Reconciliation(Bill(*lines), Till(room))  # type: ignore[arg-type]
    bill = await books.check(DAY)
    found = await PaymentDifference.filter(day=DAY)
    return bill, {one.kind: one.transaction for one in found}


@pytest.fixture
def room(database: TortoiseContext, shop_room: Settlements) -> Settlements:
    return shop_room


@pytest.fixture
def shop_room() -> Settlements:
    from tests.services.payments.shop import Room

    return Settlements([Room().settlement])


async def test_what_only_they_have_is_shown(room: Settlements):
    bill, found = await compared(room, line("ZF404", "42a"))
    assert bill.state == "differs"
    assert found == {"missing-here": "taken:42a", "payment-unknown": "42a"}


async def test_what_only_we_have_is_shown(room: Settlements):
    await charged("42a")
    bill, found = await compared(room)
    assert (bill.state, found) == ("differs", {"missing-there": "42a"})


async def test_another_sum_is_shown_with_both(room: Settlements):
    row = await charged("42a")
    bill, found = await compared(room, line(row.number, "42a", 1100))
    assert (bill.state, found) == ("differs", {"sum-other": "taken:42a"})
    shown = await PaymentDifference.get()
    assert (shown.here_fen, shown.there_fen) == (1200, 1100)


async def test_the_same_books_are_balanced_however_often_they_are_compared(room: Settlements):
    row = await charged("42a")
    for _ in range(2):
        bill, found = await compared(room, line(row.number, "42a"))
    assert (bill.state, bill.charged_there_fen, bill.charged_here_fen) == ("balanced", 1200, 1200)
    assert found == {} and await PaymentBill.all().count() == 1


async def test_a_refund_that_only_we_have_is_shown(room: Settlements):
    row = await charged("42a")
    await gone(row, "TK1")
    bill, found = await compared(room, line(row.number, "42a"))
    assert (bill.state, found) == ("differs", {"missing-there": "returned:TK1"})
    shown = await PaymentDifference.get()
    assert (shown.number, shown.here_fen, shown.there_fen) == ("TK1", -1200, None)


async def test_a_refund_of_another_sum_is_shown_with_both(room: Settlements):
    row = await charged("42a")
    await gone(row, "TK1")
    bill, found = await compared(room, line(row.number, "42a"), back("TK1", 1100))
    assert (bill.state, found) == ("differs", {"sum-other": "returned:50TK1"})
    shown = await PaymentDifference.get()
    assert (shown.here_fen, shown.there_fen) == (-1200, -1100)


async def test_the_same_refunds_are_balanced(room: Settlements):
    """One of them went back around midnight, where our clock may say the day before."""
    row = await charged("42a")
    await gone(row, "TK1", 700)
    late = datetime(2026, 11, 19, 23, 59, 58, tzinfo=SHANGHAI)
    await gone(row, "TK2", 500, late)
    bill, found = await compared(room, line(row.number, "42a"), back("TK1", 700), back("TK2", 500))
    assert (bill.state, found) == ("balanced", {})
    assert (bill.returned_there_fen, bill.returned_here_fen) == (1200, 1200)


async def test_what_was_paid_around_midnight_is_missed_on_neither_day(room: Settlements):
    """Two clocks: ours has it on the day before, their bill on this one."""
    at = datetime(2026, 11, 19, 23, 59, 58, tzinfo=SHANGHAI)
    row = await charged("42a", at=at)
    bill, found = await compared(room, line(row.number, "42a"))
    assert (bill.state, found) == ("balanced", {})


@pytest.mark.parametrize("hour", [timedelta(seconds=-2), timedelta(minutes=3)], ids=str)
async def test_what_stands_around_midnight_and_in_neither_bill_is_shown(
    room: Settlements, hour: timedelta
):
    row = await charged("42a", at=datetime.combine(DAY, time(0), SHANGHAI) + hour)
    await gone(row, "TK1", 700, datetime.combine(DAY, time(0), SHANGHAI) + hour)
    bill, _ = await compared(room)
    found = await PaymentDifference.filter(day=DAY).order_by("transaction")
    assert [(one.kind, one.transaction) for one in found] == [
        ("missing-there", "42a"),
        ("missing-there", "returned:TK1"),
    ]
    assert (bill.charged_here_fen, bill.returned_here_fen) == (1200, 700)


async def test_what_their_bill_has_on_the_day_after_differs_on_no_day(room: Settlements):
    row = await charged("42a", at=datetime.combine(DAY, time(23, 59, 58), SHANGHAI))
    books = Reconciliation(NextDay(line(row.number, "42a")), Till(room))  # type: ignore[arg-type]
    states = [(await books.check(DAY + timedelta(days=one))).state for one in (0, 1)]
    assert states == ["balanced", "balanced"]
    assert await PaymentDifference.all().count() == 0


async def test_a_difference_is_settled_once_and_says_by_whom(room: Settlements):
    await charged("42a")
    await compared(room)
    row, desk = await PaymentDifference.get(), BooksDesk()
    await desk.settle(STAFF, str(row.id), "explained")
    with pytest.raises(DifferenceSettled):
        await desk.settle(STAFF, str(row.id), "explained")
    assert await desk.found() == [] and len(await desk.found(DAY)) == 1
    assert (await PaymentDifference.get()).settled_by == STAFF.actor


async def test_a_day_is_seen_to_once_its_last_difference_is(room: Settlements):
    """Their sums differ for good, so that it is not called the same; compared again it stays."""
    for transaction in ("42a", "42b"):
        await charged(transaction)
    await compared(room)
    states = []
    for row in await PaymentDifference.all():
        await BooksDesk().settle(STAFF, str(row.id), "explained")
        states.append((await PaymentBill.get(day=DAY)).state)
    assert states == ["differs", "settled"]
    bill, _ = await compared(room)
    assert bill.state == "settled"


async def test_a_day_whose_sums_are_the_same_is_balanced_once_it_is_seen_to(room: Settlements):
    await compared(room, line("ZF404", "42a", currency="USD"))
    assert (await PaymentBill.get(day=DAY)).state == "differs"
    for row in await PaymentDifference.all():
        await BooksDesk().settle(STAFF, str(row.id), "passed-on")
    assert (await PaymentBill.get(day=DAY)).state == "balanced"


def test_every_kind_of_difference_and_day_has_its_words():
    from config.texts import LOCALES, words

    wanted = {f"payment.difference.{kind}" for kind in KINDS}
    wanted |= {f"payment.bill.{state}" for state in (days.BALANCED, days.DIFFERS, days.SETTLED)}
    for locale in LOCALES:
        assert wanted <= set(words(locale))


@pytest.mark.parametrize(
    "text",
    ["", "a,b,c\n", "交易时间,商户号,商户订单号\n`x,`m\n", "交易时间,商户号,商户订单号\n"
     "`2026-11-20 12:00:00,`m,`ZF1,`42,`SUCCESS,`12,`CNY,`0,`0.00\n"],
)  # fmt: skip
def test_a_bill_of_another_form_is_refused(text: str):
    with pytest.raises(ValueError):
        list(shapes.bill_lines(text))


async def test_a_charge_that_no_callback_told_of_is_taken_from_the_bill(shop: Shop):
    """Before the sandbox's real bill: paid, refunded in part, and charged twice, all unheard of."""
    await shop.fault("silent")
    row, cashier = await shop.begin()
    await shop.press(cashier, "twice")
    await shop.reconcile()
    assert (await Payment.get(id=row.id)).state == "paid"
    assert await PaymentRefund.filter(surplus=True).count() == 1
    await shop.send_refunds()
    await shop.reconcile()
    kinds = await PaymentDifference.filter(number=row.number).values_list("kind", flat=True)
    assert list(kinds) == ["missing-here", "missing-here"]
    assert await balances() == {"provider:clearing": 1200, "payee:social-insurance": -1200}


async def test_a_day_whose_bill_is_not_to_be_had_is_looked_at_again(shop: Shop):
    await shop.sandbox.fault("wechat-pay", "error")
    with pytest.raises(ProviderAway):
        await shop.books.run({})
    assert await PaymentBill.all().count() == 0
    await shop.sandbox.heal()
    await shop.books.run({})
    days = await PaymentBill.all().order_by("-day").values_list("day", flat=True)
    assert list(days) == [today() - timedelta(days=ago) for ago in range(1, 8)]
