"""What residents see of partners, what partners get of services, and how either ends it."""

from uuid import UUID, uuid4

import pytest

from identity import consent
from identity.models import AuditEvent, Partner
from tests.support.http import Api, SignedIn
from tests.support.partner_app import SCOPES, PartnerApp, an_approved_partner
from tests.support.partner_codes import a_grant, refresh, tokens_of
from tests.support.userinfo import PATH, Somebody, a_somebody

ENGLISH = {"Accept-Language": "en"}
ANSWERS = "/v1/services/provident-fund-balance/answers"


@pytest.fixture(scope="module")
async def app(api: Api) -> PartnerApp:
    return await an_approved_partner(api.settings.public_url)


@pytest.fixture(scope="module")
async def somebody(api: Api) -> Somebody:
    return await a_somebody(api)


@pytest.fixture
async def fresh(api: Api, somebody: Somebody) -> SignedIn:
    """The same resident, signed in anew."""
    return await api.sign_in(resident=somebody.signed.resident)


async def partners(api: Api, signed: SignedIn) -> list[dict[str, object]]:
    answer = await api.get("/v1/me/consents", signed.access, headers=ENGLISH)
    assert answer.status == 200, answer.body
    found: list[dict[str, object]] = answer.body["partners"]
    return found


async def test_nobody_let_in_nobody_is_shown(api: Api):
    assert await partners(api, await api.sign_in()) == []


async def test_a_partner_does_not_read_what_the_resident_gave(
    api: Api, app: PartnerApp, fresh: SignedIn
):
    token = (await tokens_of(api, app, signed=fresh))["access_token"]
    for path in ("/v1/me/grants", "/v1/me/consents", "/v1/me"):
        answer = await app.call(api, "GET", path, token)
        assert (answer.status, answer.code) == (403, "own-app-only")


async def test_a_grant_is_shown_with_what_was_given_and_what_was_not(api: Api, app: PartnerApp):
    signed = await api.sign_in()
    grant = await a_grant(api, app, signed, SCOPES, "openid profile:over-18")
    (shown,) = await partners(api, signed)
    assert shown["id"] == str(grant.id)
    assert (shown["name"], shown["organisation"]) == ("Demo Hospital", "Demo Hospital Ltd")
    assert shown["purpose"] == "to book a visit for you"
    answered = {one["title"]: one["given"] for one in shown["scopes"]}  # type: ignore[attr-defined]
    assert answered == {"Name": False, "Eighteen or older": True, "Provident fund balance": False}
    assert "Eighteen or older: Yes or no" in str(shown["agreed"])
    assert shown["last_used_at"] is None and shown["ended_at"] is None


async def test_nobody_withdraws_the_grant_of_another_resident(api: Api, app: PartnerApp):
    theirs, mine = await api.sign_in(), await api.sign_in()
    grant = await a_grant(api, app, theirs)
    for id in (grant.id, uuid4()):
        answer = await api.send("DELETE", f"/v1/me/consents/{id}", mine.access)
        assert (answer.status, answer.code) == (404, "consent-unknown")
    assert len(await partners(api, theirs)) == 1


async def test_a_withdrawn_grant_is_over_for_the_partner_and_for_no_one_else(
    api: Api, app: PartnerApp, fresh: SignedIn
):
    other = await an_approved_partner(api.settings.public_url)
    tokens, kept = (
        await tokens_of(api, app, signed=fresh),
        await tokens_of(api, other, signed=fresh),
    )
    (row,) = [one for one in await partners(api, fresh) if one["client"] == app.id]
    assert (await api.send("DELETE", f"/v1/me/consents/{row['id']}", fresh.access)).status == 204
    for method, path in (("GET", PATH), ("POST", ANSWERS)):
        more = {"json": {}} if method == "POST" else {}
        answer = await app.call(api, method, path, tokens["access_token"], **more)
        assert (answer.status, answer.code) == (401, "session-ended")
    answer = await refresh(api, app, tokens["refresh_token"])
    assert (answer.status, answer.body["error"]) == (400, "invalid_grant")
    assert (await other.call(api, "GET", PATH, kept["access_token"])).status == 200
    assert (await api.get("/v1/me/sessions", fresh.access)).status == 200
    listed = (await api.get("/v1/me/grants", fresh.access)).body
    assert app.id not in {one["client"] for one in listed["partners"]}
    assert listed["former"][0]["ended_why"] == "withdrawn"


async def test_purposes_are_withdrawn_by_their_name_as_before(api: Api):
    signed = await api.sign_in()
    answer = await api.send("DELETE", f"/v1/me/consents/{consent.NOTICES}", signed.access)
    assert (answer.status, answer.code) == (404, "consent-unknown")


async def test_a_partner_that_is_gone_is_shown_by_its_id(api: Api):
    app, signed = await an_approved_partner(api.settings.public_url), await api.sign_in()
    await a_grant(api, app, signed)
    await Partner.filter(id=app.id).delete()
    await api.parts.ground.registry.changed(app.id)
    (shown,) = await partners(api, signed)
    assert shown["name"] == app.id
    assert "Demo Hospital" in str(shown["agreed"])


