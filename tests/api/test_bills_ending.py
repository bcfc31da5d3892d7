"""How medical bills end that somebody dies under, that offices forget, or that nobody paid."""

import asyncio
from contextvars import copy_context
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from tortoise.transactions import in_transaction

from identity.models import Resident
from services.bills import rows
from services.bills.settling import AT_THE_CASHIER, told_when_done
from services.bills.standing import STANDS, note_standing
from services.bills.states import State
from services.bills.work import watch
from services.models import (
    MedicalBill,
    MedicalRefund,
    Payment,
    PaymentDifference,
    PaymentRefund,
)
from services.payables import payables
from services.payments.till import Till
from services.payments.told import Returned
from tests.support.bills import (
    FEES,
    Hospital,
    Patient,
    a_hospital,
    a_patient,
    account,
    jobs_of,
    kinds,
    press,
    with_cash_left,
    work,
)
from tests.support.http import Api
from tests.support.people import admit
from tests.support.sandbox import Sandbox
from tests.support.waiters import until_it_waits

MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
async def hospital(api: Api) -> Hospital:
    return await a_hospital(api)


@pytest.fixture
async def patient(api: Api, healthy_sandbox: Sandbox) -> Patient:
    return await a_patient(api)


async def cash_paid(api: Api, hospital: Hospital, patient: Patient) -> str:
    """A bill whose cash is taken, and whose parts the office has not been asked for."""
    number = await with_cash_left(hospital, patient)
    await patient.shared(number)
    begun = await patient.send("POST", "/v1/payments", {"subject": f"medical-bill:{number}"})
    await press(api, begun.body["cashier"]["url"], "pay")
    await patient.until_taken(begun.body["number"])
    assert (await MedicalBill.get(number=number)).state == State.SETTLING
    return number


async def dies(patient: Patient) -> None:
    mine = Resident.filter(id=patient.signed.resident)
    await mine.update(closed_at=datetime.now(UTC), closed_why="deceased")


async def differs(number: str) -> list[PaymentDifference]:
    return await PaymentDifference.filter(number=number, kind="bill-stands")


async def test_a_bill_is_settled_though_its_resident_dies_meanwhile(
    api: Api, hospital: Hospital, patient: Patient
):
    number = await cash_paid(api, hospital, patient)
    await dies(patient)
    await work(api)
    assert (await MedicalBill.get(number=number)).state == State.PAID
    assert "bill-paid" in await kinds(patient)


async def test_insurances_parts_of_a_refund_go_back_though_its_resident_has_died(
    api: Api, hospital: Hospital, patient: Patient
):
    number = await with_cash_left(hospital, patient)
    await patient.shared(number)
    await patient.pay(number)
    before = await account(patient)
    await dies(patient)
    given = await hospital.refund(number, (await hospital.shown(number))["left_fen"])
    await hospital.until_back(number)
    await Resident.filter(id=patient.signed.resident).update(closed_at=None, closed_why="")
    assert given.body["self_fen"] > 0
    assert await account(patient) == before + given.body["self_fen"]


async def test_whom_the_office_knows_no_more_gets_the_cash_back_and_staff_are_told(
    api: Api, hospital: Hospital, patient: Patient
):
    """The register gave another name since; the office still has the old one."""
    number = await cash_paid(api, hospital, patient)
    await admit(api.settings, "欧阳别人", patient.person.number)
    await work(api)
    row = await MedicalBill.get(number=number)
    assert (row.state, row.fault) == (State.FAILED, "refused")
    payment = await patient.until_returned(number)
    assert payment["returned_fen"] == payment["fen"]
    assert [one.here_fen for one in await differs(number)] == [
        row.government_fen + row.self_fen + row.other_fen
    ]


async def test_what_was_paid_before_the_office_forgot_them_counts_as_paid(
    api: Api, hospital: Hospital, patient: Patient, monkeypatch: pytest.MonkeyPatch
):
    """Its answer to the paying was lost, and asked again it says that it knows nobody."""
    from services.errors import NoRecord

    office = type(api.parts.departments["medical-insurance"])
    honest = office.settle_bill

    async def forgets(*given: object) -> None:
        await honest(*given)  # type: ignore[arg-type]
        raise NoRecord("infcode -101")

    monkeypatch.setattr(office, "settle_bill", forgets)
    number = await cash_paid(api, hospital, patient)
    await work(api)
    assert (await MedicalBill.get(number=number)).state == State.PAID


