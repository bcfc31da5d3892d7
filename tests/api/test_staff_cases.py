"""The work queue over HTTP: who sees which case, who may take it, and nobody their own."""

import asyncio
from collections.abc import Mapping
from datetime import date, timedelta
from uuid import uuid4

import pytest

from services.clocks import today
from services.models import Application
from tests.support.cases import (
    FUND,
    GUANGZHOU,
    HOUSING,
    Applicant,
    a_case,
    a_draft,
    an_applicant,
    due,
)
from tests.support.http import Api
from tests.support.staff import Desk, at_work, room_of

STEP = {"version": 0}
EVERY_ROUTE: list[tuple[str, str, Mapping[str, object] | None]] = [
    ("GET", "", None),
    ("GET", f"/materials/{uuid4()}", None),
    ("POST", "/taking", None),
    ("POST", "/release", None),
    ("POST", "/acceptance", STEP),
    ("POST", "/supplement", {**STEP, "wanted": ["rent-contract"], "words": "请补充合同"}),
    ("POST", "/decision", {**STEP, "outcome": "approve", "reasons": []}),
    ("POST", "/repetition", STEP),
    ("POST", "/escalation", {**STEP, "words": "请组长看看"}),
    ("GET", "/colleagues", None),
    ("POST", "/assignment", {"colleague": str(uuid4())}),
]
FOR_LEADS = {"/colleagues", "/assignment"}
_desks: dict[tuple[str, ...], Desk] = {}


def named(route: tuple[str, str, object]) -> str:
    return f"{route[0]} {route[1].partition('/materials/')[0] or '/'}"


async def desk(api: Api, role: str = "caseworker", region: str = "44", *at: str) -> Desk:
    """One a kind for this file: hashing passwords is slow on purpose."""
    key = (role, region, *at)
    if key not in _desks:
        _desks[key] = await at_work(api, role, region=region, departments=at or (FUND,))
    return _desks[key]


@pytest.fixture(scope="module")
async def applicant(api: Api) -> Applicant:
    return await an_applicant(api)


async def listed(who: Desk, query: str = "") -> list[str]:
    """Every page; no case stands on two."""
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        path = f"/staff/cases{query or '?'}&cursor={cursor}".replace("?&", "?")
        answer = await who.send("GET", path)
        assert answer.status == 200, answer.body
        found += [one["number"] for one in answer.body["cases"]]
        cursor = answer.body["next"]
    assert len(found) == len(set(found))
    return found


async def tried(who: Desk, number: str, route: tuple[str, str, object]) -> tuple[int, str | None]:
    method, path, body = route
    sent = {"json": body} if body is not None else {}
    answer = await who.send(method, f"/staff/cases/{number}{path}", **sent)
    return answer.status, answer.code


def role_for(route: tuple[str, str, object]) -> str:
    return "case-lead" if route[1] in FOR_LEADS else "caseworker"


@pytest.mark.parametrize("route", EVERY_ROUTE, ids=named)
async def test_a_case_of_another_department_is_not_there(api: Api, applicant, route):
    number = await a_case(api, applicant)
    elsewhere = await desk(api, role_for(route), "44", "transport", "social-insurance")
    assert await tried(elsewhere, number, route) == (404, "case-missing")


@pytest.mark.parametrize("route", EVERY_ROUTE, ids=named)
async def test_a_case_of_another_region_is_not_there(api: Api, applicant, route):
    number = await a_case(api, applicant)
    elsewhere = await desk(api, role_for(route), "4403")
    assert await tried(elsewhere, number, route) == (404, "case-missing")


@pytest.mark.parametrize("route", EVERY_ROUTE, ids=named)
@pytest.mark.parametrize("as_agent", [False, True], ids=["their own", "as an agent"])
async def test_nobody_works_on_what_is_their_own(api: Api, route, as_agent: bool):
    one = await own_desk(api, role_for(route))
    if as_agent:
        number = await a_case(api, await an_applicant(api), agent_id=one.mine.resident)
    else:
        number = await a_case(api, one.mine)
    assert await tried(one.desk, number, route) == (403, "staff-not-oneself")
    assert number not in await listed(one.desk)


