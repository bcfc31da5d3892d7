"""The public list of partners, and a client's own record."""

from datetime import UTC, datetime

import pytest

from identity.models import Partner
from identity.partners import views
from identity.partners.life import By
from identity.partners.metadata import CREDENTIALS
from identity.staff.accounts import COMMAND
from tests.support.http import Api
from tests.support.log_capture import personal
from tests.support.partner_app import CREDIT_CODE, PartnerApp, an_approved_partner

LIST, OWN = "/v1/partners", "/v1/client"
BY = By(COMMAND)
SERVER = {"grant_types": [CREDENTIALS], "scope": "client:read", "redirect_uris": []}


async def listed(api: Api, locale: str = "en") -> dict[str, dict]:
    """Every page of the list, by id."""
    found: dict[str, dict] = {}
    after = ""
    while True:
        headers = {"Accept-Language": locale}
        answer = await api.get(LIST, params={"after": after}, headers=headers)
        assert answer.status == 200, answer.body
        found |= {one["id"]: one for one in answer.body["partners"]}
        if not (after := answer.body["next"]):
            return found


async def token_of(api: Api, app: PartnerApp, scope: str = "client:read") -> str:
    issued = await app.post(api, "/oauth/token", grant_type="client_credentials", scope=scope)
    assert issued.status == 200, issued.body
    return personal(issued.body["access_token"])


@pytest.mark.parametrize("state", ["pending", "closed"])
async def test_who_may_not_ask_is_not_listed(api: Api, state: str):
    id = (await an_approved_partner(api.url)).id
    await Partner.filter(id=id).update(state=state)
    assert id not in await listed(api)


async def test_kiosks_are_no_partners(api: Api):
    id = (await an_approved_partner(api.url, kind="kiosk")).id
    assert id not in await listed(api)


@pytest.mark.parametrize("query", ["after=%00", "after=" + "x" * 65, "more=1", "after=a&after=b"])
async def test_a_malformed_query_is_refused(api: Api, query: str):
    assert (await api.get(f"{LIST}?{query}")).status == 422


async def test_everybody_reads_who_they_are_and_what_they_may_ask_for(api: Api):
    id = (await an_approved_partner(api.url)).id
    await Partner.filter(id=id).update(decided_at=datetime(2026, 1, 2, tzinfo=UTC))
    mine = (await listed(api))[id]
    assert (mine["name"], mine["organisation"]) == ("Demo Hospital", "Demo Hospital Ltd")
    assert (mine["credit_code"], mine["purpose"]) == (CREDIT_CODE, "to book a visit for you")
    assert (mine["state"], mine["environment"]) == ("approved", "production")
    assert mine["since"].startswith("2026-01-02")
    fields = {one["id"]: one for one in mine["fields"]}
    assert fields.keys() == {"profile:name", "profile:over-18", "provident-fund-balance:read"}
    assert all(one["title"] and one["about"] for one in fields.values())
    assert fields["profile:over-18"]["sensitivity"] == "low"
    assert (await listed(api, "zh-CN"))[id]["name"] == "示范医院"


async def test_nothing_private_is_listed(api: Api):
    id = (await an_approved_partner(api.url)).id
    mine = (await listed(api))[id]
    assert mine.keys() == {
        "id", "name", "organisation", "credit_code", "purpose", "uri", "policy_uri", "fields",
        "environment", "state", "since",
    }  # fmt: skip


async def test_a_suspended_partner_is_listed_as_suspended(api: Api):
    id = (await an_approved_partner(api.url)).id
    await api.parts.partners.life.suspend(BY, id, "complaints")
    assert (await listed(api))[id]["state"] == "suspended"


async def test_a_long_list_comes_in_pages(api: Api, monkeypatch: pytest.MonkeyPatch):
    mine = {(await an_approved_partner(api.url)).id for _ in range(5)}
    monkeypatch.setattr(views, "PAGE", 2)
    assert mine <= (await listed(api)).keys()


async def test_a_clients_own_record_needs_its_own_token(api: Api):
    assert (await api.get(OWN)).status == 401
    signed = await api.sign_in()
    assert (await api.get(OWN, signed.access)).status == 401


async def test_a_client_without_the_scope_does_not_read_it(api: Api):
    scope = "client:read kiosk"
    app = await an_approved_partner(api.url, kind="kiosk", **(SERVER | {"scope": scope}))
    token = await token_of(api, app, "kiosk")
    answer = await app.call(api, "GET", OWN, token)
    assert (answer.status, answer.code) == (403, "scope-missing")


async def test_a_client_reads_its_own_record_and_what_it_used(api: Api):
    app = await an_approved_partner(api.url, **SERVER)
    token = await token_of(api, app)
    first, second = [(await app.call(api, "GET", OWN, token)).body for _ in range(2)]
    assert (first["client_id"], first["state"]) == (app.id, "approved")
    assert (first["rate"], first["proposed"]) == (100_000, False)
    assert isinstance(first["used_this_minute"], int)
    assert second["used_today"] != first["used_today"]


async def test_over_its_quota_a_client_is_told_when_to_come_back(api: Api):
    app = await an_approved_partner(api.url, **SERVER)
    token = await token_of(api, app)
    await Partner.filter(id=app.id).update(quota=1)
    await api.parts.ground.registry.changed(app.id)
    answers = [await app.call(api, "GET", OWN, token) for _ in range(3)]
    over = next(one for one in answers if one.status != 200)  # two of three are of one day
    assert (over.status, over.code) == (429, "client-too-often")
    assert int(over.headers["Retry-After"]) >= 1
    asked = [await app.post(api, "/oauth/token", grant_type="client_credentials") for _ in "123"]
    refused = next(one for one in asked if one.status != 200)
    assert refused.status == 429 and int(refused.headers["Retry-After"]) >= 1


async def test_a_suspended_clients_token_is_dead_at_its_next_use(api: Api):
    app = await an_approved_partner(api.url, **SERVER)
    token = await token_of(api, app)
    assert (await app.call(api, "GET", OWN, token)).status == 200
    await api.parts.partners.life.suspend(BY, app.id, "misuse")
    dead = await app.call(api, "GET", OWN, token)
    assert (dead.status, dead.code) == (401, "session-ended")
    again = await app.post(api, "/oauth/token", grant_type="client_credentials")
    assert (again.status, again.body["error"]) == (401, "invalid_client")
