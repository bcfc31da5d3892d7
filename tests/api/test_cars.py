"""An owner's cars over HTTP: whose a plate is, what is printed, new plates, sales, what is seen."""

import asyncio
import json
import re
from urllib.parse import unquote
from uuid import uuid4

import numpy as np
import pytest
import zxingcpp

from identity.models import AuditEvent
from services.cars.errors import CarNotYours
from services.cars.jobs import Looking, forget_old, look_at_due
from services.cars.office import keeper
from services.models import Car, CarRequest
from tests.support.cars import (
    Owner,
    an_owner,
    ask,
    change_vehicles,
    code_of,
    days_later,
    looked_after_long_ago,
    registered,
    told,
)
from tests.support.http import Api
from tests.support.office_hours import closed
from tests.support.sandbox import Sandbox

NEW_PLATE = "粤AD98765"
MODULE = 8  # pixels of a module


@pytest.fixture
async def owner(api: Api, healthy_sandbox: Sandbox) -> Owner:
    return await an_owner(api)


@pytest.fixture
def looking(api: Api) -> Looking:
    """The worker's job, on this process's parts."""
    ground = api.parts.ground
    return Looking(ground.vault, api.parts.residents, keeper(ground.departments))


async def after_a_look(looking: Looking, number: str) -> Car:
    row = await Car.get(number=number)
    await looking.check_one({"car": str(row.id)})
    return await Car.get(number=number)


async def test_a_strangers_plate_is_not_registered(api: Api, owner: Owner):
    other = await an_owner(api, phone=False)
    refused = await owner.send(api, "POST", "/v1/cars", {"plate": other.plate})
    assert (refused.status, refused.code) == (403, CarNotYours.code)
    assert not await Car.filter(resident_id=owner.signed.resident).exists()


@pytest.mark.parametrize("plate", ["粤A1", "A12345", "粤I12345", "<script>", "粤A12345粤A12345"])
async def test_what_is_no_plate_asks_no_office(api: Api, owner: Owner, plate: str):
    refused = await owner.send(api, "POST", "/v1/cars", {"plate": plate})
    assert (refused.status, refused.code) == (422, "plate-invalid")
    assert not await AuditEvent.filter(resident_id=owner.signed.resident, event="car:checked")


async def test_an_office_that_is_away_registers_nothing(api: Api, owner: Owner):
    await api.sandbox.fault("transport", "error")
    refused = await owner.send(api, "POST", "/v1/cars", {"plate": owner.plate})
    assert (refused.status, refused.code) == (503, "department-failed")
    assert "交通运输局" in refused.body["detail"]
    await api.sandbox.heal()
    api.parts.departments["transport"].circuit.succeeded()
    assert await registered(api, owner)


async def test_nobody_else_sees_or_changes_a_car(api: Api, owner: Owner):
    number, other = await registered(api, owner), await an_owner(api, phone=False)
    for method, path, body in (
        ("GET", "", None),
        ("GET", "/card", None),
        ("POST", "/code", None),
        ("PUT", "/calls", {"calls": False}),
        ("PUT", "/plate", {"plate": other.plate}),
        ("POST", "/end", {"why": "sold"}),
        ("POST", f"/requests/{uuid4()}/answer", {"answer": "moved"}),
        ("POST", f"/requests/{uuid4()}/report", {"why": "prank"}),
    ):
        answer = await other.send(api, method, f"/v1/cars/{number}{path}", body)
        assert (answer.status, answer.code) == (404, "car-missing"), path
    assert (await owner.send(api, "GET", f"/v1/cars/{number}")).body["state"] == "living"


