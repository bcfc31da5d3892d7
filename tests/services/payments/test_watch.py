"""Nothing is forgotten: what no callback told of is asked after, by jobs of the worker."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from tortoise.connection import get_connection

from services.models import Payment, PaymentRefund, Quote
from services.payments import Settlements, jobs
from services.quotes import settling
from tests.services.payments.shop import Shop, balances

_QUEUED = "SELECT convert_from(payload, 'UTF8') AS payload FROM pgqueuer WHERE entrypoint = $1"


async def queued(name: str) -> list[str]:
    rows = await get_connection("default").execute_query_dict(_QUEUED, [name])
    return [str(row["payload"]) for row in rows]


async def aged(row: Payment, **by: float) -> None:
    await Payment.filter(id=row.id).update(
        created_at=datetime.now(UTC) - timedelta(**by), asked_at=None
    )


async def test_a_young_payment_is_left_alone_and_an_older_one_is_looked_at_once(shop: Shop):
    young, _ = await shop.begin("1")
    older, _ = await shop.begin("2")
    await aged(older, minutes=2)
    for _ in range(2):
        await shop.watch.watch({})
    assert [older.number in one for one in await queued("look-at-payment")] == [True]
    assert young.number not in str(await queued("look-at-payment"))


async def test_what_is_over_is_looked_at_no_more(shop: Shop):
    paid, (closed, _) = await shop.paid("1"), await shop.begin("2")
    await shop.till.close(closed.number)
    for row in (paid, closed):
        await aged(row, hours=2)
    await shop.watch.watch({})
    assert await queued("look-at-payment") == []
    for row in (paid, closed):
        before = (await Payment.get(id=row.id)).state
        assert (await shop.look(row)).state == before


async def test_a_refund_whose_job_was_lost_is_sent_again_and_made_once(shop: Shop):
    row = await shop.paid()
    promised = await shop.give_back(row, 500)
    await get_connection("default").execute_query("DELETE FROM pgqueuer")
    then = datetime.now(UTC) - timedelta(minutes=3)
    await PaymentRefund.filter(id=promised.id).update(created_at=then)
    await shop.watch.watch({})
    assert [str(promised.id) in one for one in await queued("send-refund")] == [True]
    for _ in range(2):
        await shop.watch.send_refund({"refund": str(promised.id)})
    assert (await PaymentRefund.get(id=promised.id)).state == "done"
    held = {"provider:clearing": 700, "payee:social-insurance": -700}
    refunds = [line.refund for line in await shop.bill()]
    assert await balances() == held and refunds.count(promised.number) == 1


async def test_an_expired_payment_makes_room_for_another_of_the_same_subject(shop: Shop):
    first, _ = await shop.begin()
    then = datetime.now(UTC) - timedelta(seconds=1)
    await Payment.filter(id=first.id).update(expires_at=then)
    second, cashier = await shop.begin()
    assert second.number != first.number and cashier
    assert (await Payment.get(id=first.id)).state == "closed"


async def test_a_provider_that_is_away_leaves_no_dead_letter(shop: Shop):
    """The next minute asks again, so the job does not."""
    row, _ = await shop.begin()
    known = jobs.handlers(shop.outbound, shop.settings, Settlements([shop.room.settlement]))
    await shop.sandbox.fault("wechat-pay", "error", times=1)
    await known["look-at-payment"]({"payment": row.number})
    assert (await Payment.get(id=row.id)).state == "paying"


async def test_a_quote_that_nobody_began_to_pay_is_forgotten_after_a_day(shop: Shop):
    old = datetime.now(UTC) - timedelta(days=2)
    made = {"resident_id": uuid4(), "service": "x", "question_sealed": b"", "lines_sealed": b""}
    made |= {"fen": 5, "expires_at": old, "created_at": old, "changed_at": old}
    for number, state in (("BJ1", "offered"), ("BJ2", "settled"), ("BJ3", "lapsed")):
        await Quote.create(id=uuid4(), number=number, state=state, key=uuid4(), **made)
    row, _ = await shop.begin()
    await Payment.filter(id=row.id).update(subject="quote:BJ3")
    await settling.watch({})
    assert set(await Quote.all().values_list("number", flat=True)) == {"BJ2", "BJ3"}
