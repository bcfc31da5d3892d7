"""A payment before a provider on good and bad days: charged once, booked once, or given back.

The provider is the sandbox's, over HTTP, with the signatures of WeChat Pay's API v3.
"""

import asyncio
from contextvars import Context
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from services.models import Payment, PaymentCharge, PaymentDifference, PaymentRefund
from services.payments.errors import (
    PaymentMissing,
    ProviderAway,
    RefundKeyReused,
    RefundTooMuch,
    SubjectUnknown,
)
from services.payments.states import PaymentMoved
from services.payments.told import Returned, Taken
from tests.services.payments.shop import HERE, Shop, balances, caller_of, jobs

SOLD = {"provider:clearing": 1200, "payee:social-insurance": -1200}


async def test_what_is_no_kind_of_payment_is_refused(shop: Shop):
    for subject in ("another:1", "thing", "thing:"):
        with pytest.raises(SubjectUnknown):
            await shop.story.open(shop.caller, subject, None, HERE)


async def test_nobody_sees_or_pays_somebody_elses(shop: Shop):
    row, _ = await shop.begin()
    other = caller_of(uuid4())
    with pytest.raises(PaymentMissing):
        await shop.story.show(other, row.number)
    with pytest.raises(PaymentMissing):
        await shop.story.pay(other, row.number, HERE)
    assert await shop.story.listed(other, "") == ([], None)


async def test_a_resident_who_pays_twice_in_two_tabs_is_charged_once(shop: Shop):
    tabs = await asyncio.gather(
        *(asyncio.create_task(shop.begin(), context=Context()) for _ in range(4))
    )
    assert len({row.number for row, _ in tabs}) == 1 and len({at for _, at in tabs}) == 1
    await shop.fault("silent")
    pressed = await asyncio.gather(*(shop.press(at) for _, at in tabs))
    assert sorted(pressed) == [200, 409, 409, 409]
    assert (await shop.look(tabs[0][0])).state == "paid"
    again, cashier = await shop.begin()
    assert (again.state, cashier) == ("paid", "")
    with pytest.raises(PaymentMoved):
        await shop.story.pay(shop.caller, again.number, HERE)
    assert await balances() == SOLD and shop.room.told == [("paid", again.number)]


async def test_a_provider_that_charges_twice_gives_the_second_back(shop: Shop):
    """The query tells of the first only: the second stands in the day's bill."""
    await shop.fault("silent")
    row, cashier = await shop.begin()
    assert await shop.press(cashier, "twice") == 200
    assert (await shop.look(row)).state == "paid"
    mine = [line for line in await shop.bill() if line.number == row.number]
    assert len(mine) == 2
    for line in mine:
        await shop.till.take(Taken(line.number, line.transaction, line.fen, line.currency, line.at))
    assert await PaymentRefund.filter(surplus=True, reason="taken-twice").count() == 1
    await shop.send_refunds()
    assert await balances() == SOLD and (await Payment.get(id=row.id)).state == "paid"
    assert shop.room.told == [("paid", row.number)]


async def test_a_provider_that_times_out_after_charging_is_asked_until_it_says_so(shop: Shop):
    await shop.fault("charged-silently", seconds=0)
    row, cashier = await shop.begin()
    await shop.press(cashier)
    await shop.sandbox.fault("wechat-pay", "error", times=2)
    for _ in range(2):
        with pytest.raises(ProviderAway):
            await shop.look(row)
    assert (await shop.look(row)).state == "paid" and await balances() == SOLD


async def test_a_charge_of_another_sum_pays_nothing_and_goes_back(shop: Shop):
    await shop.fault("charged-other-amount")
    row, cashier = await shop.begin()
    await shop.press(cashier)
    failed = await shop.look(row)
    assert (failed.state, failed.fault) == ("failed", "other-sum")
    await shop.send_refunds()
    assert await balances() == {} and shop.room.told == [("closed", row.number)]
    again, _ = await shop.begin()
    assert again.number != row.number


async def test_a_charge_in_another_currency_is_shown_to_staff(shop: Shop):
    await shop.fault("charged-other-currency")
    row, cashier = await shop.begin()
    await shop.press(cashier)
    assert (await shop.look(row)).fault == "other-currency"
    assert [one.kind for one in await PaymentDifference.all()] == ["currency-other"]
    assert await balances() == {}


