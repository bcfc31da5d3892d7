"""Corrections on a supervisor's desk, over HTTP."""

import pytest

from identity.models import AuditEvent, Resident
from tests.support.http import Api, SignedIn
from tests.support.log_capture import personal
from tests.support.minors import born_years_ago, number_of
from tests.support.people import admit
from tests.support.staff import Desk, at_work

NOBODYS = "3f2a8c1e-9b7d-4e6f-8a1b-2c3d4e5f6a7b"

PATH = "/staff/corrections"
_orders = iter(range(1, 400))


async def asked(api: Api, field: str = "name", wanted: str = "欧阳修原") -> tuple[SignedIn, str]:
    number = number_of(born_years_ago(43), next(_orders)).value
    who = await admit(api.settings, "欧阳修远", number)
    signed = await api.sign_in(resident=who.resident)
    body = {"field": field, "wanted": personal(wanted)}
    made = await api.post("/v1/me/corrections", body, signed.access)
    assert made.status == 201, made.body
    return signed, made.body["id"]


def decision(**changed: str) -> dict[str, str]:
    return {"decision": "made", "reason": "corrected"} | changed


@pytest.mark.parametrize("role", ["clerk", "administrator", "operator"])
async def test_another_role_neither_sees_nor_decides(api: Api, role: str) -> None:
    _, named = await asked(api)
    desk = await at_work(api, role)
    assert (await desk.send("GET", PATH)).code == "staff-role-missing"
    assert (await desk.post(f"{PATH}/{named}/decide", decision())).code == "staff-role-missing"


async def test_nobody_decides_without_signing_in(api: Api) -> None:
    answer = await Desk(api).send("GET", PATH)
    assert (answer.status, answer.code) == (401, "staff-sign-in-needed")


@pytest.mark.parametrize(
    "body",
    [
        {},
        decision(decision="perhaps"),
        decision(reason="because"),
        decision(reason="already-right"),
        decision() | {"more": 1},
    ],
)
async def test_a_malformed_decision_is_refused(api: Api, body: dict) -> None:
    _, named = await asked(api)
    desk = await at_work(api, "supervisor")
    assert (await desk.post(f"{PATH}/{named}/decide", body)).status == 422


@pytest.mark.parametrize("named", ["nonsense", NOBODYS])
async def test_what_nobody_asked_for_is_missing(api: Api, named: str) -> None:
    desk = await at_work(api, "supervisor")
    answer = await desk.post(f"{PATH}/{named}/decide", decision())
    assert (answer.status, answer.code) == (404, "correction-missing")


async def test_a_supervisor_decides_and_the_resident_sees_it(api: Api) -> None:
    signed, named = await asked(api)
    desk = await at_work(api, "supervisor")
    english = {"X-Staff-Page": "1", "Accept-Language": "en"}
    waiting = (await desk.send("GET", PATH, headers=english)).body["corrections"]
    (mine,) = [one for one in waiting if one["id"] == named]
    assert (mine["title"], mine["wanted"], mine["name"]) == ("Name", "欧阳修原", "欧**远")
    assert await AuditEvent.filter(resident_id=signed.resident, event="record:read").exists()
    path = f"{PATH}/{named}/decide"
    assert (await desk.post(path, decision())).status == 204
    assert (await desk.post(path, decision())).code == "correction-decided"
    (own,) = (await api.get("/v1/me/corrections", signed.access)).body["corrections"]
    assert own["state"] == "made" and own["reason"]
    assert (await api.get("/v1/me", signed.access)).body["name"] == "欧**原"


async def test_one_whose_resident_is_gone_waits_no_more(api: Api) -> None:
    signed, named = await asked(api, "other", "A street")
    await Resident.filter(id=signed.resident).delete()
    desk = await at_work(api, "supervisor")
    waiting = (await desk.send("GET", PATH)).body["corrections"]
    assert named not in [one["id"] for one in waiting]
