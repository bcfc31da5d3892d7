"""Every service against the sandbox's offices: their records, their signatures, their bad days.

Whatever query service the catalogue holds is asked; nothing here lists them.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from pydantic import SecretStr

from config import cache as cache_room
from config.settings import Settings
from identity.person import IdNumber, Person
from identity.vault import Vault
from services import offices
from services.catalogue import Catalogue
from services.desk import Desk
from services.errors import (
    DepartmentClosed,
    DepartmentFailed,
    DepartmentNonsense,
    DepartmentTimeout,
    NoRecord,
    QuestionInvalid,
)
from services.hours import SHANGHAI
from tests.services.conftest import Counter
from tests.services.counter import Revealing, Writing, limit, patient, resident
from tests.support import faces
from tests.support.log_capture import personal
from tests.support.sandbox import Sandbox

QUERIES = [one for one in Catalogue.load().services.values() if one.function]
SERVICES = {one.department.id: one.id for one in reversed(QUERIES)}  # the first of each office
OFFICES = list(SERVICES)
BORN = "1988-04-28"  # an even day and month: a home, a loan on it, married; divorce asked for


@pytest.fixture(scope="module")
async def somebody(sandbox: Sandbox) -> Person:
    portrait = faces.portrait(faces.OBAMA)
    made = await sandbox.new_resident(portrait, sex="female", born=BORN)
    number = IdNumber(personal(made.number))
    return replace(resident(), name=personal(made.name), number=number)


@pytest.fixture
async def counter(
    desk_settings: Settings, healthy_sandbox: Sandbox, somebody: Person
) -> AsyncIterator[Counter]:
    port = urlsplit(healthy_sandbox.url).port
    key = SecretStr(healthy_sandbox.key)
    house = desk_settings.model_copy(update={"sandbox_port": port, "sandbox_key": key})
    catalogue, cache = Catalogue.load(), cache_room.connect(house)
    async with offices.opened(catalogue, house) as departments:
        residents, audit = Revealing(somebody), Writing()
        desk = Desk(departments, residents, audit, cache, Vault.from_settings(house))
        yield Counter(desk, catalogue, patient(departments), somebody, residents, audit)
    await cache.aclose()


async def told(counter: Counter, service: str, **question: object) -> dict:
    return json.loads((await counter.ask(service, **question)).answer)


@pytest.mark.parametrize("service", [one.id for one in QUERIES])
async def test_every_service_answers_and_says_how_fresh(counter, service):
    """Within a day, since every office closes its books once a day at least."""
    answered = await counter.ask(service)
    assert json.loads(answered.answer)
    age = answered.answered_at - answered.as_of
    assert -timedelta(minutes=1) <= age <= timedelta(hours=25)
    assert counter.audit.rows == [("service:answered", service, "own-record")]


@pytest.mark.parametrize("office", OFFICES)
async def test_a_person_the_office_does_not_know_has_no_record(counter, office):
    counter.residents.person = replace(counter.person, number=IdNumber("440524188001010014"))
    with pytest.raises(NoRecord):
        await counter.ask(SERVICES[office])


@pytest.mark.parametrize("office", OFFICES)
async def test_a_name_that_differs_has_no_record(counter, office):
    counter.residents.person = replace(counter.person, name="另一人")
    with pytest.raises(NoRecord):
        await counter.ask(SERVICES[office])


@pytest.mark.parametrize("office", OFFICES)
@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        ("hang", DepartmentTimeout),
        ("error", DepartmentFailed),
        ("malformed", DepartmentNonsense),
        ("closed", DepartmentClosed),
    ],
)
async def test_a_bad_day_becomes_its_problem_and_ends(
    counter, healthy_sandbox, office, fault, problem
):
    if fault == "hang":
        limit(counter.departments[office], attempt=0.3)
    await healthy_sandbox.fault(office, fault)
    with pytest.raises(problem):
        await counter.ask(SERVICES[office])
    patient(counter.departments)
    assert counter.audit.rows == [("service:failed", SERVICES[office], "own-record")]
    await healthy_sandbox.heal()
    assert await counter.ask(SERVICES[office])


@pytest.mark.parametrize("office", OFFICES)
async def test_a_single_error_is_not_seen_by_the_resident(counter, healthy_sandbox, office):
    await healthy_sandbox.fault(office, "error", times=1)
    assert await counter.ask(SERVICES[office])


async def test_the_balance_is_the_last_line_of_the_records(counter):
    account = await told(counter, "provident-fund-balance")
    records = await told(counter, "provident-fund-records")
    assert account["balance"] == records["deposits"][0]["balance"]
    assert account["balance"] == account["carried"] + account["this_year"]
    assert account["paid_until"] == records["deposits"][0]["month"]
    newest = records["deposits"][0]
    assert (newest["personal"], newest["employer_side"]) == (
        account["personal"],
        account["employer_side"],
    )


async def test_the_interest_that_was_credited_is_that_of_the_rate_table(counter):
    """Credited on 30 June at 1.50 % (银发〔2016〕43号), reckoned here from the movements alone."""
    for year in (2017, 2021, 2025):
        found = await told(counter, "provident-fund-yearly-interest", year=year)
        assert found["state"] == "credited" and found["interest"] == found["by_table"] > 0
    growing = await told(counter, "provident-fund-yearly-interest", year=_next_credit().year)
    assert (growing["state"], growing["credited_on"]) == ("growing", f"{_next_credit()}")


def _next_credit() -> date:
    today = datetime.now(SHANGHAI).date()
    return date(today.year + (today >= date(today.year, 6, 30)), 6, 30)


async def test_an_owner_may_withdraw_for_the_loan_and_not_for_rent(counter):
    terms = await told(counter, "provident-fund-eligibility")
    loan = await told(counter, "provident-fund-loan")
    by_reason = {one["reason"]: one for one in terms["reasons"]}
    assert by_reason["rent"]["why"] == "has-home"
    year = sum(one["principal"] + one["interest"] for one in loan["repaid"])
    assert by_reason["loan"]["most"] == min(year, terms["balance"])
    assert terms["balance"] == (await told(counter, "provident-fund-balance"))["balance"]


async def test_a_withdrawal_is_paid_once_for_its_key_and_seen_in_the_account(counter):
    fund = counter.departments["provident-fund"]
    before, key = (await told(counter, "provident-fund-balance"))["balance"], uuid4()
    paid = [
        await fund.withdraw(counter.person, key=key, reason="loan", fen=12_345) for _ in range(2)
    ]
    assert paid[0] == paid[1] and paid[0].why is None and paid[0].number
    assert (paid[0].amount, paid[0].balance) == (12_345, before - 12_345)
    assert (await fund.account(counter.person)).balance == before - 12_345
    refused = await fund.withdraw(counter.person, key=uuid4(), reason="loan", fen=10**12)
    assert (refused.why, refused.amount) == ("too-much", 0)


async def test_the_pension_is_reckoned_from_the_bureaus_months(counter):
    status = await told(counter, "social-insurance-status")
    found = await told(counter, "social-insurance-pension-estimate", paying_on="yes")
    [pension] = [one for one in status["kinds"] if one["kind"] == "pension"]
    assert found["months_paid"] == pension["months"]
    assert found["outcome"] == "estimate"
    assert found["monthly"] == found["basic"] + found["personal"] > 0
    assert found["account_then"] >= found["account"] > 0


async def test_what_was_spent_from_the_medical_account_is_what_its_bills_say(counter):
    year = f"{datetime.now(SHANGHAI):%Y}"
    account = await told(counter, "medical-insurance-account")
    found = await told(counter, "medical-insurance-spending", **{"from": f"{year}-01"})
    assert found["total"] == found["fund"] + found["account"] + found["cash"]
    assert found["account"] == account["spent"]
    assert sum(one["fund"] + one["personal"] for one in found["months"]) == found["total"]


async def test_the_tax_of_a_year_is_the_sum_of_its_months_and_of_its_payers(counter):
    found = await told(counter, "tax-income", year=2024)
    for parts in (found["months"], found["payers"]):
        assert sum(one["income"] for one in parts) == found["income"] > 0
        assert sum(one["tax"] for one in parts) == found["tax"]


@pytest.mark.parametrize(
    ("service", "question"),
    [
        ("tax-income", {"year": 2018}),
        ("tax-income", {"year": 2999}),
        ("tax-income", {"year": "last"}),
        ("provident-fund-yearly-interest", {"year": 2016}),
        ("provident-fund-yearly-interest", {"year": 2999}),
        ("social-insurance-pension-estimate", {"post": "king"}),
        ("social-insurance-pension-estimate", {"paying_on": True}),
        ("medical-insurance-spending", {"from": "2026-13"}),
    ],
)
async def test_a_question_out_of_bounds_is_refused_in_words(counter, service, question):
    for locale in ("zh-CN", "en"):
        with pytest.raises(QuestionInvalid) as refused:
            await counter.ask(service, locale=locale, **question)
        assert refused.value.facts["fields"] == list(question)
        assert "{" not in str(refused.value.facts["problems"])


async def test_months_of_insurance_are_the_sum_of_their_kinds(counter):
    found = await told(counter, "social-insurance-contributions", **{"from": "2024-01"})
    for month in found["months"]:
        kinds = [one for one in found["kinds"] if one["month"] == month["month"]]
        assert month["personal"] == sum(one["personal"] for one in kinds)
        assert month["total"] == month["personal"] + month["employer_side"]
    assert found["personal"] == sum(month["personal"] for month in found["months"])
    status = await told(counter, "social-insurance-status")
    assert status["last"] == found["months"][0]["month"]
    assert {one["kind"] for one in status["kinds"]} == {one["kind"] for one in found["kinds"]}


async def test_ten_years_come_in_one_answer(counter):
    found = await told(counter, "provident-fund-records", **{"from": "2016-12", "to": "2026-11"})
    assert len(found["deposits"]) > 100
