"""The withdrawal of provident fund end to end: three offices of the sandbox, rules, payment."""

from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr

from identity.person import IdNumber
from services import offices
from services.applications import steps
from services.applications.engine import Engine
from services.applications.ledger import ADVANCE
from services.applications.moves import Moves
from services.applications.story import Applications
from services.applications.visits import Visits
from services.catalogue import Catalogue
from services.materials.taking import Taking
from tests.services.applications.bench import Bench, bench
from tests.services.counter import Revealing, caller, patient, resident
from tests.support import faces
from tests.support.log_capture import personal
from tests.support.sandbox import Sandbox

WITHDRAWAL = "provident-fund-withdrawal"
FORM = {"purpose": "rent", "amount": 300_00, "months": 3}


@pytest.fixture
async def office(settings, database, healthy_sandbox: Sandbox, born) -> AsyncIterator[Bench]:
    """The bench with the real catalogue, and offices of the sandbox, for somebody born then."""
    made = await healthy_sandbox.new_resident(faces.portrait(faces.OBAMA), sex="male", born=born)
    number = IdNumber(personal(made.number))
    person = replace(resident(), name=personal(made.name), number=number)
    port, key = urlsplit(healthy_sandbox.url).port, SecretStr(healthy_sandbox.key)
    house = settings.model_copy(update={"sandbox_port": port, "sandbox_key": key})
    catalogue = Catalogue.load()
    plain, residents = bench(settings), Revealing(person)
    moves, taking = Moves(plain.vault, catalogue), Taking(plain.vault)
    async with offices.opened(catalogue, house) as departments:
        visits = Visits(moves, patient(departments), residents, taking)
        yield replace(
            plain,
            service=catalogue.service(WITHDRAWAL),
            catalogue=catalogue,
            moves=moves,
            story=Applications(plain.vault, catalogue, residents, taking, moves=moves),
            handlers={ADVANCE: Engine(moves).advance, steps.JOB: visits.do_step},
            who=caller(person.resident),
        )


async def begun(office: Bench) -> str:
    made = await office.story.submit(office.who, WITHDRAWAL, FORM, (), "en")
    await office.work()
    assert not office.faults
    return made.number


@pytest.mark.parametrize("born", ["1990-03-17"])  # rents, with a contract on file
async def test_who_rents_with_a_contract_on_file_is_paid_at_once(office):
    number = await begun(office)
    file = await office.story.case_file(office.who, number, "en")
    assert file["state"] == "approved"
    assert file["decision"]["reasons"]
    paid = file["steps"][-1]
    assert (paid["name"], paid["state"]) == ("pay", "done")
    assert next(one["value"] for one in paid["finding"] if one["name"] == "amount") == 300_00
    assert {one["department"]["id"] for one in file["steps"]} == {
        "provident-fund", "housing", "civil-affairs"
    }  # fmt: skip
    assert "lease" not in str(file["missing"])


@pytest.mark.parametrize("born", ["1990-03-05"])  # rents, and no contract is on file
async def test_a_contract_that_nobody_has_on_file_is_asked_for_and_then_it_is_paid(office):
    number = await begun(office)
    file = await office.story.case_file(office.who, number, "en")
    assert file["state"] == "supplement-asked"
    assert [one["kind"] for one in file["supplement"]["wanted"]] == ["rent-contract"]
    contract = await office.upload("rent-contract")
    await office.story.answer(office.who, number, None, (contract,), "en")
    await office.work()
    assert await office.state(number) == "approved"
    assert (await office.steps(number))["pay"].state == "done"
