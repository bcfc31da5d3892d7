"""The provider's callbacks, good and bad: forged, late, repeated, out of order, of another sum.

As WeChat Pay's API v3 signs and seals them. Whatever comes or does not come, the provider itself
is asked in the end.
"""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from identity.models import Notice
from services.models import Payment, PaymentCharge, PaymentRefund
from services.sandbox.pay_keys import Keys
from tests.support.http import Api
from tests.support.payer import (
    CALLBACK,
    Payer,
    becomes,
    called_back,
    keys,
    pay_fault,
    payer,
)

__all__ = ["payer"]


async def row_of(payment: dict[str, Any]) -> Payment:
    return await Payment.get(number=payment["number"])


def paid(payment: dict[str, Any], **other: Any) -> dict[str, Any]:
    """What the provider tells of a payment that nobody has paid."""
    told = {
        "mchid": "1900000001",
        "out_trade_no": payment["number"],
        "transaction_id": "42" + "0" * 26,
        "trade_state": "SUCCESS",
        "success_time": datetime.now(UTC).isoformat(),
        "amount": {"total": payment["fen"], "currency": "CNY"},
    }
    return told | other


async def test_what_is_not_the_providers_is_refused_and_changes_nothing(payer: Payer):
    """By another key, an unknown certificate, of an hour ago; sealed by another; no word of it."""
    api, payment = payer.api, await payer.begun(await payer.quoted(months=1))
    ours = keys(api.sandbox)
    stranger = Keys.of(b"1" * 32, b"2" * 32, api.sandbox.secret("wechat-pay api v3"))
    other_seal = Keys(ours.merchant, ours.platform, b"3" * 32)
    said = [
        await called_back(api, "TRANSACTION.SUCCESS", paid(payment), fault=fault)
        for fault in ("forged", "stranger", "stale")
    ]
    said += [
        await called_back(api, "TRANSACTION.SUCCESS", told, by=by)
        for told, by in (
            (paid(payment), stranger),
            (paid(payment), other_seal),
            (paid(payment, mchid="1900000002"), ours),
            ({"out_trade_no": payment["number"]}, ours),
            (paid(payment, amount=None), ours),
        )
    ]
    assert {(one.status, one.code) for one in said} == {(401, "callback-not-signed")}
    row = await row_of(payment)
    assert row.state == "paying" and not await PaymentCharge.exists(payment_id=row.id)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [(CALLBACK, b"{}", 401), (CALLBACK, b"", 401), ("/v1/payments/callbacks/other", b"{}", 404)],
)
async def test_what_nobody_signed_is_refused(api: Api, path: str, body: bytes, status: int):
    sent = await api.send("POST", path, data=body, headers={"Content-Type": "application/json"})
    assert sent.status == status


async def test_a_callback_whose_sum_is_another_is_asked_after(payer: Payer):
    """Genuine or not: the provider's own books say that nobody has paid."""
    payment = await payer.begun(await payer.quoted(months=1))
    for amount in ({"total": 1, "currency": "CNY"}, {"total": payment["fen"], "currency": "USD"}):
        told = paid(payment, amount=amount)
        answer = await called_back(payer.api, "TRANSACTION.SUCCESS", told)
        assert answer.status == 204
        assert (await row_of(payment)).state == "paying"


@pytest.mark.parametrize("wrong", ["other-amount", "other-currency"])
async def test_a_lie_about_a_real_charge_is_not_believed(payer: Payer, wrong: str):
    payment = await payer.begun(await payer.quoted(months=1))
    await pay_fault(payer.api.sandbox, wrong)
    await payer.press(payment)
    await becomes(payment["number"], "paid")
    row = await row_of(payment)
    assert (await PaymentCharge.get(payment_id=row.id)).fen == payment["fen"]


@pytest.mark.parametrize("wrong", ["forged", "silent"])
async def test_the_page_asks_the_provider_where_no_callback_is_good(payer: Payer, wrong: str):
    payment = await payer.begun(await payer.quoted(months=1))
    await pay_fault(payer.api.sandbox, wrong)
    await payer.press(payment)
    assert (await payer.get(f"/v1/payments/{payment['number']}"))["state"] == "paid"


@pytest.mark.parametrize("way", ["repeated", "late"])
async def test_a_callback_that_comes_late_or_again_pays_once(payer: Payer, way: str):
    payment = await payer.begun(await payer.quoted(months=1))
    await pay_fault(payer.api.sandbox, way, seconds=0.3)
    await payer.press(payment)
    await becomes(payment["number"], "paid")
    row = await row_of(payment)
    charge = await PaymentCharge.get(payment_id=row.id)
    again = paid(payment, transaction_id=charge.transaction)
    assert (await called_back(payer.api, "TRANSACTION.SUCCESS", again)).status == 204
    assert await PaymentCharge.filter(payment_id=row.id).count() == 1
    told = Notice.filter(resident_id=payer.who.resident, kind="payment-paid")
    assert await told.count() == 1


async def test_a_second_charge_goes_back_even_where_its_news_come_out_of_order(payer: Payer):
    """First that it went back, then once more that it was taken."""
    payment = await payer.begun(await payer.quoted(months=1))
    assert await payer.press(payment, "twice") == 200
    await becomes(payment["number"], "paid")
    row = await row_of(payment)
    refund = await _promised(row)
    await pay_fault(payer.api.sandbox, "refund-before-charge", times=1)
    await payer.job("send-refund", refund=str(refund.id))
    shown = await payer.get(f"/v1/payments/{payment['number']}")
    assert (shown["state"], shown["returned_fen"]) == ("paid", 0)
    assert [(one["surplus"], one["state"]) for one in shown["refunds"]] == [(True, "done")]
    assert await PaymentCharge.filter(payment_id=row.id).count() == 2


async def test_news_that_are_none_of_ours_are_taken_and_change_nothing(payer: Payer):
    for event, told in (
        ("SOMETHING.ELSE", {}),
        ("TRANSACTION.SUCCESS", paid({"number": "ZF0", "fen": 5})),
        ("REFUND.SUCCESS", {"out_refund_no": "TK0", "refund_id": "5", "amount": {"refund": 5}}),
    ):
        assert (await called_back(payer.api, event, told)).status == 204


async def _promised(row: Payment) -> PaymentRefund:
    """Both callbacks have come."""
    async with asyncio.timeout(60):
        while not (found := await PaymentRefund.get_or_none(payment_id=row.id)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return found