@pytest.mark.parametrize("route", EVERY_ROUTE, ids=named)
async def test_a_draft_is_its_residents_alone(api: Api, applicant, route):
    number = await a_draft(api, applicant)
    await Application.filter(number=number).update(waits_for="staff", promised_on=today())
    here = await desk(api, role_for(route))
    assert await tried(here, number, route) == (404, "case-missing")
    assert number not in await listed(here, "?state=submitted")


@pytest.mark.parametrize(
    "route", [one for one in EVERY_ROUTE if one[1] not in {*FOR_LEADS, "/taking"}], ids=named
)
async def test_nobody_works_on_a_case_that_a_colleague_has(api: Api, applicant, route):
    number = await a_case(api, applicant)
    other = await desk(api, "caseworker", "4401")
    assert (await tried(other, number, ("POST", "/taking", None)))[0] == 204
    status, code = await tried(await desk(api), number, route)
    assert (status, code) == (403, "case-not-held")


@pytest.mark.parametrize("route", [one for one in EVERY_ROUTE if one[1] in FOR_LEADS], ids=named)
async def test_a_caseworker_hands_nothing_out(api: Api, applicant, route):
    number = await a_case(api, applicant)
    assert await tried(await desk(api), number, route) == (403, "staff-role-missing")


async def test_who_has_no_department_sees_nothing(api: Api, applicant):
    await a_case(api, applicant)
    nowhere = await at_work(api, "caseworker", region="44")
    assert await listed(nowhere) == []
    assert (await nowhere.post("/staff/cases/next", {})).body == {"number": None}


async def test_the_queue_holds_nothing_of_the_residents_own(api: Api, applicant):
    number = await a_case(api, applicant)
    answer = await (await desk(api)).send("GET", "/staff/cases")
    assert number in answer.raw.decode()
    assert applicant.name not in answer.raw.decode()
    assert str(applicant.resident) not in answer.raw.decode()


async def test_departments_of_steps_see_it_too_and_a_case_without_a_region_is_everybodys(
    api: Api, applicant
):
    number = await a_case(api, applicant, region="")
    for department in (FUND, HOUSING):
        assert number in await listed(await desk(api, "caseworker", "4403", department))


async def test_cases_are_narrowed_by_state_region_department_and_due_day(api: Api, applicant):
    here = await desk(api, "caseworker", "44", FUND)
    old, new = await a_case(api, applicant), await a_case(api, applicant, submitted=True)
    await due(old, today() - timedelta(days=4))
    await due(new, date(2099, 1, 1))
    assert old in await listed(here, "?due=late") and new not in await listed(here, "?due=late")
    assert new in await listed(here, "?state=submitted")
    assert old not in await listed(here, "?state=submitted")
    assert old in await listed(here, f"?region={GUANGZHOU}&department={FUND}")
    assert old not in await listed(here, "?region=4403")
    assert old not in await listed(here, f"?department={HOUSING}")
    order = await listed(here)
    assert order.index(old) < order.index(new)


@pytest.mark.parametrize(
    "query", ["?state=draft", "?state=x", "?due=x", "?region=4", "?more=1", "?cursor=x"]
)
async def test_a_question_that_is_none_is_refused(api: Api, query: str):
    answer = await (await desk(api)).send("GET", f"/staff/cases{query}")
    assert answer.status == 422


async def test_many_cases_are_read_page_by_page(api: Api, applicant):
    here = await desk(api)
    made = [await a_case(api, applicant, region="440106") for _ in range(53)]
    first = await here.send("GET", "/staff/cases?region=440106")
    assert len(first.body["cases"]) == 50 and first.body["next"]
    assert sorted(await listed(here, "?region=440106")) == sorted(made)


async def test_two_windows_never_take_one_case(api: Api, applicant):
    """Eight windows, five cases, all at once: each case has one holder, nobody has two."""
    await Application.all().update(staff_id=uuid4())
    cases = {await a_case(api, applicant) for _ in range(5)}
    windows = [await at_work(api, "caseworker", departments=[FUND]) for _ in range(8)]
    answers = await asyncio.gather(*(one.post("/staff/cases/next", {}) for one in windows))
    taken = [one.body["number"] for one in answers if one.body["number"]]
    assert sorted(taken) == sorted(cases)
    held = {one.number: str(one.staff_id) for one in await Application.filter(number__in=cases)}
    assert len(set(held.values())) == 5


