"""Faults on demand: for a sandbox client, by its own registration token, and for nobody else."""

import secrets
from types import SimpleNamespace

import pytest

from identity.models import Partner
from identity.oauth import faults
from identity.partners.registration import digest_of
from identity.scopes import CLIENT_READ
from tests.support.http import Answer, Api
from tests.support.log_capture import personal
from tests.support.partner_app import an_approved_partner


async def a_managed_client(api: Api, environment: str = "sandbox") -> tuple[str, str]:
    """An approved client and its registration access token."""
    app = await an_approved_partner(api.url, environment=environment)
    token = personal(f"zg_{secrets.token_urlsafe(32)}")
    await Partner.filter(id=app.id).update(registration_token=digest_of(token))
    return app.id, token


async def put(api: Api, id: str, token: str, body: object) -> Answer:
    headers = {"Authorization": f"Bearer {token}"}
    return await api.send("PUT", f"/oauth/register/{id}/faults", headers=headers, json=body)


async def kept(id: str) -> str:
    return (await Partner.get(id=id)).faults


async def test_without_its_token_nobody_breaks_a_client(api: Api):
    id, _ = await a_managed_client(api)
    _, other = await a_managed_client(api)
    for token in ("zg_nobody", other):
        answer = await put(api, id, token, {"faults": ["wrong-iss"]})
        assert (answer.status, answer.body["error"]) == (401, "invalid_token")
    bare = await api.send("PUT", f"/oauth/register/{id}/faults", json={"faults": []})
    assert (bare.status, bare.body["error"]) == (401, "invalid_token")
    assert await kept(id) == "{}"


async def test_a_client_that_residents_rely_on_has_no_faults(api: Api):
    id, token = await a_managed_client(api, "production")
    answer = await put(api, id, token, {"faults": ["wrong-iss"]})
    assert (answer.status, answer.body["error"]) == (400, "unauthorized_client")
    assert await kept(id) == "{}"


async def test_not_even_when_its_row_says_otherwise(api: Api):
    id, _ = await a_managed_client(api, "production")
    await Partner.filter(id=id).update(faults='{"wrong-iss": "on", "expired-code": "on"}')
    await api.parts.ground.registry.changed(id)
    client = await api.parts.ground.registry.client(id)
    assert client and client.faults
    assert faults.issuer(client, "https://us.example") == "https://us.example"
    faults.check_code(client)


@pytest.mark.parametrize(
    "body",
    [
        {"faults": ["no-such"]},
        {"faults": ["slow-token"], "seconds": 31},
        {"faults": ["slow-token"], "seconds": 0},
        {"faults": "wrong-iss"},
        {"seconds": 3},
        {"faults": [], "more": 1},
    ],
    ids=str,
)
async def test_what_there_is_not_is_refused(api: Api, body: dict[str, object]):
    id, token = await a_managed_client(api)
    answer = await put(api, id, token, body)
    assert (answer.status, answer.body["error"]) == (400, "invalid_request")
    assert await kept(id) == "{}"


async def test_a_sandbox_client_breaks_and_heals_itself(api: Api):
    id, token = await a_managed_client(api)
    wanted = {"faults": ["slow-token", "wrong-nonce"], "seconds": 2}
    answer = await put(api, id, token, wanted)
    assert (answer.status, answer.body) == (200, wanted)
    client = await api.parts.ground.registry.client(id)
    assert client and faults.asked(client) == {"slow-token": "2", "wrong-nonce": "on"}
    assert faults.nonce(client, "abc") != "abc"
    assert (await put(api, id, token, {"faults": []})).status == 200
    client = await api.parts.ground.registry.client(id)
    assert client and faults.asked(client) == {}
    assert faults.nonce(client, "abc") == "abc"


async def test_a_slow_client_waits_for_its_tokens_as_long_as_it_asked_for(
    api: Api, monkeypatch: pytest.MonkeyPatch
):
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(faults, "asyncio", SimpleNamespace(sleep=sleep))
    for environment, expected in (("sandbox", [7.0]), ("production", [])):
        app = await an_approved_partner(
            api.url, environment=environment, grant_types=["client_credentials"], scope=CLIENT_READ
        )
        await Partner.filter(id=app.id).update(faults='{"slow-token": "7"}')
        issued = await app.post(api, "/oauth/token", grant_type="client_credentials")
        assert issued.status == 200
        assert waited == expected
        waited.clear()


async def test_a_house_in_production_takes_no_faults(api: Api):
    id, token = await a_managed_client(api)
    story = api.parts.partners.client_faults
    strict = story.settings.model_copy(update={"environment": "production"})
    object.__setattr__(story, "settings", strict)
    try:
        answer = await put(api, id, token, {"faults": ["wrong-iss"]})
    finally:
        object.__setattr__(story, "settings", api.settings)
    assert (answer.status, answer.body["error"]) == (400, "unauthorized_client")
