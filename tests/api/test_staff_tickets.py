"""Tickets over HTTP: read on record, one colleague a ticket, called back before an answer."""

import asyncio
import json

import pytest

from identity.models import AuditEvent
from services.models import Ticket
from tests.support.cases import FUND, Applicant, a_ticket, an_applicant
from tests.support.http import Api
from tests.support.staff import Desk, at_work, room_of

WORDS = "页面上的数字和存折不一样"
ROUTES = [
    ("GET", "", None),
    ("POST", "/taking", None),
    ("POST", "/release", None),
    ("POST", "/call", {"outcome": "reached"}),
    ("POST", "/answer", {"answer": "explained", "words": "已说明"}),
]


@pytest.fixture(scope="module")
async def listener(api: Api) -> Desk:
    return await at_work(api, "listener", departments=[FUND])


@pytest.fixture
async def applicant(api: Api) -> Applicant:
    return await an_applicant(api)


def named(route: tuple[str, str, object]) -> str:
    return f"{route[0]} {route[1] or '/'}"


async def tried(who: Desk, number: str, route: tuple[str, str, object]) -> tuple[int, str | None]:
    method, path, body = route
    sent = {"json": body} if body is not None else {}
    answer = await who.send(method, f"/staff/tickets/{number}{path}", **sent)
    return answer.status, answer.code


@pytest.mark.parametrize("route", ROUTES, ids=named)
async def test_a_ticket_of_another_department_is_not_there(api: Api, applicant, route):
    number = await a_ticket(api, applicant, "complaint", WORDS)
    assert await tried(await elsewhere(api), number, route) == (404, "ticket-missing")


@pytest.mark.parametrize("route", ROUTES, ids=named)
async def test_nobody_answers_their_own(api: Api, route):
    desk, mine = await somebody_who_lives_here(api)
    await Ticket.filter(resident_id=mine.resident).delete()  # one is open at a time
    number = await a_ticket(api, mine, "complaint", WORDS)
    assert await tried(desk, number, route) == (403, "staff-not-oneself")
    listed = (await desk.send("GET", "/staff/tickets")).body["tickets"]
    assert number not in [one["number"] for one in listed]


async def test_the_list_holds_nothing_of_the_residents_own(api: Api, listener: Desk, applicant):
    number = await a_ticket(api, applicant, "complaint", WORDS)
    answer = await listener.send("GET", "/staff/tickets")
    assert number in answer.raw.decode() and WORDS not in answer.raw.decode()


async def test_one_is_read_on_record_with_role_and_department(
    api: Api, listener: Desk, applicant: Applicant
):
    number = await a_ticket(api, applicant, "complaint", WORDS)
    opened = await listener.send("GET", f"/staff/tickets/{number}")
    assert opened.body["words"] == WORDS and opened.body["may"] == ["take"]
    assert opened.body["phone"] is None and opened.body["must_call"]
    assert await AuditEvent.filter(resident_id=applicant.resident, event="ticket:read").exists()
    signed = await api.sign_in(resident=applicant.resident)
    happened = (await api.get("/v1/me/activity", signed.access)).body["events"]
    (read,) = [one for one in happened if one["event"] == "ticket:read"]
    assert read["actor"] == "工作人员（住房公积金管理中心，评价与投诉）"
    assert listener.who["name"] not in json.dumps(happened, ensure_ascii=False)


async def test_two_windows_never_take_one_ticket(api: Api, listener: Desk, applicant: Applicant):
    number = await a_ticket(api, applicant, "complaint", WORDS)
    lead = await at_work(api, "case-lead", departments=[FUND])
    answers = await asyncio.gather(
        *(one.post(f"/staff/tickets/{number}/taking") for one in (listener, lead))
    )
    assert sorted(one.status for one in answers) == [204, 409]
    assert {one.code for one in answers if one.status == 409} == {"ticket-taken"}


async def test_it_is_called_back_about_and_then_answered(
    api: Api, listener: Desk, applicant: Applicant
):
    number = await a_ticket(api, applicant, "complaint", WORDS)
    path = f"/staff/tickets/{number}"
    answer = {"answer": "put-right", "words": "已更正"}
    assert (await listener.post(f"{path}/answer", answer)).code == "ticket-moved"
    await listener.post(f"{path}/taking")
    early = await listener.post(f"{path}/answer", answer)
    assert (early.status, early.code) == (409, "call-back-needed")
    assert (await listener.post(f"{path}/call", {"outcome": "not-reached"})).status == 204
    wrong = await listener.post(f"{path}/answer", {"answer": "no-matter", "words": "已更正"})
    assert wrong.code == "ticket-answer-invalid"
    assert (await listener.post(f"{path}/answer", answer)).status == 204
    shown = (await listener.send("GET", path)).body
    assert (shown["state"], shown["told"], shown["call_back"]) == ("answered", "已更正", "没有打通")


_known: dict[str, Desk] = {}
_own: list[tuple[Desk, Applicant]] = []


async def elsewhere(api: Api) -> Desk:
    if "elsewhere" not in _known:
        _known["elsewhere"] = await at_work(api, "listener", departments=["transport"])
    return _known["elsewhere"]


async def somebody_who_lives_here(api: Api) -> tuple[Desk, Applicant]:
    if not _own:
        mine = await an_applicant(api)
        hired = await room_of(api).hire(
            "listener", region="44", document=mine.number, departments=[FUND]
        )
        _own.append((await Desk(api).sign_in(hired), mine))
    return _own[0]
