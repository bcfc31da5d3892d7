"""The insurance office's side of mobile bills: the digest, the parts, once for a key, and back."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from tests.support import faces
from tests.support.bills import an_insured, ask_office, digest
from tests.support.sandbox import Sandbox, SandboxResident

INPATIENT, LARGE = "21", "300000.01"


@pytest.fixture(scope="module")
async def patient(sandbox: Sandbox) -> SandboxResident:
    return await somebody_insured(sandbox, "1981-02-03")


async def somebody_insured(sandbox: Sandbox, born: str) -> SandboxResident:
    async def one() -> SandboxResident:
        return await sandbox.new_resident(faces.portrait(faces.OBAMA), born=born)

    return await an_insured(sandbox, one)


async def a_bill(sandbox: Sandbox, who: SandboxResident, fee: str = LARGE) -> str:
    made = await ask_office(
        sandbox, who, "bill", key=str(uuid4()), med_type=INPATIENT, fee_sumamt=fee
    )
    return str(made["output"]["setl_id"])


async def until(sandbox: Sandbox, who: SandboxResident, bill: str, *stands: str) -> Any:
    for _ in range(1200):
        found = (await ask_office(sandbox, who, "bill-result", setl_id=bill))["output"]
        if found["setl_stas"] in stands:
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"never {stands}")


def fen(yuan: str) -> int:
    return int(yuan.replace(".", ""))


@pytest.mark.parametrize(
    "wrong",
    [
        {"psn_cert_digest": "0" * 32},
        {"psn_cert_digest": digest("440524188001010014")},
        {"fee_sumamt": "12"},
        {"fee_sumamt": "-1.00"},
        {"fee_sumamt": "0.00"},
        {"med_type": "99"},
        {"key": "no uuid"},
    ],
)
async def test_a_bill_that_is_none_is_unreadable(
    sandbox: Sandbox, patient: SandboxResident, wrong: dict[str, str]
):
    good = {"key": str(uuid4()), "med_type": INPATIENT, "fee_sumamt": "10.00"}
    assert (await ask_office(sandbox, patient, "bill", **(good | wrong)))["infcode"] == "-2"


async def test_it_is_reckoned_in_its_own_time_and_adds_up(
    sandbox: Sandbox, patient: SandboxResident
):
    bill = await a_bill(sandbox, patient)
    at_once = (await ask_office(sandbox, patient, "bill-result", setl_id=bill))["output"]
    assert at_once["setl_stas"] == "1" and "fund_pay" not in at_once
    found = await until(sandbox, patient, bill, "2")
    parts = [fen(found[one]) for one in ("fund_pay", "psn_acct_pay", "oth_pay", "own_pay_amt")]
    assert sum(parts) == fen(LARGE) and min(parts) > 0


async def test_a_key_is_one_bill_and_another_question_with_it_is_unreadable(
    sandbox: Sandbox, patient: SandboxResident
):
    same = {"key": str(uuid4()), "med_type": INPATIENT, "fee_sumamt": "10.00"}
    made = await asyncio.gather(*(ask_office(sandbox, patient, "bill", **same) for _ in range(4)))
    assert len({one["output"]["setl_id"] for one in made}) == 1
    other = await ask_office(sandbox, patient, "bill", **(same | {"fee_sumamt": "11.00"}))
    assert other["infcode"] == "-2"


async def test_the_account_pays_once_and_gets_its_part_back(sandbox: Sandbox):
    """A second bill reckoned with the same balance is refused when it comes to paying."""
    who = await somebody_insured(sandbox, "1984-02-03")
    first, second = await a_bill(sandbox, who), await a_bill(sandbox, who)
    own = (await until(sandbox, who, first, "2"))["psn_acct_pay"]
    assert fen(own) > 0
    for bill in (first, second):
        await ask_office(sandbox, who, "bill-settlement", key=str(uuid4()), setl_id=bill)
    assert (await until(sandbox, who, first, "4"))["psn_acct_pay"] == own
    await until(sandbox, who, second, "9")
    back = {"setl_id": first, "fund_pay": "0.00", "oth_pay": "0.00"}
    once = {"key": str(uuid4()), **back, "psn_acct_pay": own}
    for _ in range(2):  # sent again it is the same return
        assert (await ask_office(sandbox, who, "bill-return", **once))["infcode"] == "0"
    more = {"key": str(uuid4()), **back, "psn_acct_pay": "0.01"}
    assert (await ask_office(sandbox, who, "bill-return", **more))["infcode"] == "-203"
    again = await a_bill(sandbox, who)
    assert (await until(sandbox, who, again, "2"))["psn_acct_pay"] == own
    unpaid = {"key": str(uuid4()), **back, "setl_id": second, "psn_acct_pay": "0.01"}
    assert (await ask_office(sandbox, who, "bill-return", **unpaid))["infcode"] == "-203"


async def test_nobody_elses_bill_is_known(sandbox: Sandbox, patient: SandboxResident):
    other = await somebody_insured(sandbox, "1985-02-03")
    bill = await a_bill(sandbox, patient, "10.00")
    assert (await ask_office(sandbox, other, "bill-result", setl_id=bill))["infcode"] == "-202"