async def test_money_for_a_payment_that_never_was_is_shown_to_staff(shop: Shop):
    taken = Taken("ZF99", "42x", 5, "CNY", datetime.now(UTC))
    for _ in range(2):
        await shop.till.take(taken)
    assert [one.kind for one in await PaymentDifference.all()] == ["payment-unknown"]


async def test_what_nobody_pays_in_time_is_closed_at_the_provider_first(shop: Shop):
    row, cashier = await shop.begin()
    await _late(row)
    await shop.sandbox.fault("wechat-pay", "error", times=1)
    with pytest.raises(ProviderAway):
        await shop.look(row)
    assert (await Payment.get(id=row.id)).state == "paying"
    assert (await shop.look(row)).state == "closed"
    assert await shop.press(cashier) == 409 and await balances() == {}
    assert shop.room.told == [("closed", row.number)]


async def test_who_pays_at_the_last_moment_has_paid(shop: Shop):
    await shop.fault("silent")
    row, cashier = await shop.begin()
    await shop.press(cashier)
    await _late(row)
    assert (await shop.look(row)).state == "paid"


async def test_a_charge_that_comes_after_the_end_goes_back(shop: Shop):
    row, _ = await shop.begin()
    await shop.till.close(row.number)
    await shop.fault("silent")
    _, cashier = await shop.begin("2")
    await shop.press(cashier)
    await shop.till.take(Taken(row.number, "42late", 1200, "CNY", datetime.now(UTC)))
    mine = await PaymentRefund.get(surplus=True)
    assert (mine.reason, mine.state, await jobs()) == ("taken-late", "asked", 1)
    await shop.till.returned(Returned(mine.number, "done", "50x", 1200))
    assert await balances() == {}


async def test_the_same_news_any_number_of_times_changes_nothing_more(shop: Shop):
    row, _ = await shop.begin()
    taken = Taken(row.number, "42a", 1200, "CNY", datetime.now(UTC))
    await asyncio.gather(
        *(asyncio.create_task(shop.till.take(taken), context=Context()) for _ in range(5))
    )
    await shop.till.close(row.number)
    assert await balances() == SOLD and await PaymentCharge.all().count() == 1
    assert shop.room.told == [("paid", row.number)]


async def test_parts_go_back_and_never_more_than_was_paid(shop: Shop):
    row = await shop.paid()
    await shop.give_back(row, 500, "a")
    assert (await shop.give_back(row, 500, "a")).key == "a"
    with pytest.raises(RefundKeyReused):
        await shop.give_back(row, 501, "a")
    for fen in (701, 0, -1):
        with pytest.raises(RefundTooMuch) as refused:
            await shop.give_back(row, fen, "b")
        assert refused.value.facts["left_fen"] == 700
    await shop.send_refunds()
    assert (await Payment.get(id=row.id)).state == "part-refunded"
    await shop.give_back(row, 700, "b")
    await shop.send_refunds()
    done = await Payment.get(id=row.id)
    assert (done.state, done.returned_fen) == ("refunded", 1200) and await balances() == {}
    assert [told for told, _ in shop.room.told] == ["paid", "refunded 500", "refunded 700"]


async def test_a_refund_that_is_slow_is_asked_after_and_made_once(shop: Shop):
    row = await shop.paid()
    await shop.fault("refund-slow", seconds=0.2)
    promised = await shop.give_back(row, 1200)
    assert await balances() == {"provider:clearing": 1200, "refund": -1200}
    for _ in range(100):
        await shop.send_refunds()
        if (await PaymentRefund.get(id=promised.id)).state == "done":
            break
        await asyncio.sleep(0.1)
    assert await balances() == {}


async def test_news_of_a_refund_that_nobody_asked_for_changes_nothing(shop: Shop):
    await shop.till.returned(Returned("TK1", "done", "50x", 5))
    assert await balances() == {}


async def test_a_refund_of_another_sum_is_shown_to_staff(shop: Shop):
    row = await shop.paid()
    mine = await shop.give_back(row, 1200)
    await shop.till.returned(Returned(mine.number, "done", "50x", 1100))
    found = await PaymentDifference.get(kind="sum-other")
    assert (found.here_fen, found.there_fen) == (-1200, -1100)


async def _late(row: Payment) -> None:
    then = datetime.now(UTC) - timedelta(minutes=5)
    await Payment.filter(id=row.id).update(expires_at=then)