async def test_registered_twice_at_once_it_is_one_car(api: Api, owner: Owner):
    """Pressed twice with one key it is answered twice the same, with two keys refused."""
    send = {"json": {"plate": owner.plate}, "headers": {"Idempotency-Key": "the-same"}}
    answers = await asyncio.gather(
        *(api.send("POST", "/v1/cars", owner.signed.access, **send) for _ in range(4))
    )
    assert {one.status for one in answers} <= {201, 409}
    numbers = {one.body["number"] for one in answers if one.status == 201}
    assert len(numbers) == 1
    again = await owner.send(api, "POST", "/v1/cars", {"plate": owner.plate})
    assert (again.code, again.body["number"]) == ("car-registered-already", numbers.pop())
    assert await Car.filter(resident_id=owner.signed.resident).count() == 1


async def test_the_read_at_the_office_is_on_record_for_the_owner(api: Api, owner: Owner):
    await registered(api, owner)
    events = (await owner.send(api, "GET", "/v1/me/activity")).body["events"]
    checked = [one for one in events if one["event"] == "car:checked"]
    assert checked and checked[0]["purpose"] and not checked[0]["purpose"].startswith("move")


async def test_a_printed_code_opens_nothing_once_it_is_renewed(api: Api, owner: Owner):
    number = await registered(api, owner)
    code = await code_of(api, owner, number)
    assert (await owner.send(api, "POST", f"/v1/cars/{number}/code")).status == 204
    assert (await ask(api, "messages", code)).code == "car-code-unknown"
    assert (await ask(api, "messages", await code_of(api, owner, number))).status == 201


async def test_the_picture_holds_the_address_and_the_code_stands_in_its_fragment(
    api: Api, owner: Owner
):
    """Read by another library than the one that drew it: ZXing."""
    card = (await owner.send(api, "GET", f"/v1/cars/{await registered(api, owner)}/card")).body
    assert card["picture"].startswith("data:image/svg+xml")
    assert read_back(card["picture"]) == card["address"]
    head, _, fragment = card["address"].partition("#")
    assert head == f"{api.settings.public_url}/" and "code=" in fragment


def read_back(picture: str) -> str:
    """The SVG's modules painted black, as a camera would see them."""
    svg = unquote(picture.partition(",")[2]).replace("'", '"')
    side = int(svg.split('width="')[1].split('"')[0]) // MODULE
    seen = np.full((side, side), 255, np.uint8)
    path = re.search(r'\sd="([^"]+)"', svg)
    assert path
    column = row = 0.0
    for command, first, second in re.findall(r"([Mmh])\s*([-\d.]+)(?:[ ,]([-\d.]+))?", path[1]):
        along = float(first)
        if command == "h":
            seen[int(row), int(column) : int(column + along)] = 0
            column += along
        else:
            column = along + (column if command == "m" else 0)
            row = float(second) + (row if command == "m" else 0)
    (found,) = zxingcpp.read_barcodes(seen.repeat(MODULE, 0).repeat(MODULE, 1))
    return str(found.text)


async def test_another_vehicles_plate_is_not_put_on_this_car(api: Api, owner: Owner):
    number, other = await registered(api, owner), await an_owner(api, phone=False)
    await change_vehicles(api, other.person, sold=True, buyer=owner.person.number)
    refused = await owner.send(api, "PUT", f"/v1/cars/{number}/plate", {"plate": other.plate})
    assert (refused.status, refused.code) == (403, "car-not-yours")


async def test_a_new_plate_keeps_the_printed_code(api: Api, owner: Owner):
    number = await registered(api, owner)
    code = await code_of(api, owner, number)
    await change_vehicles(api, owner.person, plate=NEW_PLATE)
    changed = await owner.send(api, "PUT", f"/v1/cars/{number}/plate", {"plate": "粤A·D98765"})
    assert changed.status == 204, changed.body
    assert (await owner.send(api, "GET", f"/v1/cars/{number}")).body["plate"] == NEW_PLATE
    seen = await api.post("/v1/move-car/codes", {"code": code})
    assert seen.body["plate"] == "粤A****65"


async def test_a_new_plate_is_noted_by_itself(api: Api, owner: Owner, looking: Looking):
    number = await registered(api, owner)
    await change_vehicles(api, owner.person, plate="粤AD55555")
    assert (await after_a_look(looking, number)).state == "living"
    shown = (await owner.send(api, "GET", f"/v1/cars/{number}")).body
    assert shown["plate"] == "粤AD55555" and "car-plate-changed" in await told(owner)


