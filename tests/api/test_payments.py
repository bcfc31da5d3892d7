"""Paying over HTTP, before the sandbox's provider: quote, cashier, receipt, refund, the books."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from config.errors import Unavailable
from identity.models import AuditEvent, Notice
from services.models import PaymentRefund, Quote
from services.payments.settlements import Settlements
from services.payments.till import Till
from services.payments.told import Taken
from tests.support.http import Api
from tests.support.payer import SERVICE, Payer, becomes, payer
from tests.support.staff import Desk, at_work

__all__ = ["payer"]


async def test_who_owes_nothing_here_gets_no_quote(api: Api):
    other = await api.registered()
    body = await api.post(
        f"/v1/services/{SERVICE}/quotes", {}, other.access, headers={"Idempotency-Key": "k"}
    )
    assert (body.status, body.code) == (404, "no-record")


@pytest.mark.parametrize("question", [{"base": 1}, {"base": 9_999_999}], ids=str)
async def test_a_base_beyond_the_limits_is_refused_with_the_limits(payer: Payer, question):
    refused = await payer.post(f"/v1/services/{SERVICE}/quotes", question)
    assert (refused.status, refused.code) == (422, "contribution-base-outside")
    assert (
        refused.body["lowest"].endswith(".00") and refused.body["lowest"] in refused.body["detail"]
    )


@pytest.mark.parametrize(
    "question", [{"months": 0}, {"months": 13}, {"x": 1}, {"base": "a"}], ids=str
)
async def test_a_question_of_another_form_is_refused(payer: Payer, question):
    refused = await payer.post(f"/v1/services/{SERVICE}/quotes", question)
    assert (refused.status, refused.code) == (422, "question-invalid")


async def test_what_is_no_payable_service_is_quoted_by_nobody(payer: Payer):
    for service in ("provident-fund-balance", "nothing-here"):
        refused = await payer.post(f"/v1/services/{service}/quotes", {})
        assert (refused.status, refused.code) == (404, "service-unknown")


async def test_a_quote_and_a_payment_are_nobody_elses(api: Api, payer: Payer):
    quote = await payer.quoted()
    payment = await payer.begun(quote)
    other = Payer(api, await api.sign_in())
    assert (await api.get(f"/v1/quotes/{quote['number']}", other.who.access)).status == 404
    assert (await api.get(f"/v1/payments/{payment['number']}", other.who.access)).status == 404
    refused = await other.post("/v1/payments", {"subject": quote["subject"]})
    assert (refused.status, refused.code) == (404, "quote-missing")


async def test_from_quote_to_receipt_to_the_fen(payer: Payer):
    """Every month a line; the bureau enters it once; the books balance; the resident is told."""
    quote = await payer.quoted(base=1_000_000, months=1)
    assert [line["fen"] for line in quote["lines"]] == [200_000] and quote["fen"] == 200_000
    payment = await payer.begun(quote)
    again = await payer.begun(quote)
    assert (again["number"], again["cashier"]) == (payment["number"], payment["cashier"])
    assert await payer.press(payment) == 200
    await becomes(payment["number"], "paid")  # by the callback
    assert await payer.press(payment) == 409
    for _ in range(2):
        done = await payer.settled(quote["number"])
    assert done["state"] == "settled" and done["receipt"]["paid"] == 200_000
    assert done["receipt"]["account"] == 80_000 and done["receipt"]["months"]
    shown = await payer.get(f"/v1/payments/{payment['number']}")
    assert (shown["state"], shown["cashier"]) == ("paid", None) and shown["transaction"]
    listed = await payer.get("/v1/payments")
    assert [one["number"] for one in listed["payments"]] == [payment["number"]]
    resident = payer.who.resident
    kinds = await Notice.filter(resident_id=resident).values_list("kind", flat=True)
    assert sorted(kinds) == ["payment-paid", "quote-settled"]
    events = await AuditEvent.filter(resident_id=resident).values_list("event", flat=True)
    assert {"payment:opened", "payment:paid", "service:answered"} <= set(events)
    left = await payer.quoted(base=1_000_000)
    assert done["receipt"]["months"] not in {line["title"][:7] for line in left["lines"]}


async def test_two_quotes_for_the_same_months_are_entered_once_and_the_other_goes_back(
    payer: Payer,
):
    """Paid twice in two tabs: the bureau refuses what is not owed any more, the money returns."""
    quotes = [await payer.quoted(months=1) for _ in range(2)]
    payments = [await payer.begun(one) for one in quotes]
    for one in payments:
        await payer.press(one)
        await becomes(one["number"], "paid")
    ends = [(await payer.settled(one["number"]))["state"] for one in quotes]
    assert ends == ["settled", "refused"]
    refund = await PaymentRefund.get(reason="office-refused")
    await payer.job("send-refund", refund=str(refund.id))
    await becomes(payments[1]["number"], "refunded")
    again = await payer.post("/v1/payments", {"subject": quotes[1]["subject"]})
    assert (again.status, again.code) == (409, "quote-lapsed")
    shown = await payer.get(f"/v1/payments/{payments[1]['number']}")
    assert shown["returned_fen"] == shown["fen"] and shown["refunds"][0]["state"] == "done"


async def test_an_office_that_is_away_enters_it_later(payer: Payer):
    quote = await payer.quoted(months=1)
    payment = await payer.begun(quote)
    await payer.press(payment)
    await becomes(payment["number"], "paid")
    await payer.api.sandbox.fault("social-insurance", "error")
    with pytest.raises(Unavailable):
        await payer.settled(quote["number"])
    assert (await payer.get(f"/v1/quotes/{quote['number']}"))["state"] == "paid"
    await payer.api.sandbox.heal()
    assert (await payer.settled(quote["number"]))["state"] == "settled"


async def test_a_quote_is_paid_in_its_time_or_not_at_all(payer: Payer):
    quote = await payer.quoted(months=1)
    row = await Quote.get(number=quote["number"])
    await Quote.filter(id=row.id).update(expires_at=row.created_at)
    refused = await payer.post("/v1/payments", {"subject": quote["subject"]})
    assert (refused.status, refused.code) == (409, "quote-lapsed")


async def test_staff_see_what_differs_and_settle_it_once(api: Api):
    """Numbers only: role ``operator``, nobody's name."""
    operator = await at_work(api, "operator")
    await Till(Settlements()).take(Taken("ZF99", f"42{uuid4().hex}", 5, "CNY", datetime.now(UTC)))
    found = await operator.send("GET", "/staff/payments/differences")
    mine = next(one for one in found.body["differences"] if one["kind"] == "payment-unknown")
    assert mine["there_fen"] == 5 and "try-again" not in [way["code"] for way in mine["ways"]]
    answers = [await settled(operator, mine["id"], how) for how in ("try-again", "explained")]
    answers.append(await settled(operator, mine["id"], "explained"))
    assert answers == [
        (409, "payment-difference-unfit"), (204, None), (409, "payment-difference-settled"),
    ]  # fmt: skip
    assert await settled(operator, "x", "explained") == (404, "payment-difference-missing")
    days = await operator.send("GET", "/staff/payments/differences?day=2026-01-01")
    assert days.body["differences"] == []


async def test_only_operators_see_the_books(api: Api):
    clerk = await at_work(api, "clerk")
    assert (await clerk.send("GET", "/staff/payments/differences")).status == 403


async def settled(desk: Desk, id: str, how: str) -> tuple[int, Any]:
    path = f"/staff/payments/differences/{id}/settlement"
    answer = await desk.send("POST", path, json={"how": how})
    return answer.status, answer.code