async def test_both_halves_of_a_refund_may_come_back_at_one_moment(
    api: Api, hospital: Hospital, patient: Patient
):
    """The office's half is written while the provider tells of the other: neither stops the other,
    and the resident hears of it once.
    """
    number = await with_cash_left(hospital, patient)
    await patient.shared(number)
    await patient.pay(number)
    assert (await hospital.refund(number, (await hospital.shown(number))["left_fen"])).status == 201
    bill = await MedicalBill.get(number=number)
    half, cash = MedicalRefund.filter(bill_id=bill.id), await refund_of(bill)
    done = Returned(cash.number, "done", f"R{cash.number}", cash.fen)
    till, outside = Till(payables(api.parts.ground.vault, api.parts.catalogue)), copy_context()
    async with in_transaction() as connection:
        row = await rows.locked(connection, bill.id)
        telling = asyncio.create_task(till.returned(done), context=outside)
        await until_it_waits(connection, telling)
        await half.using_db(connection).update(insurance_done_at=rows.now())
        await told_when_done(connection, row, UUID(str((await half.get()).id)))
    await telling
    found = await half.get()
    assert found.insurance_done_at and found.cash_done_at
    assert (await kinds(patient)).count("bill-refunded") == 1
    await work(api)


async def refund_of(bill: MedicalBill) -> PaymentRefund:
    payment = await Payment.get(number=bill.payment_number)
    return await PaymentRefund.get(payment_id=payment.id)


async def test_what_stands_still_for_a_day_is_on_the_staffs_list_once(
    api: Api, hospital: Hospital, patient: Patient
):
    number = await cash_paid(api, hospital, patient)
    await note_standing({})
    assert not await differs(number)
    old = rows.now() - STANDS - MINUTE
    await MedicalBill.filter(number=number).update(expires_at=old)
    for _ in range(2):
        await note_standing({})
    row = await MedicalBill.get(number=number)
    assert [one.transaction for one in await differs(number)] == [row.settlement]
    await jobs_of(api)["settle-medical-bill"]({"bill": str(row.id)})
    await work(api)
    assert (await hospital.refund(number, 1_000)).status == 201
    await MedicalRefund.filter(bill_id=row.id).update(created_at=old)
    await note_standing({})
    (back,) = [one for one in await differs(number) if one.transaction != row.settlement]
    given = await MedicalRefund.get(bill_id=row.id)
    assert back.here_fen == given.cash_fen - given.fen < 0
    await work(api)


async def test_a_visit_whose_bill_lapsed_is_billed_anew(hospital: Hospital, patient: Patient):
    """Whether the watch has seen it lapse or not."""
    first = await hospital.opened(patient.person, visit="v-lapsed")
    old = rows.now() - MINUTE
    await MedicalBill.filter(number=first).update(expires_at=old)
    second = await hospital.opened(patient.person, visit="v-lapsed")
    assert (await hospital.shown(first))["state"] == "expired"
    await MedicalBill.filter(number=second).update(expires_at=old)
    await watch({})
    third = await hospital.bill(patient.person, visit="v-lapsed", fees=FEES[:1])
    assert (third.status, third.body["state"]) == (201, "opened")
    again = await hospital.bill(patient.person, visit="v-lapsed", fees=FEES[:1])
    assert again.body["number"] == third.body["number"]
    assert len({first, second, third.body["number"]}) == 3


async def test_a_visit_whose_bill_insurance_refused_is_billed_anew(
    api: Api, hospital: Hospital, patient: Patient
):
    first = await hospital.opened(patient.person, visit="v-refused")
    await MedicalBill.filter(number=first).update(state=State.FAILED)
    second = await hospital.opened(patient.person, visit="v-refused")
    assert second != first and (await patient.bill(second))["state"] == "opened"


async def test_a_bill_that_is_being_paid_is_not_billed_anew(hospital: Hospital, patient: Patient):
    """It would be paid twice: who stands at the cashier may press yet."""
    number = await hospital.opened(patient.person, visit="v-paying", insured=False)
    await patient.shared(number, insurance=False)
    await patient.send("POST", "/v1/payments", {"subject": f"medical-bill:{number}"})
    await MedicalBill.filter(number=number).update(expires_at=rows.now() - MINUTE)
    assert await hospital.opened(patient.person, visit="v-paying", insured=False) == number


async def test_who_goes_back_from_the_cashier_may_pay_otherwise_in_half_an_hour(
    hospital: Hospital, patient: Patient
):
    number = await with_cash_left(hospital, patient)
    await patient.shared(number)
    begun = await patient.send("POST", "/v1/payments", {"subject": f"medical-bill:{number}"})
    payment = Payment.filter(number=begun.body["number"])
    row = await payment.get()
    assert row.expires_at - row.created_at <= AT_THE_CASHIER + MINUTE
    otherwise = {"insurance": False}
    refused = await patient.send("POST", f"/v1/bills/{number}/share", otherwise)
    assert refused.code == "bill-being-paid"
    await payment.update(expires_at=rows.now() - 5 * MINUTE)
    await patient.until_taken(row.number)
    assert (await payment.get()).state == "closed"
    ready = await patient.shared(number, insurance=False)
    assert ready["mix"] == "cash-only"
    assert (await patient.pay(number)).body["number"] != row.number
    assert (await patient.bill(number))["state"] == "paid"
