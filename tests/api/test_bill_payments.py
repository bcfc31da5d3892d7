"""Medical bills paid over HTTP: insurance, the cashier, offices at fault, money going back."""

import asyncio

import pytest

from services.bills import rows
from services.bills.states import State
from services.bills.work import LOOK, LOOKS, STILL, watch
from services.models import LedgerPosting, MedicalBill, MedicalRefund, Payment, PaymentRefund
from tests.support.bills import (
    FEES,
    OFFICE,
    Hospital,
    Patient,
    a_hospital,
    a_patient,
    account,
    adds_up,
    heal,
    jobs_of,
    kinds,
    press,
    with_cash_left,
    work,
)
from tests.support.http import Api
from tests.support.sandbox import Sandbox

BILLED = sum(one["fen"] for one in FEES)  # type: ignore[misc]


@pytest.fixture(scope="module")
async def hospital(api: Api) -> Hospital:
    return await a_hospital(api)


@pytest.fixture
async def patient(api: Api, healthy_sandbox: Sandbox) -> Patient:
    return await a_patient(api)


async def test_a_bill_is_paid_by_insurance_and_cash_and_half_of_it_goes_back(
    api: Api, hospital: Hospital, patient: Patient
):
    """To the fen: every part from where it is owed, and back to where it came from."""
    before = await account(patient)
    number = await hospital.opened(patient.person)
    ready = await patient.shared(number)
    assert ready["state"] == "ready" and adds_up(ready)
    assert ready["total_fen"] == BILLED and ready["government_fen"] == 55_001
    assert ready["mix"] == ("cash-and-insurance" if ready["cash_fen"] else "insurance-only")
    number = await with_cash_left(hospital, patient)
    ready = await patient.shared(number)
    assert ready["cash_fen"] > 0 and ready["mix"] == "cash-and-insurance" and adds_up(ready)
    begun = await patient.pay(number)
    assert begun.status == 201 and begun.body["fen"] == ready["cash_fen"]
    paid = await patient.bill(number)
    assert (paid["state"], paid["may"]) == ("paid", [])
    assert await account(patient) == before - paid["self_fen"]
    half = (paid["total_fen"] - paid["reductions_fen"]) // 2
    back = await hospital.refund(number, half)
    assert back.status == 201, back.body
    shown, given = await hospital.until_back(number), back.body
    assert (
        given["fen"]
        == half
        == sum(given[f"{one}_fen"] for one in ("government", "self", "other", "cash"))
    )
    for one in ("government", "self", "other", "cash"):
        assert abs(2 * given[f"{one}_fen"] - paid[f"{one}_fen"]) <= 3
    assert (shown["state"], len(shown["refunds"])) == ("part-refunded", 1)
    assert shown["left_fen"] == paid["total_fen"] - paid["reductions_fen"] - half
    assert await account(patient) == before - paid["self_fen"] + given["self_fen"]
    payment = await Payment.get(number=begun.body["number"])
    assert payment.returned_fen == given["cash_fen"]
    rest = await hospital.refund(number, shown["left_fen"])
    assert rest.status == 201
    await hospital.until_back(number)
    assert (await patient.bill(number))["state"] == "refunded"
    assert await account(patient) == before
    assert (await hospital.refund(number, 1)).code == "bill-moved"
    assert await kinds(patient) == [
        "bill-opened", "bill-opened", "bill-paid", "bill-refunded", "bill-refunded"
    ]  # fmt: skip


async def test_a_cash_bill_asks_insurance_nothing(api: Api, hospital: Hospital, patient: Patient):
    await api.sandbox.fault(OFFICE, "error")
    number = await hospital.opened(patient.person, insured=False)
    insured = await patient.send("POST", f"/v1/bills/{number}/share", {"insurance": True})
    assert insured.code == "bill-not-insured"
    ready = await patient.shared(number, insurance=False)
    assert (ready["mix"], ready["cash_fen"]) == ("cash-only", BILLED) and adds_up(ready)
    assert ready["government_fen"] == ready["self_fen"] == ready["medical_cash_fen"] == 0
    assert (await patient.pay(number)).status == 201
    assert (await patient.bill(number))["state"] == "paid"
    back = await hospital.refund(number, 7)
    assert (back.body["cash_fen"], back.body["government_fen"]) == (7, 0)
    assert (await hospital.until_back(number))["state"] == "part-refunded"
    await heal(api)