async def test_a_sold_car_loses_its_code_by_itself(api: Api, owner: Owner, looking: Looking):
    number = await registered(api, owner)
    code = await code_of(api, owner, number)
    await change_vehicles(api, owner.person, sold=True)
    row = await after_a_look(looking, number)
    assert (row.state, row.ended_why) == ("ended", "sold")
    assert (await ask(api, "messages", code)).code == "car-code-unknown"
    assert (await owner.send(api, "GET", f"/v1/cars/{number}/card")).code == "car-ended"
    assert "car-sold" in await told(owner)
    await after_a_look(looking, number)  # a repeated job changes nothing
    assert (await told(owner)).count("car-sold") == 1


async def test_the_buyer_takes_the_plate_over(api: Api, owner: Owner):
    """The office says whose it is now; nobody waits for the nightly look."""
    number, buyer = await registered(api, owner), await an_owner(api)
    await change_vehicles(api, owner.person, sold=True, buyer=buyer.person.number)
    made = await buyer.send(api, "POST", "/v1/cars", {"plate": owner.plate})
    assert made.status == 201, made.body
    assert (await Car.get(number=number)).state == "ended"
    assert await told(owner) == ["car-sold"]


async def test_an_office_that_is_away_ends_no_car(api: Api, owner: Owner, looking: Looking):
    number = await registered(api, owner)
    await api.sandbox.fault("transport", "error")
    with pytest.raises(Exception, match="status 500"):
        await after_a_look(looking, number)
    await api.sandbox.heal()
    api.parts.departments["transport"].circuit.succeeded()
    assert (await Car.get(number=number)).state == "living"


async def test_an_office_that_is_closed_is_not_asked_about_cars(
    api: Api, owner: Owner, looking: Looking
):
    """It is no fault of the job either, which would be given up after some nights."""
    number = await registered(api, owner)
    await change_vehicles(api, owner.person, sold=True)
    office = api.parts.departments["transport"]
    with closed(office):
        assert (await after_a_look(looking, number)).state == "living"
        refused = await owner.send(api, "POST", "/v1/cars", {"plate": owner.plate})
        assert (refused.status, refused.code) == (503, "department-closed")
        assert office.title["zh-CN"] in refused.body["detail"]
    assert (await after_a_look(looking, number)).state == "ended"


async def test_what_was_looked_after_yesterday_is_looked_after_again(api: Api, owner: Owner):
    from tortoise.connection import get_connection

    number = await registered(api, owner)
    await looked_after_long_ago(number)
    await look_at_due({})
    jobs = await get_connection("default").execute_query_dict(
        "SELECT payload FROM pgqueuer WHERE entrypoint = 'check-car'"
    )
    row = await Car.get(number=number)
    assert {"car": str(row.id)} in [json.loads(one["payload"]) for one in jobs]


async def test_old_requests_and_ended_cars_are_forgotten(api: Api, owner: Owner):
    number = await registered(api, owner)
    assert (await ask(api, "messages", await code_of(api, owner, number))).status == 201
    row = await Car.get(number=number)
    await days_later(31)
    await forget_old({})
    assert not await CarRequest.filter(car_id=row.id).exists()
    await owner.send(api, "POST", f"/v1/cars/{number}/end", {"why": "taken-off"})
    await Car.filter(id=row.id).update(ended_at=row.created_at.replace(year=2020))
    await forget_old({})
    assert not await Car.filter(id=row.id).exists()


async def test_neither_plate_nor_code_is_kept_in_plain_words(api: Api, owner: Owner):
    code = await code_of(api, owner, await registered(api, owner))
    row = (await Car.filter(resident_id=owner.signed.resident).values())[0]
    kept = " ".join(
        bytes(one).decode("latin-1") if isinstance(one, bytes | memoryview) else str(one)
        for one in row.values()
    )
    assert owner.plate not in kept and code not in kept
