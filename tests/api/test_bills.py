"""Medical bills over HTTP: who may open, see and pay one, and what is kept of it."""

import asyncio
import hashlib
from typing import Any

import pytest

from identity.models import AuditEvent, Notice
from tests.support.bills import (
    FEES,
    Hospital,
    Patient,
    a_hospital,
    a_patient,
    work,
)
from tests.support.everything_held import everything_kept
from tests.support.http import Api
from tests.support.sandbox import Sandbox

BILLED = sum(one["fen"] for one in FEES)  # type: ignore[misc]


@pytest.fixture(scope="module")
async def hospital(api: Api) -> Hospital:
    return await a_hospital(api)


@pytest.fixture
async def patient(api: Api, healthy_sandbox: Sandbox) -> Patient:
    return await a_patient(api)


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


async def test_who_is_not_insured_pays_by_cash(api: Api, hospital: Hospital):
    child = await a_patient(api, born="2009-01-02")
    number = await hospital.opened(child.person)
    answered = await child.shared(number)
    assert answered["state"] == "opened" and answered["fault"]
    ready = await child.shared(number, insurance=False)
    assert (ready["mix"], ready["fault"]) == ("cash-only", None)


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
    assert events == [
        "bill:opened", "bill:shared-out", "bill:confirmed", "bill:paid"
    ]  # fmt: skip


async def test_a_hospital_that_is_trying_things_out_reaches_no_resident(api: Api, patient: Patient):
    """A client of the sandbox meets test residents only (docs: partners)."""
    trying = await a_hospital(api, environment="sandbox")
    assert (await trying.bill(patient.person)).status == 201
    assert (await patient.send("GET", "/v1/bills")).body["bills"] == []
