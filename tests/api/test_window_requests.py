"""A window over HTTP: the resident's device on one side, two members of staff on the other."""

from typing import Any
from uuid import uuid4

import pytest

from identity import consent
from identity.staff.roles import Role
from tests.support.device_key import DeviceKey
from tests.support.http import Api
from tests.support.log_capture import personal
from tests.support.sandbox import SandboxResident
from tests.support.staff import Desk, at_work

CONSENT = {"purpose": consent.WINDOW, "version": consent.VERSIONS[consent.WINDOW]}
ROOT = "/v1/window-requests"


async def asked(api: Api, device: str = "", **headers: str) -> dict[str, Any]:
    body = {"device": device or f"device-{uuid4().hex}", "consent": CONSENT}
    answer = await api.post(ROOT, body, headers=headers)
    assert answer.status == 201, answer.body
    personal(answer.body["secret"])
    return {**answer.body, "device": body["device"]}


async def checked(api: Api, clerk: Desk, request: dict[str, Any]) -> SandboxResident:
    """As far as the second person."""
    person = await api.new_resident()
    found = await clerk.post("/staff/window-requests/find", {"code": request["code"]})
    assert found.status == 200, found.body
    document = {"id_number": person.number, "name": person.name}
    answer = await clerk.post(f"/staff/window-requests/{request['id']}/check", document)
    assert answer.body == {"verdict": "match"}
    return person


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"device": "short"},
        {"device": "device-0001", "consent": CONSENT, "more": 1},
        {"device": "device-0001", "consent": "yes"},
    ],
)
async def test_a_request_that_does_not_fit_is_refused(api: Api, body: dict[str, Any]):
    assert (await api.post(ROOT, body)).code == "request-invalid"


async def test_without_consent_nothing_begins(api: Api):
    answer = await api.post(ROOT, {"device": "device-0001"})
    assert (answer.status, answer.code) == (422, "consent-missing")
    assert answer.body["purpose"] == consent.WINDOW


@pytest.mark.parametrize("what", ["state", "tokens"])
async def test_somebody_elses_request_is_missing(api: Api, what: str):
    mine = await asked(api)
    body = {"secret": "guessed"} | ({"device": mine["device"]} if what == "tokens" else {})
    for request in (mine["id"], str(uuid4()), "none"):
        answer = await api.post(f"{ROOT}/{request}/{what}", body)
        assert (answer.status, answer.code) == (404, "window-request-missing")


async def test_tokens_wait_for_two_people_and_come_once(api: Api):
    clerk = await at_work(api, Role.CLERK, region="4403")
    supervisor = await at_work(api, Role.SUPERVISOR, region="44")
    stranger = await at_work(api, Role.SUPERVISOR, region="45")
    mine = await asked(api)
    mine_now = {"secret": mine["secret"]}
    body = {**mine_now, "device": mine["device"]}
    person = await checked(api, clerk, mine)
    assert (await api.post(f"{ROOT}/{mine['id']}/state", mine_now)).body == {"state": "checked"}
    assert (await api.post(f"{ROOT}/{mine['id']}/tokens", body)).code == "window-not-confirmed"
    one = f"/staff/window-requests/{mine['id']}"
    assert (await stranger.post(f"{one}/confirm")).code == "window-request-missing"
    shown = await supervisor.send("GET", one)
    assert (shown.body["name"], shown.body["id_number"]) == (person.name, person.number)
    assert (await supervisor.post(f"{one}/confirm")).status == 204
    assert (await supervisor.post(f"{one}/confirm")).code == "window-request-over"
    done = await api.post(f"{ROOT}/{mine['id']}/tokens", body)
    assert (done.status, done.body["acr"], done.body["resident"]["proofed"]) == (200, "3", 5)
    assert (await api.post(f"{ROOT}/{mine['id']}/tokens", body)).code == "window-tokens-fetched"
    signed_in = await api.remember(done.body)
    seen = await api.get("/v1/me/activity", signed_in.access)
    assert {"window:checked", "window:confirmed"} <= {row["event"] for row in seen.body["events"]}


async def test_tokens_are_bound_to_the_key_that_asked(api: Api):
    clerk = await at_work(api, Role.CLERK)
    supervisor = await at_work(api, Role.SUPERVISOR)
    key, other = DeviceKey(api.settings.public_url), DeviceKey(api.settings.public_url)
    mine = await asked(api, DPoP=key.proof("POST", ROOT))
    await checked(api, clerk, mine)
    assert (await supervisor.post(f"/staff/window-requests/{mine['id']}/confirm")).status == 204
    path = f"{ROOT}/{mine['id']}/tokens"
    body = {"secret": mine["secret"], "device": mine["device"]}
    assert (await api.post(path, body)).code == "window-request-missing"
    stolen = await api.post(path, body, headers={"DPoP": other.proof("POST", path)})
    assert stolen.code == "window-request-missing"
    done = await api.post(path, body, headers={"DPoP": key.proof("POST", path)})
    assert (done.status, done.body["token_type"]) == (200, "DPoP")


async def test_a_refused_request_says_so_to_its_device(api: Api):
    clerk = await at_work(api, Role.CLERK)
    mine = await asked(api)
    await checked(api, clerk, mine)
    assert (await clerk.post(f"/staff/window-requests/{mine['id']}/refuse")).status == 204
    state = await api.post(f"{ROOT}/{mine['id']}/state", {"secret": mine["secret"]})
    assert state.body == {"state": "refused"}
