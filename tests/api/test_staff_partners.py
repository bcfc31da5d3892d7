"""Partners on the desk: who sees them, who decides, and what is shown of the responsible person."""

from typing import Any

import pytest

from identity.models import AuditEvent, Partner
from tests.support.http import Api
from tests.support.log_capture import personal
from tests.support.partner_app import an_approved_partner
from tests.support.partner_parts import RESPONSIBLE, said
from tests.support.staff import Desk, at_work

PATH = "/staff/partners"
INVITATIONS = "/staff/invitations"
ENGLISH = {"X-Staff-Page": "1", "Accept-Language": "en"}
BODIES: dict[str, Any] = {
    "approval": {"revision": "0" * 16},
    "refusal": {"why": "fields"},
    "suspension": {"why": "misuse"},
    "reinstatement": None,
    "closing": None,
}


async def waiting(api: Api, desk: Desk, **changed: Any) -> dict[str, Any]:
    """Invited by this desk, registered over HTTP."""
    given = await desk.post(INVITATIONS, {"kind": "partner", "environment": "production"})
    assert given.status == 201, given.body
    token = personal(given.body["token"])
    made = await api.post("/oauth/register", said(**changed), token)
    assert made.status == 201, made.body
    personal(made.body["registration_access_token"])
    body: dict[str, Any] = made.body
    return body


@pytest.fixture
async def desk(api: Api) -> Desk:
    return await at_work(api, "partnerships")


@pytest.mark.parametrize("role", ["clerk", "supervisor", "administrator", "operator"])
async def test_another_role_neither_sees_nor_decides(api: Api, desk: Desk, role: str):
    id = (await waiting(api, desk))["client_id"]
    other = await at_work(api, role)
    answers = [await other.send("GET", PATH), await other.send("GET", f"{PATH}/{id}")]
    answers += [await other.post(f"{PATH}/{id}/{step}", body) for step, body in BODIES.items()]
    answers += [await other.post(INVITATIONS, {"kind": "partner", "environment": "sandbox"})]
    assert {one.code for one in answers} == {"staff-role-missing"}
    assert (await Partner.get(id=id)).state == "pending"


async def test_nobody_decides_without_signing_in(api: Api):
    nobody = Desk(api)
    answers = [await nobody.send("GET", PATH), await nobody.send("GET", f"{PATH}/c-1")]
    answers += [await nobody.post(f"{PATH}/c-1/{step}", body) for step, body in BODIES.items()]
    assert {(one.status, one.code) for one in answers} == {(401, "staff-sign-in-needed")}


async def test_another_region_sees_and_decides_nothing(api: Api, desk: Desk):
    id = (await waiting(api, desk))["client_id"]
    away = await at_work(api, "partnerships", region="11")
    listed = (await away.send("GET", PATH)).body["partners"]
    assert id not in [one["id"] for one in listed]
    answers = [await away.send("GET", f"{PATH}/{id}")]
    answers += [await away.post(f"{PATH}/{id}/{step}", body) for step, body in BODIES.items()]
    assert {(one.status, one.code) for one in answers} == {(404, "partner-missing")}


@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("approval", {}),
        ("approval", {"rate": 5}),
        ("approval", {"revision": "0" * 16, "rate": 0}),
        ("approval", {"revision": "0" * 16, "rate": "many"}),
        ("approval", {"revision": "0" * 16, "quota": -1}),
        ("approval", {"revision": "0" * 16, "more": 1}),
        ("refusal", {}),
        ("refusal", {"why": "because"}),
        ("suspension", {}),
        ("suspension", {"why": "free text about 张三"}),
    ],
)
async def test_a_malformed_decision_is_refused(api: Api, desk: Desk, step: str, body: Any):
    id = (await waiting(api, desk))["client_id"]
    assert (await desk.post(f"{PATH}/{id}/{step}", body)).status == 422