async def test_of_two_who_take_the_same_case_one_is_told(api: Api, applicant):
    number = await a_case(api, applicant)
    windows = [await desk(api), await desk(api, "caseworker", "4401"), await desk(api, "case-lead")]
    path = f"/staff/cases/{number}/taking"
    answers = await asyncio.gather(*(one.post(path) for one in windows))
    assert sorted(one.status for one in answers) == [204, 409, 409]
    assert {one.code for one in answers if one.status == 409} == {"case-taken"}
    holder = next(who for who, one in zip(windows, answers, strict=True) if one.status == 204)
    assert (await holder.post(path)).status == 204
    assert number in await listed(holder, "?mine=true")


async def test_a_case_given_back_waits_for_anybody(api: Api, applicant):
    number = await a_case(api, applicant)
    here = await desk(api)
    await here.post(f"/staff/cases/{number}/taking")
    assert number not in await listed(here)
    assert (await here.post(f"/staff/cases/{number}/release")).status == 204
    assert number in await listed(here)
    again = await here.post(f"/staff/cases/{number}/release")
    assert (again.status, again.code) == (409, "case-not-waiting")


@pytest.mark.parametrize("waits", ["you", "rules", ""])
async def test_what_does_not_wait_for_staff_is_not_taken(api: Api, applicant, waits: str):
    number = await a_case(api, applicant, waits_for=waits)
    here = await desk(api)
    assert number not in await listed(here)
    assert await tried(here, number, ("POST", "/taking", None)) == (409, "case-not-waiting")


async def test_a_lead_sees_what_is_late_and_gives_it_to_a_colleague(api: Api, applicant):
    lead, worker = await desk(api, "case-lead"), await desk(api)
    number = await a_case(api, applicant)
    await due(number, today() - timedelta(days=1))
    other = await desk(api, "caseworker", "4401")
    await other.post(f"/staff/cases/{number}/taking")
    assert number in await listed(lead, "?due=late")
    path = f"/staff/cases/{number}"
    offered = (await lead.send("GET", f"{path}/colleagues")).body["colleagues"]
    chosen = [one for one in offered if one["login"] == worker.who["login"]]
    assert chosen and chosen[0]["name"]
    sent = {"colleague": chosen[0]["id"]}
    assert (await lead.post(f"{path}/assignment", sent)).status == 204
    assert number in await listed(worker, "?mine=true")
    assert number not in await listed(other, "?mine=true")


async def test_a_colleague_elsewhere_or_whose_own_it_is_does_not_get_it(api: Api, applicant):
    lead = await desk(api, "case-lead")
    own = await own_desk(api, "caseworker")
    number = await a_case(api, own.mine)
    unfit = [
        await desk(api, "caseworker", "4403"),
        await desk(api, "caseworker", "44", "transport"),
    ]
    for one in (*unfit, own.desk):
        sent = {"colleague": one.who["id"]}
        answer = await lead.post(f"/staff/cases/{number}/assignment", sent)
        assert (answer.status, answer.code) == (422, "colleague-unfit")
    for nobody in (str(uuid4()), "x" * 36):
        answer = await lead.post(f"/staff/cases/{number}/assignment", {"colleague": nobody})
        assert answer.code == "colleague-unfit"


class OwnDesk:
    """Somebody of staff who is a resident here too."""

    def __init__(self, at: Desk, mine: Applicant):
        self.desk, self.mine = at, mine


_own: dict[str, OwnDesk] = {}


async def own_desk(api: Api, role: str) -> OwnDesk:
    if role not in _own:
        mine = await an_applicant(api)
        hired = await room_of(api).hire(role, region="44", document=mine.number, departments=[FUND])
        _own[role] = OwnDesk(await Desk(api).sign_in(hired), mine)
    return _own[role]
