"""Reports of move-car before staff: nobody's plate or name, settled once, and what follows."""

import asyncio
from contextvars import copy_context
from datetime import UTC, datetime
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from identity.models import AuditEvent
from identity.person import IdNumber
from services.cars import limits
from services.models import Car, CarRequest
from tests.support.cars import (
    HERE,
    Owner,
    an_owner,
    ask,
    code_of,
    days_later,
    registered,
    requests_of,
    told,
)
from tests.support.desk import Reader
from tests.support.http import Api
from tests.support.log_capture import personal
from tests.support.staff import Desk, at_work, room_of
from tests.support.waiters import until_it_waits

WAITING = "/staff/car-reports"
WORDS = personal("已核实，对方多次无故扫码")
UPHELD, UNFOUNDED = ({"outcome": one, "words": WORDS} for one in ("upheld", "unfounded"))


@pytest.fixture(scope="module")
async def listener(api: Api) -> Desk:
    return await at_work(api, "listener", departments=["transport"])


async def reported(api: Api, owner: Owner, why: str = "harassment") -> str:
    """Somebody from HERE asked this owner, who reported it; the request's id."""
    number = await registered(api, owner)
    asked = await ask(api, "messages", await code_of(api, owner, number))
    assert asked.status == 201, asked.body
    (request,) = await requests_of(api, owner, number)
    place = f"/v1/cars/{number}/requests/{request['id']}/report"
    assert (await owner.send(api, "POST", place, {"why": why})).status == 204
    return request["id"]


async def settled(desk: Desk, id: str, body: Any = UPHELD) -> tuple[int, str | None]:
    answer = await desk.post(f"{WAITING}/{id}/settlement", body)
    return answer.status, answer.code


async def listed(desk: Desk, query: str = "") -> dict[str, dict[str, Any]]:
    """By id."""
    answer = await desk.send("GET", f"{WAITING}{query}")
    assert answer.status == 200, answer.body
    return {one["id"]: one for one in answer.body["reports"]}


async def test_reports_are_their_departments_alone(api: Api, owner: Owner):
    id = await reported(api, owner)
    other = await at_work(api, "listener", "case-lead", departments=["tax"])
    assert await listed(other) == {}
    assert await settled(other, id) == (404, "car-report-missing")


async def test_nobody_sees_or_settles_a_report_of_their_own(api: Api, owner: Owner):
    id, mine = await reported(api, owner), IdNumber(personal(owner.person.number))
    desk = await at_work(api, "case-lead", departments=["transport"], document=mine)
    assert id not in await listed(desk)
    assert await settled(desk, id) == (403, "staff-not-oneself")


async def test_what_nobody_reported_is_no_report(api: Api, owner: Owner, code: str, listener: Desk):
    assert (await ask(api, "messages", code)).status == 201
    row = await CarRequest.all().order_by("-created_at").first()
    assert row and await listed(listener) == {}
    for id in (row.id, "no-id"):
        assert await settled(listener, str(id)) == (404, "car-report-missing")


@pytest.mark.parametrize(
    "body", [{}, {"outcome": "upheld", "words": " "}, UPHELD | {"outcome": "x"}]
)
async def test_an_outcome_of_the_list_and_words_are_needed(
    api: Api, owner: Owner, listener: Desk, body: Any
):
    id = await reported(api, owner)
    assert (await settled(listener, id, body))[0] == 422
    assert (await listed(listener))[id]["settled_at"] is None


async def test_the_list_tells_neither_plate_nor_owner_nor_caller(
    api: Api, owner: Owner, listener: Desk
):
    id = await reported(api, owner, "prank")
    answer = await listener.send("GET", WAITING)
    (found,) = answer.body["reports"]
    assert (found["id"], found["why"], found["why_title"]) == (id, "prank", "恶作剧")
    assert (found["kind"], found["reason"], found["owners"]) == ("message", "in-the-way", 1)
    assert [one["code"] for one in answer.body["outcomes"]] == ["upheld", "unfounded"]
    row = await CarRequest.get(id=id)
    car, said = await Car.get(id=row.car_id), answer.raw.decode()
    hidden = (owner.plate, owner.person.name, owner.person.number, car.number, str(car.id))
    for secret in (*hidden, str(car.resident_id), row.caller, row.secret, HERE):
        assert secret not in said


