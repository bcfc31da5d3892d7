"""The three applications, step by step, against the sandbox's offices: what a birth date decides,
and that nothing is done twice.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr

from config.errors import Problem
from config.settings import Settings
from identity.documents import organisation
from identity.person import IdNumber, Person
from services import freshness, offices
from services.applications.declaration import Decision, Visit
from services.catalogue import Catalogue
from services.department import Department
from services.errors import OfficeRefused
from tests.services.counter import patient, resident
from tests.support import faces
from tests.support.log_capture import personal
from tests.support.sandbox import Sandbox

WITHDRAWAL, ENDORSEMENT = "provident-fund-withdrawal", "residence-endorsement"
TRADER = "sole-trader-registration"
RENT = {"purpose": "rent", "amount": 4_000_00, "months": 3}
SHOP = {"name": "和顺", "trade": "retail", "place": "广州市天河区和平路1号"}


@dataclass
class House:
    """Departments that stand before the sandbox, and people made in it."""

    sandbox: Sandbox
    departments: Mapping[str, Department]
    catalogue: Catalogue = field(default_factory=Catalogue.load)

    async def somebody(self, born: str) -> Person:
        made = await self.sandbox.new_resident(faces.portrait(faces.OBAMA), sex="male", born=born)
        number = IdNumber(personal(made.number))
        return replace(resident(), name=personal(made.name), number=number)

    async def found(self, id: str, person: Person, form: dict[str, Any]) -> dict[str, Any]:
        """What the steps find, each after those it comes after."""
        findings: dict[str, Any] = {}
        for step in self.catalogue.service(id).plan.steps:
            findings[step.name] = await self.step(id, step.name, person, form, findings=findings)
        return findings

    async def step(self, id: str, name: str, person: Person, form: dict[str, Any], **visit: Any):
        plan = self.catalogue.service(id).plan
        step = plan.step(name)
        known = {k: v for k, v in visit.pop("findings", {}).items() if k in step.after}
        going = Visit("ZB", visit.pop("key", uuid4()), 1, "", known, **visit)
        department = self.departments[step.department.id]
        with freshness.listening():
            return await step.function(person, plan.form(**form), department, going)

    async def judged(self, id: str, born: str, form: dict[str, Any], *held: str) -> Decision:
        person = await self.somebody(born)
        return self.decide(id, form, await self.found(id, person, form), *held)

    def decide(self, id: str, form: dict[str, Any], found: dict[str, Any], *held: str) -> Decision:
        plan = self.catalogue.service(id).plan
        own = {kind for one in found.values() for kind in getattr(one, "holds", ())}
        return plan.decide(plan.form(**form), found, frozenset({*held, *own}))


@pytest.fixture
async def house(desk_settings: Settings, healthy_sandbox: Sandbox) -> AsyncIterator[House]:
    port, key = urlsplit(healthy_sandbox.url).port, SecretStr(healthy_sandbox.key)
    near = desk_settings.model_copy(update={"sandbox_port": port, "sandbox_key": key})
    async with offices.opened(Catalogue.load(), near) as departments:
        yield House(healthy_sandbox, patient(departments))


@pytest.mark.parametrize(
    ("born", "form", "held", "decision"),
    [
        ("1990-03-05", RENT, (), ("supplement", "contract-missing")),
        ("1990-03-05", RENT, ("rent-contract",), ("approve", "rent-uploaded")),
        ("1990-03-17", RENT, (), ("approve", "rent-on-file")),
        ("1990-03-08", RENT, (), ("refuse", "owns-home")),
        ("1990-03-26", RENT, (), ("supplement", "contract-missing")),  # owns a home elsewhere
        ("1990-03-26", RENT, ("rent-contract",), ("approve", "rent-uploaded")),
        ("1990-04-15", RENT, (), ("refuse", "spouse-owns-home")),
        ("1990-04-17", RENT, (), ("approve", "rent-on-file")),
        ("1990-03-08", RENT | {"purpose": "purchase"}, (), ("refuse", "bought-long-ago")),
        ("1990-03-10", RENT | {"purpose": "purchase"}, (), ("approve", "home-registered")),
        ("1990-03-05", RENT | {"purpose": "purchase"}, (), ("supplement", "purchase-missing")),
        ("2015-03-05", RENT, (), ("refuse", "no-account")),
        ("1960-03-05", RENT, (), ("refuse", "account-gone")),
    ],
)
async def test_a_birth_date_decides_about_a_withdrawal(house, born, form, held, decision):
    decided = await house.judged(WITHDRAWAL, born, form, *held)
    assert (decided.outcome, decided.reasons[0]) == decision


@pytest.mark.parametrize(
    ("born", "outcome", "reason"),
    [
        ("1990-03-17", "approve", "in-time"),
        ("1990-03-05", "supplement", "proof-missing"),
        ("1990-03-08", "refuse", "too-early"),
        ("1990-03-29", "approve", "lapsed"),
        ("1990-04-05", "refuse", "no-permit"),
    ],
)
async def test_a_birth_date_decides_about_an_endorsement(house, born, outcome, reason):
    decided = await house.judged(ENDORSEMENT, born, {"stay": "rent"})
    assert (decided.outcome, decided.reasons) == (outcome, (reason,))


@pytest.mark.parametrize(
    ("born", "changed", "outcome", "reason"),
    [
        ("1990-03-05", {}, "supplement", "place-unproven"),
        ("1990-03-05", {"name": "云帆"}, "supplement", "name-taken"),
        ("1990-03-05", {"name": "中国人"}, "supplement", "name-forbidden"),
        ("1990-03-31", {}, "refuse", "barred"),
        ("2015-03-05", {}, "refuse", "under-age"),
    ],
)
async def test_a_birth_date_and_a_name_decide_about_a_trader(house, born, changed, outcome, reason):
    decided = await house.judged(TRADER, born, SHOP | changed)
    assert (decided.outcome, decided.reasons) == (outcome, (reason,))


async def test_a_home_on_file_proves_the_premises(house):
    person = await house.somebody("1990-03-17")
    found = await house.departments["housing"].property_of(person.name, person.number.value, "")
    form = SHOP | {"place": found.rents[0].place}
    decided = house.decide(TRADER, form, await house.found(TRADER, person, form))
    assert (decided.outcome, decided.reasons) == ("approve", ("registrable",))


async def test_a_registration_gives_one_valid_code_for_one_key(house):
    person, key = await house.somebody("1990-03-05"), uuid4()
    tries = await asyncio.gather(
        *(house.step(TRADER, "register", person, SHOP, key=key) for _ in range(4))
    )
    assert len({one.code for one in tries}) == 1
    assert organisation.parse(tries[0].code) == tries[0].code
    assert tries[0].code[:2] == "92"  # GB 32100-2015: market regulation, a sole trader
    other = await house.step(TRADER, "register", person, SHOP)
    assert other.code != tries[0].code


async def test_a_name_taken_meanwhile_is_refused_by_the_office(house):
    person = await house.somebody("1990-03-05")
    with pytest.raises(OfficeRefused):
        await house.step(TRADER, "register", person, SHOP | {"name": "云帆"})


async def test_an_endorsement_adds_one_year_for_one_key(house):
    person, key, form = await house.somebody("1990-03-17"), uuid4(), {"stay": "rent"}
    before = await house.found(ENDORSEMENT, person, form)
    done = [
        await house.step(ENDORSEMENT, "endorse", person, form, key=key, findings=before)
        for _ in range(3)
    ]
    assert len({(one.number, one.until) for one in done}) == 1
    after = await house.found(ENDORSEMENT, person, form)
    assert after["permit"].until == done[0].until
    assert after["permit"].until.year == before["permit"].until.year + 1
    assert house.decide(ENDORSEMENT, form, after).reasons == ("too-early",)


async def test_money_is_paid_out_once_for_one_key_and_the_balance_shows_it(house):
    person, key = await house.somebody("1990-03-10"), uuid4()
    form = RENT | {"purpose": "purchase"}
    before = await house.found(WITHDRAWAL, person, form)

    async def pay(key: UUID) -> Any:
        return await house.step(WITHDRAWAL, "pay", person, form, key=key, findings=before)

    paid = await asyncio.gather(*(pay(key) for _ in range(4)))
    assert len({one.number for one in paid}) == 1
    assert paid[0].amount == form["amount"]
    after = await house.found(WITHDRAWAL, person, form)
    assert after["account"].balance == before["account"].balance - form["amount"]
    assert paid[0].balance == after["account"].balance
    assert after["account"].withdrawn == after["account"].day


async def test_approved_without_findings_is_not_paid(house):
    person = await house.somebody("1990-03-10")
    with pytest.raises(OfficeRefused):
        await house.step(WITHDRAWAL, "pay", person, RENT, findings={})


@pytest.mark.parametrize("office", ["housing", "civil-affairs", "public-security"])
@pytest.mark.parametrize(
    ("fault", "problem"),
    [("error", "department-failed"), ("closed", "department-closed")],
)
async def test_a_bad_day_of_an_office_is_a_problem_and_never_a_finding(
    house, healthy_sandbox, office, fault, problem
):
    """None of them is taken for "nothing found": no home, not married, no permit."""
    id = ENDORSEMENT if office == "public-security" else WITHDRAWAL
    form = {"stay": "rent"} if id == ENDORSEMENT else RENT
    person = await house.somebody("1990-03-17")
    plan = house.catalogue.service(id).plan
    name = next(one.name for one in plan.steps if one.department.id == office)
    await healthy_sandbox.fault(office, fault)
    with pytest.raises(Problem) as raised:
        await house.step(id, name, person, form)
    assert raised.value.code == problem
