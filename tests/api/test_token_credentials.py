"""A client's own credentials (RFC 6749 §4.4): no resident, no refreshing, no PostgreSQL."""

import pytest

from identity.models import Partner
from tests.support.http import Api
from tests.support.partner_app import PartnerApp, an_approved_partner
from tests.support.partner_codes import TOKEN, claims, lives, remember

OWN = {"grant_types": ["client_credentials"], "scope": "openid profile:name client:read"}


@pytest.fixture(scope="module")
async def app(api: Api) -> PartnerApp:
    return await an_approved_partner(api.settings.public_url, **OWN)


async def ask(api: Api, app: PartnerApp, **more: str):
    return remember(await app.post(api, TOKEN, grant_type="client_credentials", **more))


@pytest.mark.parametrize(
    "scope", ["openid", "profile:name", "kiosk", "unknown", "client:read openid"]
)
async def test_a_residents_or_unregistered_scope_is_refused(api: Api, app: PartnerApp, scope: str):
    """``kiosk`` is a client's own, but not this one's."""
    answer = await ask(api, app, scope=scope)
    assert (answer.status, answer.body["error"]) == (400, "invalid_scope")


async def test_a_client_with_nothing_of_its_own_is_refused(api: Api):
    none = await an_approved_partner(
        api.settings.public_url, grant_types=["client_credentials"], scope="openid profile:name"
    )
    assert (await ask(api, none)).body["error"] == "invalid_scope"


async def test_a_public_client_has_no_credentials(api: Api):
    """OAuth 2.1 §4.2, even if somebody registered it so."""
    public = await an_approved_partner(
        api.settings.public_url,
        grant_types=["client_credentials"],
        scope="client:read",
        token_endpoint_auth_method="none",
    )
    answer = await ask(api, public)
    assert (answer.status, answer.body["error"]) == (400, "unauthorized_client")


@pytest.mark.parametrize("resource", ["https://nobody.example/api", "not a uri", "*"])
async def test_an_unknown_resource_is_no_target(api: Api, app: PartnerApp, resource: str):
    """RFC 8707 §2."""
    answer = await ask(api, app, resource=resource)
    assert (answer.status, answer.body["error"]) == (400, "invalid_target")


async def test_a_departments_resource_becomes_the_audience(api: Api, app: PartnerApp):
    """And our own API takes no such token (RFC 9068 §4)."""
    fund = "https://fund.example/api"
    await an_approved_partner(api.settings.public_url, kind="department", resources=[fund])
    answer = await ask(api, app, resource=fund)
    assert claims(answer.body["access_token"])["aud"] == fund
    refused = await app.call(api, "GET", "/v1/client", answer.body["access_token"])
    assert refused.status == 401
    twice = [*app.authenticated(grant_type="client_credentials").items()]
    twice += [("resource", fund), ("resource", api.settings.audience)]
    headers = {"DPoP": app.proof("POST", TOKEN)}
    both = await api.send("POST", TOKEN, headers=headers, data=twice)
    assert both.body["error"] == "invalid_target"


async def test_a_token_of_a_client_speaks_for_nobody_else(api: Api, app: PartnerApp):
    """RFC 9068 §2.2: ``sub`` is the client; no sid, acr or auth_time; nothing to refresh."""
    answer = await ask(api, app)
    assert set(answer.body) == {"access_token", "token_type", "expires_in", "scope"}
    assert (answer.body["scope"], answer.body["token_type"]) == ("client:read", "DPoP")
    said = claims(answer.body["access_token"])
    assert said["sub"] == said["client_id"] == app.id
    assert said["cnf"] == {"jkt": app.key.thumbprint}
    assert not {"sid", "acr", "auth_time", "amr"} & set(said)
    for path in ("/v1/me", "/v1/me/sessions"):
        assert (await app.call(api, "GET", path, answer.body["access_token"])).status in (401, 403)


async def test_an_opaque_token_is_a_name_for_the_same(api: Api):
    """It says nothing by itself; what it stands for is kept sealed under its hash, till it ends."""
    from identity.oauth.callers import opaque_place

    app = await an_approved_partner(api.settings.public_url, access_tokens="opaque", **OWN)
    answer = await ask(api, app)
    token = answer.body["access_token"]
    assert token.startswith("zo_") and "." not in token
    said = await api.parts.tokens.living(token)
    assert said["client_id"] == app.id and said["cnf"] == {"jkt": app.key.thumbprint}
    kept = await api.parts.cache.get(opaque_place(token))
    assert kept and b"eyJ" not in kept
    assert 0 < await api.parts.cache.ttl(opaque_place(token)) <= answer.body["expires_in"]
    assert not await lives(api, "zo_unknown")


async def test_a_suspension_ends_a_clients_own_tokens_at_once(api: Api):
    gone = await an_approved_partner(api.settings.public_url, **OWN)
    token = (await ask(api, gone)).body["access_token"]
    assert await lives(api, token)
    await Partner.filter(id=gone.id).update(state="suspended")
    await api.parts.ground.registry.changed(gone.id)
    assert not await lives(api, token)


async def test_postgresql_is_not_asked(api: Api, app: PartnerApp, caplog: pytest.LogCaptureFixture):
    """Once the client and the keys are known, while this worker hears of changes."""
    caplog.set_level("DEBUG", logger="tortoise.db_client")
    asked = []
    for _ in range(5):
        caplog.clear()
        assert (await ask(api, app)).status == 200
        asked.append(sum(line.name == "tortoise.db_client" for line in caplog.records))
    assert 0 in asked
    await Partner.get(id=app.id)
    assert any(line.name == "tortoise.db_client" for line in caplog.records)
