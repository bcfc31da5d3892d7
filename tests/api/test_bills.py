"""Medical bills over HTTP: a hospital, its patient, the insurance office and the cashier."""

import asyncio
import hashlib
from typing import Any

import pytest

from identity.models import AuditEvent, Notice
from services.bills import rows
from services.bills.states import State
from services.bills.work import watch
from services.models import LedgerPosting, MedicalBill, MedicalRefund, Payment, PaymentRefund
from tests.support.bills import (
    FEES,
    Hospital,
    Patient,
    a_hospital,
    a_patient,
    jobs_of,
    work,
)
from tests.support.everything_held import everything_kept
from tests.support.http import Api
from tests.support.sandbox import Sandbox

OFFICE = "medical-insurance"
BILLED = sum(one["fen"] for one in FEES)  # type: ignore[misc]


@pytest.fixture(scope="module")
async def hospital(api: Api) -> Hospital:
    return await a_hospital(api)


@pytest.fixture
async def patient(api: Api, healthy_sandbox: Sandbox) -> Patient:
    return await a_patient(api)


def adds_up(bill: Any) -> bool:
    """Both equations, on what leaves the house."""
    insured = bill["government_fen"] + bill["self_fen"] + bill["other_fen"]
    first = insured + bill["cash_fen"] + bill["reductions_fen"]
    second = insured + bill["medical_cash_fen"] + bill["additions_fen"]
    return bill["total_fen"] == first == second


async def kinds(patient: Patient) -> list[str]:
    found = Notice.filter(resident_id=patient.signed.resident).order_by("created_at")
    return [one.kind for one in await found if one.kind.startswith("bill-")]


async def heal(api: Api) -> None:
    await api.sandbox.heal()
    api.parts.departments[OFFICE].circuit.succeeded()


@pytest.mark.parametrize(
    "changed",
    [
        {"fees": []},
        {"fees": [FEES[0] | {"fen": 0}]},
        {"fees": [FEES[0] | {"fen": -5}]},
        {"fees": [FEES[0] | {"fen": 1.5}]},
        {"fees": [FEES[0] | {"fen": "100"}]},
        {"reductions": [{"kind": "hospital", "fen": BILLED}]},
        {"reductions": [{"kind": "bribe", "fen": 1}]},
        {"care": "miracle"},
        {"visit": ""},
        {"patient": {"name": "王小明", "id_number": "11010519491231002"}},
        {"cash": 5},
    ],
)
async def test_what_is_no_bill_is_refused(hospital: Hospital, patient: Patient, changed: Any):
    assert (await hospital.bill(patient.person, **changed)).status == 422


async def test_a_client_without_the_scope_opens_nothing(api: Api, patient: Patient):
    stranger = await a_hospital(api, scope="client:read")
    refused = await stranger.bill(patient.person)
    assert (refused.status, refused.code) == (403, "scope-missing")
    resident = await patient.send("POST", "/v1/medical-bills", {})
    assert resident.status in (401, 422)


async def test_another_hospital_neither_sees_nor_refunds_a_bill(
    api: Api, hospital: Hospital, patient: Patient
):
    number, other = await hospital.opened(patient.person), await a_hospital(api)
    assert (await other.send("GET", f"/v1/medical-bills/{number}")).code == "bill-missing"
    assert (await other.refund(number, 1)).code == "bill-missing"


async def test_another_resident_neither_sees_nor_pays_a_bill(
    api: Api, hospital: Hospital, patient: Patient
):
    number, other = await hospital.opened(patient.person), await a_patient(api)
    assert (await other.send("GET", f"/v1/bills/{number}")).code == "bill-missing"
    wanted = {"insurance": False}
    assert (await other.send("POST", f"/v1/bills/{number}/share", wanted)).code == "bill-missing"
    assert (await other.pay(number)).code == "bill-missing"


async def test_a_hospital_does_not_learn_who_is_with_us(
    api: Api, hospital: Hospital, patient: Patient
):
    """Unknown, known under another name, known: the same answer."""
    unknown = await api.new_resident()
    renamed = {"name": "欧阳别人", "id_number": patient.person.number}
    answers = [
        await hospital.bill(unknown),
        await hospital.bill(patient.person, patient=renamed),
        await hospital.bill(patient.person),
    ]
    assert [one.status for one in answers] == [201] * 3
    assert {frozenset(one.body) for one in answers} == {frozenset(answers[0].body)}
    assert {one.body["state"] for one in answers} == {"opened"}
    listed = (await patient.send("GET", "/v1/bills")).body["bills"]
    assert [one["number"] for one in listed] == [answers[2].body["number"]]


