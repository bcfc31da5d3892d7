"""Refunds that the provider does not make: staff see each, and what they try again goes back once.

After WeChat Pay's API v3: ABNORMAL (the payer's bank does not take it), CLOSED (given up), 403
NOT_ENOUGH (never made), 429 (later).
"""

from datetime import UTC, datetime, timedelta

import pytest

from services.models import Payment, PaymentDifference, PaymentRefund
from services.payments import jobs
from services.payments.desk import BooksDesk, WayUnfit, ways
from services.payments.differences import AGAIN, KINDS
from services.payments.settlements import Settlements
from services.payments.told import Returned
from tests.services.payments.shop import STAFF, Shop, balances

OWED = {"provider:clearing": 1200, "refund": -1200}


async def promised(shop: Shop, fault: str) -> PaymentRefund:
    """All of a payment, which the provider does not give back."""
    row = await shop.paid()
    await shop.fault(fault, times=1)
    mine = await shop.give_back(row, 1200)
    await shop.send_refunds()
    found = await PaymentRefund.get(id=mine.id)
    assert found.state == "failed" and await balances() == OWED
    return found


async def sent_back(refund: PaymentRefund, shop: Shop) -> None:
    """Once at the provider, once in our books."""
    now = await PaymentRefund.get(id=refund.id)
    assert now.state == "done" and await balances() == {}
    assert (await Payment.get(id=now.payment_id)).state == "refunded"
    line = [one.fen for one in await shop.bill() if one.refund == now.number]
    assert line == [1200]


async def test_one_that_was_given_up_is_sent_under_another_number(shop: Shop):
    """The provider keeps a closed number closed."""
    first = await promised(shop, "refund-closed")
    await shop.try_again("refund-closed")
    again = await PaymentRefund.get(id=first.id)
    assert (again.state, again.asked_at) == ("asked", None) and again.number != first.number
    assert await balances() == OWED
    await shop.send_refunds()
    await sent_back(first, shop)


async def test_one_that_was_refused_is_seen_at_once_and_sent_again(shop: Shop):
    first = await promised(shop, "refund-refused")
    await shop.try_again("refund-refused")
    await shop.send_refunds()
    await sent_back(first, shop)
    assert (await PaymentRefund.get(id=first.id)).number == first.number


async def test_one_that_the_bank_does_not_take_is_looked_at_again_and_never_sent_twice(shop: Shop):
    """Somebody puts it right at the provider: a second one beside it would pay twice."""
    first = await promised(shop, "refund-impossible")
    await shop.fault("refund-put-right", times=1)
    await shop.try_again("refund-failed")
    await shop.send_refunds()
    await sent_back(first, shop)
    assert (await PaymentRefund.get(id=first.id)).number == first.number


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("refund-impossible", "refund-failed"),
        ("refund-closed", "refund-closed"),
        ("refund-refused", "refund-refused"),
    ],
)
async def test_one_that_fails_once_more_is_shown_once_more(shop: Shop, fault: str, kind: str):
    first = await promised(shop, fault)
    for times in (2, 3):
        await shop.fault(fault, times=1)
        await shop.try_again(kind)
        await shop.send_refunds()
        assert (await PaymentRefund.get(id=first.id)).state == "failed"
        assert await PaymentDifference.filter(kind=kind).count() == times
    assert await PaymentDifference.filter(settled_at__isnull=True).count() == 1
    assert await balances() == OWED


async def test_a_failure_that_is_told_again_is_shown_once(shop: Shop):
    mine = await promised(shop, "refund-impossible")
    for _ in range(2):
        await shop.till.returned(Returned(mine.number, "stuck", "50x", 1200))
    assert await PaymentDifference.all().count() == 1


async def test_what_has_gone_in_between_is_not_tried_again(shop: Shop):
    mine = await promised(shop, "refund-impossible")
    await shop.till.returned(Returned(mine.number, "done", "50x", 1200))
    with pytest.raises(WayUnfit):
        await shop.try_again("refund-failed")
    assert (await PaymentDifference.get()).settled_at is None


async def test_what_went_back_with_another_sum_is_not_tried_again(shop: Shop):
    """It would go back twice."""
    row = await shop.paid()
    mine = await shop.give_back(row, 1200)
    await shop.till.returned(Returned(mine.number, "done", "50x", 1100))
    shown = await PaymentDifference.get()
    with pytest.raises(WayUnfit):
        await BooksDesk().settle(STAFF, str(shown.id), "try-again")
    assert {kind for kind in KINDS if "try-again" in ways(kind)} == AGAIN


async def test_a_provider_that_is_away_fails_no_refund(shop: Shop):
    row = await shop.paid()
    mine = await shop.give_back(row, 1200)
    known = jobs.handlers(shop.outbound, shop.settings, Settlements([shop.room.settlement]))
    await shop.sandbox.fault("wechat-pay", "error", times=1)
    await known["send-refund"]({"refund": str(mine.id)})
    assert (await PaymentRefund.get(id=mine.id)).state == "asked"
    assert await PaymentDifference.all().count() == 0


async def test_one_that_is_on_its_way_for_more_than_a_day_is_shown(shop: Shop):
    """Once, until somebody has seen to it; a younger one is let be."""
    row = await shop.paid()
    old = await shop.give_back(row, 700, "old")
    await shop.give_back(row, 500, "young")
    then = datetime.now(UTC) - timedelta(hours=25)
    await PaymentRefund.filter(id=old.id).update(created_at=then)
    for _ in range(2):
        await shop.books.run({})
    shown = await PaymentDifference.get(kind="refund-overdue")
    assert (shown.number, shown.here_fen) == (old.number, -700)