@pytest.mark.parametrize(
    "body",
    [{}, {"kind": "kiosk", "environment": "production"}, {"kind": "partner", "environment": "?"}],
)
async def test_nothing_but_partners_and_departments_is_invited(desk: Desk, body: Any):
    assert (await desk.post(INVITATIONS, body)).status == 422


async def test_a_decision_from_the_wrong_state_says_which_it_is_in(api: Api, desk: Desk):
    id = (await waiting(api, desk))["client_id"]
    answer = await desk.post(f"{PATH}/{id}/suspension", BODIES["suspension"])
    assert (answer.status, answer.code) == (409, "partner-state-other")
    assert answer.body["state"] == "pending"


async def test_a_partner_is_looked_at_and_approved(api: Api, desk: Desk):
    made = await waiting(api, desk)
    id = made["client_id"]
    listed = (await desk.send("GET", PATH, headers=ENGLISH)).body["partners"]
    assert listed[0]["waits"] and id in [one["id"] for one in listed if one["waits"]]
    shown = (await desk.send("GET", f"{PATH}/{id}", headers=ENGLISH)).body
    assert shown["responsible"] == RESPONSIBLE
    assert shown["in_force"]["metadata"]["redirect_uris"] == made["redirect_uris"]
    assert [field["id"] for field in shown["in_force"]["fields"]] == ["profile:name"]
    assert (shown["sector"], shown["state"]) == ("hospital.example", "pending")
    assert await AuditEvent.filter(event="partner:read", service=id).count() == 1
    allowed = {"rate": 50, "quota": 500, "revision": shown["revision"]}
    assert (await desk.post(f"{PATH}/{id}/approval", allowed)).status == 204
    after = (await desk.send("GET", f"{PATH}/{id}")).body
    assert (after["state"], after["rate"], after["quota"]) == ("approved", 50, 500)


async def test_what_changed_meanwhile_is_not_approved_unseen(api: Api, desk: Desk):
    made = await waiting(api, desk)
    path = f"{PATH}/{made['client_id']}"
    seen = (await desk.send("GET", path)).body["revision"]
    changed = said(scope="openid profile:id-number") | {"client_id": made["client_id"]}
    uri = made["registration_client_uri"].removeprefix(api.settings.public_url)
    token = made["registration_access_token"]
    assert (await api.send("PUT", uri, token, json=changed)).status == 200
    answer = await desk.post(f"{path}/approval", {"revision": seen})
    assert (answer.status, answer.code) == (409, "partner-changed")


async def test_what_is_in_force_and_what_is_proposed_are_shown_beside_each_other(
    api: Api, desk: Desk
):
    made = await waiting(api, desk)
    path = f"{PATH}/{made['client_id']}"
    seen = {"revision": (await desk.send("GET", path)).body["revision"]}
    assert (await desk.post(f"{path}/approval", seen)).status == 204
    changed = said(scope="openid profile:name profile:gender")
    uri = made["registration_client_uri"].removeprefix(api.settings.public_url)
    token = made["registration_access_token"]
    await api.send("PUT", uri, token, json=changed | {"client_id": made["client_id"]})
    shown = (await desk.send("GET", path)).body
    assert [one["id"] for one in shown["in_force"]["fields"]] == ["profile:name"]
    assert [one["id"] for one in shown["proposed"]["fields"]] == ["profile:name", "profile:gender"]
    assert shown["waits"] and shown["state"] == "approved"
    assert (await desk.post(f"{path}/refusal", {"why": "fields"})).status == 204
    told = (await api.get(uri, token)).body
    assert told["decision"] == "fields" and "proposed" not in told


async def test_suspended_reinstated_closed(api: Api, desk: Desk):
    id = (await an_approved_partner(api.url)).id
    path = f"{PATH}/{id}"
    client = api.parts.ground.registry.client
    for step, approved in (("suspension", False), ("reinstatement", True), ("closing", False)):
        assert (await desk.post(f"{path}/{step}", BODIES[step])).status == 204
        found = await client(id)
        assert found and found.approved is approved
    assert (await desk.send("GET", path)).body["responsible"] is None