async def test_a_service_answers_a_partner_that_was_let_and_says_why_it_was_read(
    api: Api, app: PartnerApp, fresh: SignedIn
):
    tokens = await tokens_of(api, app, signed=fresh)
    answer = await app.call(api, "POST", ANSWERS, tokens["access_token"], json={})
    assert answer.status == 200, answer.body
    assert answer.body["answer"]["balance"] >= 0
    row = await AuditEvent.filter(client=app.id, event="service:answered").order_by("-id").first()
    assert row
    assert (row.actor_kind, row.actor) == ("partner", app.id)
    assert row.resident_id == fresh.resident
    assert row.purpose.startswith("partner-")


async def test_a_service_that_was_not_given_refuses_and_says_which_scope(
    api: Api, app: PartnerApp, fresh: SignedIn
):
    """RFC 6750 §3.1."""
    given = "openid profile:over-18"
    tokens = await tokens_of(api, app, signed=fresh, given=given)
    answer = await app.call(api, "POST", ANSWERS, tokens["access_token"], json={})
    assert (answer.status, answer.code) == (403, "scope-missing")
    challenge = answer.headers["WWW-Authenticate"]
    assert 'error="insufficient_scope", scope="provident-fund-balance:read"' in challenge


async def test_a_level_too_low_for_a_service_asks_a_partner_for_a_step_up(
    api: Api, app: PartnerApp, fresh: SignedIn
):
    """RFC 9470 §3."""
    tokens = await tokens_of(api, app, signed=fresh, acr="2")
    answer = await app.call(api, "POST", ANSWERS, tokens["access_token"], json={})
    assert (answer.status, answer.code) == (401, "step-up-needed")
    assert 'acr_values="3"' in answer.headers["WWW-Authenticate"]


async def test_the_resident_sees_who_read_which_field_and_why(
    api: Api, app: PartnerApp, somebody: Somebody, fresh: SignedIn
):
    await AuditEvent.filter(resident_id=somebody.signed.resident).delete()
    scope = "openid profile:name provident-fund-balance:read"
    tokens = await tokens_of(api, app, signed=fresh, scope=scope)
    assert (await app.call(api, "GET", PATH, tokens["access_token"])).status == 200
    await app.call(api, "POST", ANSWERS, tokens["access_token"], json={})
    seen = (await api.get("/v1/me/activity", fresh.access, headers=ENGLISH)).body["events"]
    told = {one["event"]: one for one in seen}
    assert told["record:read"]["service"] == "Name"
    assert told["service:answered"]["service"] == "Provident fund balance"
    for event in ("record:read", "service:answered", "grant:given"):
        assert told[event]["partner"] == "Demo Hospital"
        assert told[event]["purpose"] == "to book a visit for you"
    assert told["record:read"]["actor"] != told["grant:given"]["actor"]


async def test_a_read_for_a_purpose_of_before_does_not_borrow_todays_words(
    api: Api, app: PartnerApp, fresh: SignedIn
):
    token = (await tokens_of(api, app, signed=fresh))["access_token"]
    await app.call(api, "GET", PATH, token)
    await AuditEvent.filter(client=app.id).update(purpose="partner-0000000000000000")
    seen = (await api.get("/v1/me/activity", fresh.access, headers=ENGLISH)).body["events"]
    purposes = {one["purpose"] for one in seen if one["partner"]}
    assert purposes == {"What you agreed to with a partner"}


async def test_the_sign_in_is_listed_under_the_partners_name(api: Api, app: PartnerApp):
    signed = await api.sign_in()
    await tokens_of(api, app, signed=signed)
    listed = (await api.get("/v1/me/sessions", signed.access, headers=ENGLISH)).body["sessions"]
    named = {one["partner"]: one["id"] for one in listed}
    assert named.keys() == {None, "Demo Hospital"}
    gone = await api.send("DELETE", f"/v1/me/sessions/{named['Demo Hospital']}", signed.access)
    assert gone.status == 204
    assert (await api.get("/v1/me/sessions", signed.access)).status == 200


async def test_the_copy_names_the_partner_the_fields_and_the_words(
    api: Api, app: PartnerApp, fresh: SignedIn
):
    tokens = await tokens_of(api, app, signed=fresh, scope="openid profile:name")
    await app.call(api, "GET", PATH, tokens["access_token"])
    answer = await api.get("/v1/me/export", fresh.access, headers=ENGLISH)
    sections = {one["name"]: one["records"] for one in answer.body["sections"]}
    for name in ("partner-grants", "sessions", "activity"):
        assert "Demo Hospital" in str(sections[name])
    assert "Sign in, Name" in str(sections["partner-grants"])
    assert "profile" not in str(sections["activity"])


async def test_the_notice_leads_to_what_was_given(api: Api, app: PartnerApp):
    signed = await api.sign_in()
    await a_grant(api, app, signed)
    listed = await api.get("/v1/me/notices", signed.access, headers=ENGLISH)
    (notice,) = listed.body["notices"]
    assert "Demo Hospital" in notice["text"]
    assert UUID(notice["id"])