async def test_the_owner_is_told_and_reads_the_words_that_are_kept_sealed(
    api: Api, owner: Owner, listener: Desk
):
    id = await reported(api, owner)
    assert await settled(listener, id) == (204, None)
    row = await CarRequest.get(id=id)
    assert row.told_sealed and WORDS.encode() not in bytes(row.told_sealed)
    assert (await told(owner))[-1] == "car-report-settled"
    car = await Car.get(id=row.car_id)
    (shown,) = await requests_of(api, owner, car.number)
    assert shown["settled"]["title"] == "举报属实" and shown["settled"]["words"] == WORDS  # type: ignore[index]
    assert id not in await listed(listener)
    assert (await listed(listener, "?settled=true"))[id]["outcome"] == "upheld"


async def test_the_owner_sees_in_which_role_it_was_settled_and_not_by_whom(
    api: Api, owner: Owner, listener: Desk
):
    await settled(listener, await reported(api, owner))
    happened = (await owner.send(api, "GET", "/v1/me/activity")).body["events"]
    (seen,) = [one for one in happened if one["event"] == "car:report-settled"]
    assert seen["actor"] == "工作人员（交通运输局，评价与投诉）"
    assert listener.who["name"] not in str(happened)
    mine = AuditEvent.filter(resident_id=owner.signed.resident, event="car:report-settled")
    assert await mine.count() == 1


async def test_colleagues_at_once_settle_it_once(api: Api, owner: Owner, listener: Desk):
    id = await reported(api, owner)
    bodies = [UPHELD, UNFOUNDED] * 4
    answers = await asyncio.gather(*(settled(listener, id, one) for one in bodies))
    assert sorted(answers) == [(204, None)] + [(409, "car-report-settled")] * 7
    assert (await told(owner)).count("car-report-settled") == 1


async def test_an_owner_who_answers_at_that_moment_undoes_no_settlement(
    api: Api, owner: Owner, listener: Desk
):
    id = await reported(api, owner)
    row = await CarRequest.get(id=id)
    number = (await Car.get(id=row.car_id)).number
    place, outside = f"/v1/cars/{number}/requests/{id}/answer", copy_context()
    async with in_transaction() as connection:
        mine = CarRequest.filter(id=id).using_db(connection)
        await mine.update(outcome="upheld", settled_at=datetime.now(UTC))
        answering = asyncio.create_task(
            owner.send(api, "POST", place, {"answer": "moved"}), context=outside
        )
        await until_it_waits(connection, answering)
    assert (await answering).status == 204
    row = await CarRequest.get(id=id)
    assert (row.answer, row.outcome, row.settled_at is None) == ("moved", "upheld", False)
    assert await settled(listener, id) == (409, "car-report-settled")


async def test_what_stands_holds_the_caller_back_and_what_was_unfounded_does_not(
    api: Api, owner: Owner, listener: Desk
):
    id = await reported(api, owner)
    code = await code_of(api, owner, (await Car.get(resident_id=owner.signed.resident)).number)
    await days_later()
    assert (await ask(api, "messages", code)).code == "move-car-too-often"
    await settled(listener, id, UNFOUNDED)
    assert (await ask(api, "messages", code)).status == 201
    await CarRequest.filter(id=id).update(outcome="upheld")
    await days_later()
    assert (await ask(api, "messages", code)).code == "move-car-too-often"


async def test_it_tells_whom_three_owners_keep_from_everybody(
    api: Api, owner: Owner, code: str, listener: Desk
):
    ids = [await reported(api, await an_owner(api, phone=False)) for _ in range(3)]
    assert len(ids) == limits.REPORTS_OF_ALL
    await days_later()
    found = await listed(listener)
    assert {(found[id]["owners"], found[id]["barred"]) for id in ids} == {(3, True)}
    assert (await ask(api, "messages", code)).code == "move-car-too-often"
    await settled(listener, ids[0], UNFOUNDED)
    assert (await listed(listener))[ids[1]]["owners"] == 2
    assert (await ask(api, "messages", code)).status == 201


async def test_a_report_is_settled_at_its_page(api: Api, owner: Owner):
    """Drawn by the server: what is refused keeps the words, what is done is said."""
    id = await reported(api, owner)
    hired = await room_of(api).hire("listener", departments=["transport"])
    reader = await Reader.signed_in(api, hired)
    sheet = await reader.open("car-reports")
    assert sheet.status == 200 and id in sheet.text
    sheet = await reader.send(sheet.address, sheet.hidden("settle") | {"key": id, "words": WORDS})
    assert sheet.status == 422 and sheet.text.count(WORDS) == 1
    given = {"key": id, "outcome": "upheld", "words": WORDS}
    sheet = await reader.send(sheet.address, sheet.hidden("settle") | given)
    assert sheet.said.startswith("已处理") and id not in sheet.text
    assert id in (await reader.open("car-reports?view=settled")).text