async def test_a_visit_that_is_sent_twice_is_one_bill(hospital: Hospital, patient: Patient):
    again = await asyncio.gather(*(hospital.bill(patient.person, visit="v-77") for _ in range(4)))
    assert len({one.body["number"] for one in again}) == 1
    other = await hospital.bill(patient.person, visit="v-77", fees=FEES[:1])
    assert (other.status, other.code) == (409, "bill-visit-reused")


async def test_health_asks_for_a_fresh_level_four(api: Api, hospital: Hospital, patient: Patient):
    number = await hospital.opened(patient.person)
    weak = await api.sign_in(resident=patient.signed.resident, acr="3")
    for path in ("/v1/bills", f"/v1/bills/{number}"):
        refused = await api.get(path, weak.access)
        assert (refused.status, refused.code) == (401, "step-up-needed")


async def test_insurance_is_not_asked_before_the_resident_asks(
    hospital: Hospital, patient: Patient
):
    number = await hospital.opened(patient.person)
    bill = await patient.bill(number)
    assert (bill["state"], bill["mix"], bill["government_fen"]) == ("opened", None, 0)
    assert bill["may"] == ["by-cash", "share"]
    assert (await patient.send("POST", f"/v1/bills/{number}/confirm")).code == "bill-moved"
    assert (await patient.pay(number)).code == "bill-moved"


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


async def with_cash_left(hospital: Hospital, patient: Patient) -> str:
    """A bill of more than the account holds."""
    large = [FEES[0] | {"fen": 40_000_003}]
    reduced = [{"kind": "hospital", "fen": 101}]
    added = [{"kind": "freight", "fen": 1_200}]
    return await hospital.opened(
        patient.person, fees=large, care="inpatient", reductions=reduced, additions=added
    )


async def account(patient: Patient) -> int:
    """What the personal account would pay of a bill of any size: what it holds now."""
    hospital = await a_hospital(patient.api)
    number = await hospital.opened(patient.person, fees=[FEES[0] | {"fen": 900_000_000}])
    held: int = (await patient.shared(number))["self_fen"]
    await MedicalBill.filter(number=number).delete()
    await Notice.filter(subject=f"bill:{number}").delete()
    return held


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


async def test_who_is_not_insured_pays_by_cash(api: Api, hospital: Hospital):
    child = await a_patient(api, born="2009-01-02")
    number = await hospital.opened(child.person)
    answered = await child.shared(number)
    assert answered["state"] == "opened" and answered["fault"]
    ready = await child.shared(number, insurance=False)
    assert (ready["mix"], ready["fault"]) == ("cash-only", None)


async def test_an_office_that_is_away_is_asked_again_and_nothing_is_paid_twice(
    api: Api, hospital: Hospital, patient: Patient
):
    number = await with_cash_left(hospital, patient)
    await patient.shared(number)
    before = await account(patient)
    begun = await patient.send("POST", "/v1/payments", {"subject": f"medical-bill:{number}"})
    from tests.support.bills import press

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


async def test_the_digest_that_the_office_asks_for_is_kept_nowhere(
    api: Api, hospital: Hospital, patient: Patient
):
    """MD5 of a number is the number (contracts: vault and logs); no table, no Valkey, no audit."""
    number = await hospital.opened(patient.person)
    await patient.shared(number)
    digest = hashlib.md5(patient.person.number.encode(), usedforsecurity=False).hexdigest()
    raw = bytes.fromhex(digest)
    kept = await everything_kept(api.parts.cache)
    assert len(kept) > 100
    for table, column, value in kept:
        plain = value if isinstance(value, bytes) else str(value).encode()
        assert digest.encode() not in plain.lower() and raw not in plain, (table, column)


async def test_where_somebody_was_treated_is_sealed_and_in_no_message(
    api: Api, hospital: Hospital, patient: Patient
):
    fees = [{"title": {"zh": "肿瘤化疗", "en": "Chemotherapy"}, "fen": 5_000}]
    await hospital.opened(patient.person, fees=fees)
    kept = " ".join(
        str(value) for _, _, value in await everything_kept(api.parts.cache)
        if not isinstance(value, bytes)
    )  # fmt: skip
    assert "肿瘤" not in kept
    facts = [one.facts for one in await Notice.filter(kind__startswith="bill-")]
    assert facts and not [one for one in facts if "医院" in one or "Hospital" in one]


async def test_every_step_is_on_record_for_the_resident(
    api: Api, hospital: Hospital, patient: Patient
):
    number = await hospital.opened(patient.person, fees=[FEES[0] | {"fen": 900}])
    await patient.shared(number)
    await patient.send("POST", f"/v1/bills/{number}/confirm")
    await work(api)
    found = AuditEvent.filter(resident_id=patient.signed.resident, event__startswith="bill:")
    events = [one.event for one in await found.order_by("id")]
    assert [one for one in events if one != "bill:read"] == [
        "bill:opened", "bill:shared-out", "bill:confirmed", "bill:paid"
    ]  # fmt: skip
    assert "bill:read" in events