async def test_insurance_alone_pays_what_leaves_no_cash(hospital: Hospital, patient: Patient):
    number = await hospital.opened(patient.person, fees=[FEES[0] | {"fen": 1_000}])
    ready = await patient.shared(number)
    assert (ready["mix"], ready["cash_fen"]) == ("insurance-only", 0) and adds_up(ready)
    assert "confirm" in ready["may"] and "pay" not in ready["may"]
    assert (await patient.pay(number)).code == "bill-moved"
    assert (await patient.send("POST", f"/v1/bills/{number}/confirm")).status == 204
    again = await patient.send("POST", f"/v1/bills/{number}/confirm")
    assert again.code == "bill-moved"
    await work(patient.api)
    assert (await patient.bill(number))["state"] == "paid"
    assert not await Payment.filter(subject=f"medical-bill:{number}").exists()


async def test_two_tabs_pay_a_bill_once(api: Api, hospital: Hospital, patient: Patient):
    number = await hospital.opened(patient.person, insured=False)
    await patient.shared(number, insurance=False)
    wanted = {"subject": f"medical-bill:{number}"}
    begun = await asyncio.gather(*(patient.send("POST", "/v1/payments", wanted) for _ in range(3)))
    assert len({one.body["number"] for one in begun}) == 1
    other = await patient.send("POST", f"/v1/bills/{number}/share", {"insurance": False})
    assert other.code == "bill-being-paid"
    await patient.pay(number)
    assert (await patient.pay(number)).body["cashier"] is None
    assert await Payment.filter(subject=f"medical-bill:{number}").count() == 1


async def test_insurance_that_pays_no_more_gives_the_cash_back(
    api: Api, hospital: Hospital, patient: Patient
):
    """Two bills reckoned with one account: the second finds it empty (paid only once)."""
    first = await with_cash_left(hospital, patient)
    second = await with_cash_left(hospital, patient)
    for number in (first, second):
        assert (await patient.shared(number))["self_fen"] > 0
    await patient.pay(first)
    assert (await patient.bill(first))["state"] == "paid"
    await patient.pay(second)
    refused = await patient.bill(second)
    assert refused["state"] == "failed" and refused["fault"]
    payment = await patient.until_returned(second)
    assert payment["returned_fen"] == payment["fen"]
    assert "bill-failed" in await kinds(patient)
    assert (await hospital.refund(second, 1)).code == "bill-moved"


async def test_an_office_that_is_away_is_asked_again_and_nothing_is_paid_twice(
    api: Api, hospital: Hospital, patient: Patient
):
    number = await with_cash_left(hospital, patient)
    await patient.shared(number)
    before = await account(patient)
    begun = await patient.send("POST", "/v1/payments", {"subject": f"medical-bill:{number}"})
    await press(api, begun.body["cashier"]["url"], "pay")
    await patient.send("GET", f"/v1/payments/{begun.body['number']}")
    row, settle = await MedicalBill.get(number=number), jobs_of(api)["settle-medical-bill"]
    assert row.state == State.SETTLING
    for fault in ("error", "malformed"):  # the second time it was done, and its answer was lost
        await api.sandbox.fault(OFFICE, fault, times=2)
        with pytest.raises(Exception, match=r"status 500|not JSON"):
            await settle({"bill": str(row.id)})
        await heal(api)
    await settle({"bill": str(row.id)})
    await work(api)
    paid = await patient.bill(number)
    assert paid["state"] == "paid" and await account(patient) == before - paid["self_fen"]
    await settle({"bill": str(row.id)})  # a repeated job changes nothing
    assert (await kinds(patient)).count("bill-paid") == 1


async def test_parts_that_do_not_add_up_are_not_used(
    api: Api, hospital: Hospital, patient: Patient, monkeypatch: pytest.MonkeyPatch
):
    """What an office answers is judged by the equations before anybody is asked to pay by it."""
    from services.bills.mix import Parts
    from services.bills.office import Outcome

    async def wrong(*_: object) -> Outcome:
        return Outcome("shared", Parts(1, 1, 1, 1))

    monkeypatch.setattr(type(api.parts.departments[OFFICE]), "bill_outcome", wrong)
    number = await hospital.opened(patient.person)
    answered = await patient.shared(number)
    assert (answered["state"], answered["mix"]) == ("opened", None) and answered["fault"]


