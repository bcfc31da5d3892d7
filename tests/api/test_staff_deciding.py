"""Who decides a case: the department that answers for it, and nobody who is near its resident."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from identity.models import Guardianship, Mandate
from services.clocks import today
from services.models import Application
from tests.support.cases import FUND, HOUSING, Applicant, a_case, a_ticket, an_applicant, version_of
from tests.support.http import Api
from tests.support.staff import Desk, at_work, room_of

DECIDING = [
    ("acceptance", {}),
    ("supplement", {"wanted": ["rent-contract"], "words": "请补充合同"}),
    ("decision", {"outcome": "approve", "reasons": []}),
]


@pytest.fixture(scope="module")
async def applicant(api: Api) -> Applicant:
    return await an_applicant(api)


@pytest.fixture(scope="module")
async def housing(api: Api) -> Desk:
    """The register has a step in a withdrawal; the fund answers for it."""
    return await at_work(api, "case-lead", "caseworker", departments=[HOUSING])


async def test_a_department_with_a_step_decides_nothing(api: Api, housing: Desk, applicant):
    number = await a_case(api, applicant)
    path = f"/staff/cases/{number}"
    assert (await housing.post(f"{path}/taking")).status == 204
    opened = (await housing.send("GET", path)).body
    assert set(opened["may"]) == {"escalate", "release"}
    for act, body in DECIDING:
        sent = {**body, "version": await version_of(number)}
        answer = await housing.post(f"{path}/{act}", sent)
        assert (answer.status, answer.code) == (403, "case-not-yours"), act
    assert (await Application.get(number=number)).state == "in-review"
    assert (await housing.post(f"{path}/release")).status == 204


async def test_a_lead_of_such_a_department_leads_nothing_of_it(api: Api, housing: Desk, applicant):
    number = await a_case(api, applicant)
    path = f"/staff/cases/{number}"
    fund = await at_work(api, "caseworker", departments=[FUND])
    await fund.post(f"{path}/taking")
    for method, way in (("GET", ""), ("POST", "/release")):
        answer = await housing.send(method, path + way)
        assert (answer.status, answer.code) == (403, "case-not-held")
    assert (await housing.send("GET", f"{path}/colleagues")).code == "case-not-yours"
    given = await housing.post(f"{path}/assignment", {"colleague": housing.who["id"]})
    assert (given.status, given.code) == (403, "case-not-yours")
    await Application.filter(number=number).update(staff_id=None, waits_for="lead")
    assert (await housing.post(f"{path}/taking")).code == "case-not-waiting"
    assert (await housing.post("/staff/cases/next", {})).body == {"number": None}


async def test_nobody_decides_for_their_family_or_whom_they_act_for(api: Api):
    """Their child, their guardian, and both sides of a mandate; not once it has ended."""
    mine = await an_applicant(api)
    hired = await room_of(api).hire(
        "caseworker", "listener", region="44", document=mine.number, departments=[FUND]
    )
    desk = await Desk(api).sign_in(hired)
    near = [await an_applicant(api) for _ in range(4)]
    child, guardian, principal, agent = (one.resident for one in near)
    rows = [
        await _guardianship(mine.resident, child),
        await _guardianship(guardian, mine.resident),
        await _mandate(principal, mine.resident),
        await _mandate(mine.resident, agent),
    ]
    numbers = [await a_case(api, one) for one in near]
    tickets = [await a_ticket(api, one, "complaint", "请看一下") for one in near]
    paths = [f"/staff/cases/{number}" for number in numbers]
    paths += [f"/staff/tickets/{number}" for number in tickets]
    for path in paths:
        answer = await desk.post(f"{path}/taking")
        assert (answer.status, answer.code) == (403, "staff-not-oneself"), path
    for kind in ("cases", "tickets"):
        shown = (await desk.send("GET", f"/staff/{kind}")).raw.decode()
        assert not [number for number in (*numbers, *tickets) if number in shown]
    for row in rows:
        row.ended_at = datetime.now(UTC)
        await row.save()
    for path in paths:
        assert (await desk.post(f"{path}/taking")).status == 204, path


async def _guardianship(guardian: UUID, ward: UUID) -> Guardianship:
    return await Guardianship.create(
        id=uuid4(), guardian_id=guardian, ward_id=ward, ward=uuid4().hex, ward_name_sealed=b"x",
        ends_on=today() + timedelta(days=900),
    )  # fmt: skip


async def _mandate(principal: UUID, agent: UUID) -> Mandate:
    return await Mandate.create(
        id=uuid4(), principal_id=principal, agent_id=agent, agent=uuid4().hex,
        agent_name_sealed=b"x", services="*", starts_on=today(),
        ends_on=today() + timedelta(days=90), state="active",
    )  # fmt: skip
