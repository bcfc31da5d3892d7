"""Every day the provider's bill is laid beside our books, and staff see what differs."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from tortoise.context import TortoiseContext

from identity.caller import Caller, CallerKind
from services.clocks import today
from services.hours import SHANGHAI
from services.models import Payment, PaymentBill, PaymentCharge, PaymentDifference, PaymentRefund
from services.payments import shapes
from services.payments.desk import BooksDesk, DifferenceSettled
from services.payments.differences import KINDS
from services.payments.errors import ProviderAway
from services.payments.reconciliation import Reconciliation
from services.payments.settlements import Settlements
from services.payments.till import Till
from services.payments.told import BillLine
from tests.services.payments.shop import Shop, balances

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=SHANGHAI)
STAFF = Caller(CallerKind.STAFF, actor=str(uuid4()))


class Bill:
    """A provider of whom only the bill is asked."""

    def __init__(self, *lines: BillLine):
        self.lines = list(lines)

    async def bill(self, _day: date) -> list[BillLine]:
        return self.lines


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


async def test_what_was_paid_around_midnight_is_missed_on_neither_day(room: Settlements):
    """Two clocks: ours has it on the day before, their bill on this one."""
    at = datetime(2026, 11, 19, 23, 59, 58, tzinfo=SHANGHAI)
    row = await charged("42a", at=at)
    bill, found = await compared(room, line(row.number, "42a"))
    assert (bill.state, found) == ("balanced", {})


async def test_a_difference_is_settled_once_and_says_by_whom(room: Settlements):
    await charged("42a")
    await compared(room)
    row, desk = await PaymentDifference.get(), BooksDesk()
    await desk.settle(STAFF, str(row.id), "explained")
    with pytest.raises(DifferenceSettled):
        await desk.settle(STAFF, str(row.id), "explained")
    assert await desk.found() == [] and len(await desk.found(DAY)) == 1
    assert (await PaymentDifference.get()).settled_by == STAFF.actor


def test_every_kind_of_difference_has_its_words():
    from config.texts import LOCALES, words

    for locale in LOCALES:
        assert {f"payment.difference.{kind}" for kind in KINDS} <= set(words(locale))


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


async def test_a_refund_that_failed_is_tried_again_by_staff(shop: Shop):
    row = await shop.paid()
    await shop.fault("refund-impossible", times=1)
    await shop.give_back(row, 1200)
    await shop.send_refunds()
    failed = await PaymentDifference.get(kind="refund-failed")
    await BooksDesk().settle(STAFF, str(failed.id), "try-again")
    again = await PaymentRefund.get(payment_id=row.id)
    assert again.state == "asked" and isinstance(UUID(str(again.id)), UUID)
    assert datetime.now(UTC) >= again.created_at
