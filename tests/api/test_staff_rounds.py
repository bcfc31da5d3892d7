"""The round of the desks: what is late goes to a lead, what nobody may finish goes back."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tortoise.expressions import Q

from identity.models import StaffAccount
from services.applications.jobs import SCHEDULES, handlers
from services.applications.rounds import JOB
from services.clocks import today
from services.models import Application, ApplicationEvent
from tests.support.cases import FUND, Applicant, a_case, an_applicant, due, version_of
from tests.support.http import Api
from tests.support.staff import Desk, at_work, room_of

SHENZHEN, GUANGXI = "440300", "450100"  # a lead covers the former, nobody leads in the latter
YESTERDAY = today() - timedelta(days=1)


@pytest.fixture(scope="module")
async def applicant(api: Api) -> Applicant:
    return await an_applicant(api)


@pytest.fixture(scope="module")
async def lead(api: Api) -> Desk:
    return await at_work(api, "case-lead", region="4403", departments=[FUND])


@pytest.fixture(scope="module")
async def worker(api: Api) -> Desk:
    return await at_work(api, "caseworker", region="", departments=[FUND])


async def walked(api: Api, *, times: int = 2) -> None:
    known = handlers(api.parts.ground.vault, api.parts.catalogue, {})
    assert JOB in SCHEDULES
    for _ in range(times):
        await known[JOB]({})


async def late(api: Api, applicant: Applicant, region: str, day: date = YESTERDAY) -> str:
    number = await a_case(api, applicant, region=region)
    await due(number, day)
    return number


async def events(number: str) -> list[str]:
    row = await Application.get(number=number)
    return (
        await ApplicationEvent.filter(~Q(name="to-staff"), application_id=row.id)
        .order_by("id")
        .values_list("name", flat=True)
    )  # type: ignore[return-value]


async def test_what_is_late_and_nobody_has_taken_goes_to_a_lead(api, applicant, lead, worker):
    number = await late(api, applicant, SHENZHEN)
    await walked(api)
    row = await Application.get(number=number)
    assert (row.waits_for, row.staff_id) == ("lead", None)
    assert (await events(number)).count("escalate") == 1
    taking = await worker.post(f"/staff/cases/{number}/taking")
    assert (taking.status, taking.code) == (409, "case-not-waiting")
    listed = (await lead.send("GET", "/staff/cases")).body["cases"]
    (line,) = [one for one in listed if one["number"] == number]
    assert line["late"] and line["waits_for"] == "lead"
    assert (await lead.post("/staff/cases/next", {"region": "4403"})).body == {"number": number}
    opened = (await lead.send("GET", f"/staff/cases/{number}")).body
    assert {"approve", "refuse", "supplement"} <= set(opened["may"])


async def test_what_is_due_today_or_in_somebodys_hands_stays(api, applicant, lead, worker):
    soon = await late(api, applicant, SHENZHEN, today())
    held = await late(api, applicant, SHENZHEN)
    await worker.post(f"/staff/cases/{held}/taking")
    await walked(api)
    rows = await Application.filter(number__in=[soon, held])
    assert {row.waits_for for row in rows} == {"staff"}
    assert held in [
        one["number"] for one in (await lead.send("GET", "/staff/cases?due=late")).body["cases"]
    ]


@pytest.mark.parametrize("waits", ["you", "rules"])
async def test_what_waits_for_somebody_else_is_not_passed_on(api, applicant, lead, waits):
    number = await late(api, applicant, SHENZHEN)
    await Application.filter(number=number).update(waits_for=waits)
    await walked(api)
    assert (await Application.get(number=number)).waits_for == waits


async def test_where_nobody_leads_it_stays_with_the_caseworkers(api, applicant, lead, worker):
    number = await late(api, applicant, GUANGXI)
    await walked(api)
    assert (await Application.get(number=number)).waits_for == "staff"
    assert (await worker.post(f"/staff/cases/{number}/taking")).status == 204
    sent = {"version": await version_of(number), "words": "请组长定"}
    answer = await worker.post(f"/staff/cases/{number}/escalation", sent)
    assert (answer.status, answer.code) == (409, "lead-missing")
    assert (await Application.get(number=number)).staff_id is not None


async def test_a_lead_whose_own_case_it_is_is_none(api, worker):
    mine = await an_applicant(api)
    region = "450200"
    await room_of(api).hire("case-lead", region="4502", document=mine.number, departments=[FUND])
    number = await late(api, mine, region)
    await walked(api)
    assert (await Application.get(number=number)).waits_for == "staff"


@pytest.mark.parametrize("gone", ["disabled", "departments", "region", "role"])
async def test_what_is_held_by_who_no_longer_may_work_on_it_goes_back(api, applicant, gone):
    number = await a_case(api, applicant, region="460100")
    one = await at_work(api, "caseworker", region="46", departments=[FUND])
    assert (await one.post(f"/staff/cases/{number}/taking")).status == 204
    await walked(api)
    assert (await Application.get(number=number)).staff_id is not None
    changed = {
        "disabled": {"disabled_at": datetime(2026, 1, 1, tzinfo=UTC)},
        "departments": {"departments": "transport"},
        "region": {"region": "4602"},
        "role": {"roles": "listener"},
    }
    await StaffAccount.filter(id=one.who["id"]).update(**changed[gone])
    await walked(api)
    row = await Application.get(number=number)
    assert (row.staff_id, row.taken_at, row.waits_for) == (None, None, "staff")
    assert (await events(number))[-2:] == ["take", "give-back"]
