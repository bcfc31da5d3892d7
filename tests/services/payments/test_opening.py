"""Of one subject there is one payment at a time, however many tabs ask for it."""

import asyncio
from contextvars import Context
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from tortoise.transactions import in_transaction

from services import payments
from services.models import Payment, PaymentEvent
from services.payments import Order
from services.payments.errors import PaymentMissing, PaymentUnderWay
from services.payments.states import PaymentMoved
from services.schema import words

pytestmark = pytest.mark.usefixtures("database")


def order(**other: object) -> Order:
    made = Order(
        subject="quote:BJ1",
        payer=uuid4(),
        payee="social-insurance",
        fen=1200,
        title=words("社保", en="Insurance"),
        expires=datetime.now(UTC) + timedelta(minutes=30),
    )
    return replace(made, **other)  # type: ignore[arg-type]


async def opened(wanted: Order) -> Payment:
    async with in_transaction() as connection:
        return await payments.open(connection, wanted)


@pytest.mark.parametrize(
    "wrong",
    [{"fen": 0}, {"fen": -1}, {"subject": "quote"}, {"subject": "Quote:1"}, {"payee": "a b"}],
    ids=str,
)
def test_an_order_that_is_none_is_refused(wrong: dict[str, object]):
    with pytest.raises(ValueError, match="payment"):
        order(**wrong)


async def test_a_second_sum_for_the_same_subject_is_refused():
    first = await opened(mine := order())
    with pytest.raises(PaymentUnderWay) as refused:
        await opened(replace(mine, fen=1300))
    assert refused.value.facts["number"] == first.number


async def test_somebody_else_is_refused_and_learns_no_number():
    await opened(mine := order())
    with pytest.raises(PaymentUnderWay) as refused:
        await opened(replace(mine, payer=uuid4()))
    assert refused.value.facts["number"] == ""


async def test_two_tabs_at_once_get_one_payment():
    mine = order()
    made = await asyncio.gather(
        *(asyncio.create_task(opened(mine), context=Context()) for _ in range(6))
    )
    assert len({one.number for one in made}) == 1 and await Payment.all().count() == 1
    assert await PaymentEvent.filter(name="open").count() == 1


async def test_what_is_undone_was_never_opened():
    with pytest.raises(RuntimeError):
        async with in_transaction() as connection:
            await payments.open(connection, order())
            raise RuntimeError("the story fails")
    assert await Payment.all().count() == 0


async def test_nothing_is_given_back_of_what_was_not_paid():
    made = await opened(order())
    async with in_transaction() as connection:
        with pytest.raises(PaymentMoved):
            await payments.refund(connection, made.number, 1, "k", "test")
        with pytest.raises(PaymentMissing):
            await payments.refund(connection, "ZF0", 1, "k", "test")