async def test_a_bill_that_stood_still_is_seen_to_and_an_old_one_lapses(
    api: Api, hospital: Hospital, patient: Patient
):
    number = await hospital.opened(patient.person)
    await patient.send("POST", f"/v1/bills/{number}/share", {"insurance": True})
    from tortoise.connection import get_connection

    database = get_connection("default")
    await database.execute_query("DELETE FROM pgqueuer")  # as if the job had been lost
    old = rows.now().replace(year=2020)
    await MedicalBill.filter(number=number).update(changed_at=old)
    await watch({})
    await work(api)
    assert (await patient.bill(number))["state"] == "ready"
    await MedicalBill.filter(number=number).update(expires_at=old)
    assert (await patient.bill(number))["may"] == []
    assert (await patient.pay(number)).code == "bill-moved"
    await watch({})
    assert (await patient.bill(number))["state"] == "expired"


async def test_an_office_that_never_ends_is_left_to_the_watch(
    api: Api, hospital: Hospital, patient: Patient, monkeypatch: pytest.MonkeyPatch
):
    """A chain of looks is shorter than what the watch waits: no bill has two of them."""
    from services.bills.office import Outcome

    async def reckoning(*_: object) -> Outcome:
        return Outcome("reckoning")

    monkeypatch.setattr(type(api.parts.departments[OFFICE]), "bill_outcome", reckoning)
    number = await hospital.opened(patient.person)
    assert (await patient.shared(number))["state"] == "sharing"
    assert LOOKS * LOOK < STILL


async def test_a_late_answer_for_what_was_reckoned_before_changes_nothing(
    api: Api, hospital: Hospital, patient: Patient
):
    number = await hospital.opened(patient.person)
    await patient.send("POST", f"/v1/bills/{number}/share", {"insurance": True})
    row = await MedicalBill.get(number=number)
    await patient.send("POST", f"/v1/bills/{number}/share", {"insurance": False})
    await jobs_of(api)["share-medical-bill"]({"bill": str(row.id), "key": str(row.key)})
    assert (await patient.bill(number))["mix"] == "cash-only"
    await work(api)


async def test_a_refund_is_given_once_for_its_reference_and_never_more_than_was_paid(
    api: Api, hospital: Hospital, patient: Patient
):
    number = await hospital.opened(patient.person, insured=False)
    assert (await hospital.refund(number, 1)).code == "bill-moved"
    await patient.shared(number, insurance=False)
    await patient.pay(number)
    again = await asyncio.gather(*(hospital.refund(number, 500, "r-1") for _ in range(4)))
    assert {one.status for one in again} == {201}
    bill = await MedicalBill.get(number=number)
    assert await MedicalRefund.filter(bill_id=bill.id).count() == 1
    assert (await hospital.refund(number, 600, "r-1")).code == "bill-refund-reused"
    too_much = await hospital.refund(number, BILLED - 499)
    assert (too_much.code, too_much.body["left_fen"]) == ("bill-refund-too-much", BILLED - 500)
    many = await asyncio.gather(*(hospital.refund(number, 40_000) for _ in range(4)))
    assert sorted(one.status for one in many) == [201, 201, 422, 422]
    await hospital.until_back(number)
    payment = await Payment.get(subject=f"medical-bill:{number}")
    assert payment.returned_fen == 80_500
    assert await PaymentRefund.filter(payment_id=payment.id).count() == 3


async def test_the_ledger_balances_after_all_of_it():
    assert sum([one.fen for one in await LedgerPosting.all()]) == 0


async def test_a_reduction_of_more_than_the_cash_is_the_hospitals_to_mend(
    hospital: Hospital, patient: Patient
):
    """What insurance leaves is less than what the hospital takes off."""
    off = [{"kind": "hospital", "fen": 900}]
    number = await hospital.opened(patient.person, fees=[FEES[0] | {"fen": 1_000}], reductions=off)
    answered = await patient.shared(number)
    assert answered["state"] == "opened" and "减免" in answered["fault"]
    assert (await patient.shared(number, insurance=False))["cash_fen"] == 100
