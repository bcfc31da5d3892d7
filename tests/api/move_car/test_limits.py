"""How often a car is asked for: by car, by caller and by the hour, and what a report ends."""

import asyncio

from identity.models import AuditEvent
from services.cars import limits
from tests.support.cars import (
    ELSEWHERE,
    Owner,
    an_owner,
    ask,
    code_of,
    days_later,
    registered,
    requests_of,
    told,
)
from tests.support.http import Api


async def test_a_second_message_waits_for_two_minutes(api: Api, owner: Owner, code: str):
    assert (await ask(api, "messages", code)).status == 201
    again = await ask(api, "messages", code)
    assert (again.status, again.code) == (429, "move-car-too-soon")
    assert 0 < int(again.headers["Retry-After"]) <= limits.GAP.total_seconds()
    assert await told(owner) == ["car-message"]
    assert (await ask(api, "calls", code)).status == 201  # who is not heard may ring at once


async def test_twenty_at_once_are_one_message(api: Api, owner: Owner, code: str):
    answers = await asyncio.gather(*(ask(api, "messages", code) for _ in range(20)))
    assert sorted(one.status for one in answers) == [201] + [429] * 19
    assert await told(owner) == ["car-message"]


async def test_a_car_is_asked_for_six_times_an_hour_however_many_ask(
    api: Api, owner: Owner, code: str
):
    by = [f"203.0.{n}.5" for n in range(limits.OF_A_CAR_AN_HOUR + 1)]
    answers = [await ask(api, "messages", code, by=one) for one in by]
    assert [one.status for one in answers] == [201] * limits.OF_A_CAR_AN_HOUR + [429]
    assert answers[-1].code == "move-car-too-often"
    assert len(await told(owner)) == limits.OF_A_CAR_AN_HOUR


async def test_one_caller_asks_five_owners_an_hour(api: Api, owner: Owner, code: str):
    found = [code]
    for _ in range(limits.OF_A_CALLER_AN_HOUR):
        one = await an_owner(api, phone=False)
        found.append(await code_of(api, one, await registered(api, one)))
    answers = await asyncio.gather(*(ask(api, "messages", one) for one in found))
    assert sorted(one.status for one in answers) == [201] * limits.OF_A_CALLER_AN_HOUR + [429]
    assert {one.code for one in answers if one.status == 429} == {"move-car-too-often"}
    assert (await ask(api, "messages", found[0], by=ELSEWHERE)).status == 201


async def test_who_was_reported_reaches_this_owner_no_more(
    api: Api, owner: Owner, number: str, code: str
):
    """The stranger is not told why: a limit and a report sound the same."""
    await ask(api, "messages", code)
    (asked,) = await requests_of(api, owner, number)
    place = f"/v1/cars/{number}/requests/{asked['id']}/report"
    for _ in range(2):
        assert (await owner.send(api, "POST", place, {"why": "prank"})).status == 204
    await days_later()
    again = await ask(api, "messages", code)
    assert (again.status, again.code) == (429, "move-car-too-often")
    assert (await ask(api, "messages", code, by=ELSEWHERE)).status == 201
    other = await an_owner(api, phone=False)
    theirs = await code_of(api, other, await registered(api, other))
    assert (await ask(api, "messages", theirs)).status == 201
    assert await AuditEvent.filter(event="car:reported").count() == 1


async def test_three_calls_an_hour_and_then_messages(api: Api, owner: Owner, code: str):
    by = [f"203.0.{n}.9" for n in range(limits.CALLS_OF_A_CAR_AN_HOUR + 1)]
    answers = [await ask(api, "calls", code, by=one) for one in by]
    assert [one.status for one in answers] == [201] * limits.CALLS_OF_A_CAR_AN_HOUR + [429]
    assert (await ask(api, "messages", code, by=by[-1])).status == 201


async def test_whom_three_owners_have_reported_reaches_nobody(api: Api, owner: Owner, code: str):
    for _ in range(limits.REPORTS_OF_ALL):
        one = await an_owner(api, phone=False)
        number = await registered(api, one)
        assert (await ask(api, "messages", await code_of(api, one, number))).status == 201
        (asked,) = await requests_of(api, one, number)
        place = f"/v1/cars/{number}/requests/{asked['id']}/report"
        await one.send(api, "POST", place, {"why": "harassment"})
    await days_later()
    assert (await ask(api, "messages", code)).code == "move-car-too-often"
    assert (await ask(api, "messages", code, by=ELSEWHERE)).status == 201
