"""Every service against the sandbox's offices: their records, their signatures, their bad days."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

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
)
from tests.services.conftest import Counter
from tests.services.counter import Revealing, Writing, limit, resident
from tests.support import faces
from tests.support.log_capture import personal
from tests.support.sandbox import Sandbox

SERVICES = {
    "provident-fund": "provident-fund-balance",
    "social-insurance": "social-insurance-status",
}
OFFICES = list(SERVICES)


@pytest.fixture(scope="module")
async def somebody(sandbox: Sandbox) -> Person:
    portrait = faces.portrait(faces.OBAMA)
    made = await sandbox.new_resident(portrait, sex="female", born="1988-03-09")
    number = IdNumber(personal(made.number))
    return replace(resident(), name=personal(made.name), number=number)


@pytest.fixture
async def counter(
    settings: Settings, cache: Redis, healthy_sandbox: Sandbox, somebody: Person
) -> AsyncIterator[Counter]:
    port = urlsplit(healthy_sandbox.url).port
    key = SecretStr(healthy_sandbox.key)
    house = settings.model_copy(update={"sandbox_port": port, "sandbox_key": key})
    catalogue = Catalogue.load()
    async with offices.opened(catalogue, house) as departments:
        residents, audit = Revealing(somebody), Writing()
        desk = Desk(departments, residents, audit, cache, Vault.from_settings(settings))
        yield Counter(desk, catalogue, departments, somebody, residents, audit)


async def told(counter: Counter, service: str, **question: str) -> dict:
    return json.loads((await counter.ask(service, **question)).answer)


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
    limit(counter.departments[office], attempt=1.0 if fault == "hang" else 2.5)
    await healthy_sandbox.fault(office, fault)
    with pytest.raises(problem):
        await counter.ask(SERVICES[office])
    assert counter.audit.rows == [("service:failed", SERVICES[office], "own-record")]
    await healthy_sandbox.heal()
    assert (await counter.ask(SERVICES[office])).age_seconds == 0


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
