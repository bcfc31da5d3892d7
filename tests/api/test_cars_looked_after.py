"""Cars are looked after in their office's hours, each in its turn, and reports outlive a car."""

import json
from typing import Any

import pytest
from tortoise.connection import get_connection

from identity.models import AuditEvent
from services.cars import jobs
from services.cars.jobs import Looking, forget_old, look_at_due
from services.cars.office import keeper
from services.models import Car, CarRequest
from tests.support.cars import (
    Owner,
    an_owner,
    an_owner_asked_by_nobody,
    ask,
    change_vehicles,
    code_of,
    days_later,
    looked_after_long_ago,
    registered,
    requests_of,
)
from tests.support.http import Api
from tests.support.office_hours import closed
from tests.support.sandbox import Sandbox

_LOOKS = """
    SELECT payload, execute_after > now() + interval '1 hour' AS later FROM pgqueuer
    WHERE entrypoint = 'check-car' ORDER BY id
"""


@pytest.fixture
async def owner(api: Api, healthy_sandbox: Sandbox) -> Owner:
    return await an_owner_asked_by_nobody(api)


async def looks_at(number: str) -> list[bool]:
    """The jobs that look after this car; True: not within an hour."""
    row = await Car.get(number=number)
    found: list[dict[str, Any]] = await get_connection("default").execute_query_dict(_LOOKS)
    return [one["later"] for one in found if json.loads(one["payload"])["car"] == str(row.id)]


async def test_a_closed_office_registers_nothing_and_is_not_asked(api: Api, owner: Owner):
    with closed(api.parts.departments["transport"]):
        refused = await owner.send(api, "POST", "/v1/cars", {"plate": owner.plate})
    assert (refused.status, refused.code) == (503, "department-closed")
    assert "交通运输局" in refused.body["detail"] and int(refused.headers["Retry-After"]) > 0
    mine = AuditEvent.filter(resident_id=owner.signed.resident, event="car:checked")
    assert not await mine.exists()


async def test_a_closed_office_is_asked_when_it_opens(api: Api, owner: Owner):
    number = await registered(api, owner)
    code = await code_of(api, owner, number)
    await change_vehicles(api, owner.person, sold=True)
    await looked_after_long_ago(number)
    ground, row = api.parts.ground, await Car.get(number=number)
    looking = Looking(ground.vault, api.parts.residents, keeper(ground.departments))
    with closed(api.parts.departments["transport"]):
        await looking.check_one({"car": str(row.id)})
    assert (await Car.get(number=number)).state == "living"
    assert await looks_at(number) == [True]
    await look_at_due({})
    assert (await ask(api, "messages", code)).status == 201
    assert await looks_at(number) == [True]  # neither begins a second one
    await looking.check_one({"car": str(row.id)})
    assert (await Car.get(number=number)).state == "ended"


async def test_however_many_fail_everybody_elses_car_is_looked_after(
    api: Api, owner: Owner, monkeypatch: pytest.MonkeyPatch
):
    """The eldest come first; those that nobody answers for are not begun again at once."""
    other = await an_owner(api, phone=False)
    numbers = [await registered(api, one) for one in (owner, other)]
    for number in numbers:
        await looked_after_long_ago(number)
    monkeypatch.setattr(jobs, "AT_ONCE", 1)
    for _ in range(2):
        await look_at_due({})
    assert [await looks_at(number) for number in numbers] == [[False], [False]]


async def test_a_report_outlives_the_car_it_was_made_for(api: Api, owner: Owner):
    """Else whoever was reported would be free again as soon as the owner takes the car off."""
    number = await registered(api, owner)
    assert (await ask(api, "messages", await code_of(api, owner, number))).status == 201
    (asked,) = await requests_of(api, owner, number)
    place = f"/v1/cars/{number}/requests/{asked['id']}/report"
    await owner.send(api, "POST", place, {"why": "prank"})
    await owner.send(api, "POST", f"/v1/cars/{number}/end", {"why": "taken-off"})
    row = await Car.get(number=number)
    await Car.filter(id=row.id).update(ended_at=row.created_at.replace(year=2020))
    await days_later()
    await forget_old({})
    newer = await registered(api, owner)
    again = await ask(api, "messages", await code_of(api, owner, newer))
    assert (again.status, again.code) == (429, "move-car-too-often")
    await days_later(181)
    await forget_old({})
    assert not await CarRequest.filter(car_id=row.id).exists()
    assert not await Car.filter(id=row.id).exists()
