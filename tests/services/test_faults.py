"""A department's bad days, seen from the counter."""

import asyncio
import json

import pytest

from config.texts import LOCALES, text
from services.circuit import Circuit
from services.errors import (
    DepartmentClosed,
    DepartmentFailed,
    DepartmentNonsense,
    DepartmentTimeout,
    NoRecord,
    ServiceBroken,
)
from tests.services.counter import NAME, Hanging, Office, limit, samples
from tests.services.test_circuit import Clock

BALANCE, STATUS = "provident-fund-balance", "social-insurance-status"
FUND, BUREAU = "provident-fund", "social-insurance"


def office(department: str, *names: str) -> Office:
    replies = {}
    for name, file in samples():
        if name == department and file.stem in names:
            replies |= json.loads(file.read_text(encoding="utf-8"))["replies"]
    return Office(replies)


async def test_a_department_that_hangs_is_given_up_and_the_read_recorded(opening, monkeypatch):
    hanging = Hanging()
    counter = await opening(provident_fund=hanging)
    department, tries = counter.departments[FUND], []
    sign = department.signature
    monkeypatch.setattr(department, "signature", lambda *asked: tries.append(0) or sign(*asked))
    limit(department, attempt=0.05)
    with pytest.raises(DepartmentTimeout) as given_up:
        await counter.ask(BALANCE)
    assert given_up.value.headers["Retry-After"]
    assert len(tries) == 2  # a read is tried twice
    assert counter.audit.rows == [("service:failed", BALANCE, "own-record")]
    hanging.free.set()


async def test_the_deadline_holds_over_all_tries(opening):
    hanging = Hanging()
    counter = await opening(provident_fund=hanging)
    limit(counter.departments[FUND], deadline=0.05)
    with pytest.raises(DepartmentTimeout, match="deadline"):
        await counter.ask(BALANCE)
    hanging.free.set()


async def test_a_service_may_have_a_shorter_deadline_of_its_own(opening, tmp_path):
    from tests.services.test_catalogue import GOOD, dropped

    body = "await department.account(person)\n    return Answer"
    source = GOOD.replace("icon=", "deadline=0.05, icon=").replace("return Answer", body)
    hanging = Hanging()
    counter = await opening(dropped(tmp_path, source), provident_fund=hanging)
    with pytest.raises(DepartmentTimeout, match="provident-fund-interest"):
        await counter.ask("provident-fund-interest")
    hanging.free.set()


async def test_one_failure_is_hidden_by_a_second_try_with_a_new_nonce(opening):
    fund = office("provident_fund", "balance")
    fund.statuses = [500]
    counter = await opening(provident_fund=fund)
    await counter.ask(BALANCE)
    nonces = {headers["X-Nonce"] for headers, _, _ in fund.requests}
    assert len(nonces) == 2


@pytest.mark.parametrize("status", [500, 502, 503, 401, 403, 429])
async def test_a_department_that_fails_twice_has_failed(opening, status):
    fund = office("provident_fund", "balance")
    fund.statuses = [status, status]
    counter = await opening(provident_fund=fund)
    with pytest.raises(DepartmentFailed):
        await counter.ask(BALANCE)
    assert counter.audit.rows[-1][0] == "service:failed"


async def test_a_department_that_is_not_there_has_failed(opening, monkeypatch):
    monkeypatch.setenv("PROVIDENT_FUND_URL", "http://127.0.0.1:9/office")
    counter = await opening()
    with pytest.raises(DepartmentFailed, match="outbound"):
        await counter.ask(BALANCE)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b'{"code":"0000","data":{', b"[]", b"null", b'{"code":"0000"}', b"{}",
     b'{"code":"0000","data":[]}', b'{"code":0,"data":{}}', b"\xff\xfe", b"[" * 100],
)  # fmt: skip
async def test_nonsense_is_called_nonsense_and_shown_to_nobody(opening, body):
    counter = await opening(provident_fund=Office({"account": body}))
    with pytest.raises(DepartmentNonsense):
        await counter.ask(BALANCE)


async def test_records_of_the_year_one_are_nonsense_and_the_asking_is_on_record(opening):
    """No zone but China's can say that moment: what fails on it afterwards would go unrecorded."""
    fund = office("provident_fund", "balance")
    fund.replies["account"] = fund.replies["account"] | {"GXSJ": "00010101000000"}
    counter = await opening(provident_fund=fund)
    with pytest.raises(DepartmentNonsense):
        await counter.ask(BALANCE)
    assert counter.audit.rows[-1][0] == "service:failed"


@pytest.mark.parametrize("locale", LOCALES)
async def test_closed_for_the_night_says_when_it_opens(opening, locale):
    counter = await opening(
        provident_fund=office("provident_fund", "closed"),
        social_insurance=office("social_insurance", "closed"),
    )
    for service in (BALANCE, STATUS):
        with pytest.raises(DepartmentClosed) as closed:
            await counter.ask(service, locale=locale)
        facts = closed.value.facts
        said = text("problem.department-closed.detail", locale, **facts)
        assert "06:00" in said and str(facts["department"]) in said
        assert str(facts["opens_at"]).endswith("06:00:00+08:00")
        assert int(closed.value.headers["Retry-After"]) > 0


async def test_a_person_without_an_account_hears_so_and_the_department_is_well(opening):
    counter = await opening(provident_fund=office("provident_fund", "no_account"))
    for _ in range(8):
        with pytest.raises(NoRecord):
            await counter.ask(BALANCE)
    assert not counter.departments[FUND].circuit.open


async def test_the_circuit_opens_is_probed_and_heals(opening):
    fund, clock = office("provident_fund", "balance"), Clock()
    counter = await opening(provident_fund=fund)
    department = counter.departments[FUND]
    department.circuit = Circuit(failures=3, rest=10.0, clock=clock)
    fund.statuses = [500] * 6
    for _ in range(3):
        with pytest.raises(DepartmentFailed):
            await counter.ask(BALANCE)
    with pytest.raises(DepartmentFailed, match="circuit") as refused:
        await counter.ask(BALANCE)
    assert len(fund.requests) == 6
    assert refused.value.headers["Retry-After"] == "11"
    clock.now += 10
    assert await counter.ask(BALANCE)
    assert not department.circuit.open


async def test_a_caller_who_leaves_does_not_count_against_the_department(opening):
    hanging = Hanging()
    counter = await opening(provident_fund=hanging)
    department = counter.departments[FUND]
    department.circuit = Circuit(failures=1)
    asking = asyncio.create_task(counter.ask(BALANCE))
    await hanging.crowded.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert department.circuit.wait() == 0
    hanging.free.set()


async def test_a_fault_of_our_own_is_recorded_and_told_without_its_words(opening, tmp_path):
    from tests.services.test_catalogue import GOOD, dropped

    source = GOOD.replace("return Answer", "raise KeyError(person.name)\n    return Answer")
    counter = await opening(dropped(tmp_path, source), provident_fund=Office())
    with pytest.raises(ServiceBroken) as broken:
        await counter.ask("provident-fund-interest")
    assert NAME not in str(broken.value) + str(broken.value.facts)
    assert counter.audit.outcomes == ["service-broken"]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    "code",
    ["department-timeout", "department-failed", "department-nonsense", "no-record"],
)
def test_every_problem_names_the_department_and_what_to_do(code, locale):
    said = text(f"problem.{code}.detail", locale, department="甲局")
    assert "甲局" in said
    assert text(f"problem.{code}.title", locale)
