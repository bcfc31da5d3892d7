"""Userinfo (OpenID Connect Core §5.3): exactly what was given, to whom it was given, on record."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from identity.models import AuditEvent, Grant, Partner
from services.sandbox.residences import registered_at
from tests.support.http import Api
from tests.support.partner_app import PartnerApp, an_approved_partner
from tests.support.partner_codes import a_grant, tokens_of
from tests.support.userinfo import FIELDS, PATH, Somebody, a_somebody, told


@pytest.fixture(scope="module")
async def somebody(api: Api) -> Somebody:
    return await a_somebody(api)


@pytest.fixture(scope="module")
async def app(api: Api, somebody: Somebody) -> PartnerApp:
    region = registered_at(somebody.person.number)[:4]
    return await an_approved_partner(api.settings.public_url, scope=FIELDS, region=region)


async def test_nobody_is_told_anything(api: Api):
    answer = await api.get(PATH)
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_a_token_nobody_knows_is_invalid(api: Api):
    """RFC 6750 §3.1."""
    answer = await api.get(PATH, "x.y.z")
    assert answer.status == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


async def test_our_own_apps_token_is_no_sign_in_at_a_partner(api: Api, somebody: Somebody):
    answer = await api.get(PATH, somebody.signed.access)
    assert answer.status == 403
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]


async def test_a_token_without_openid_is_refused(api: Api, app: PartnerApp, somebody: Somebody):
    """OpenID Connect Core §5.3.1; RFC 6750 §3.1."""
    answer = await told(api, app, somebody, "profile:name")
    assert answer.status == 403
    assert 'scope="openid"' in answer.headers["WWW-Authenticate"]


async def test_a_bound_token_without_its_proof_is_refused(
    api: Api, app: PartnerApp, somebody: Somebody
):
    """RFC 9449 §7.1, §7.2."""
    token = (await tokens_of(api, app, signed=somebody.signed))["access_token"]
    for scheme in ("Bearer", "DPoP"):
        answer = await api.get(PATH, headers={"Authorization": f"{scheme} {token}"})
        assert answer.status == 401, scheme
        assert "error=" in answer.headers["WWW-Authenticate"]


async def test_a_proof_without_our_nonce_is_asked_for_again(
    api: Api, app: PartnerApp, somebody: Somebody
):
    """RFC 9449 §9."""
    token = (await tokens_of(api, app, signed=somebody.signed))["access_token"]
    proof = app.key.proof("GET", PATH, token)
    headers = {"Authorization": f"DPoP {token}", "DPoP": proof}
    answer = await api.get(PATH, headers=headers)
    assert answer.status == 401
    assert 'error="use_dpop_nonce"' in answer.headers["WWW-Authenticate"]
    assert answer.headers["DPoP-Nonce"]


async def test_a_proof_by_another_key_is_refused(api: Api, app: PartnerApp, somebody: Somebody):
    token = (await tokens_of(api, app, signed=somebody.signed))["access_token"]
    thief = PartnerApp(app.root, app.id, nonce=app.nonce)
    answer = await thief.call(api, "GET", PATH, token)
    assert (answer.status, answer.code) == (401, "dpop-proof-invalid")


async def test_a_level_below_the_fields_asks_for_a_step_up(
    api: Api, app: PartnerApp, somebody: Somebody
):
    """RFC 9470 §3: the number needs level 4, proven within 15 minutes."""
    scope = "openid profile:name profile:id-number"
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    for columns in ({"acr": "3"}, {"auth_time": hour_ago}):
        answer = await told(api, app, somebody, scope, **columns)
        assert (answer.status, answer.code) == (401, "step-up-needed")
        challenge = answer.headers["WWW-Authenticate"]
        assert challenge.startswith("DPoP ")
        assert 'error="insufficient_user_authentication"' in challenge
        assert 'acr_values="4"' in challenge
        assert 'max_age="900"' in challenge
        assert somebody.person.name not in answer.raw.decode()


async def test_what_was_not_given_is_absent(api: Api, app: PartnerApp, somebody: Somebody):
    answer = await told(api, app, somebody, FIELDS, given="openid profile:over-18")
    assert answer.status == 200
    assert answer.body.keys() == {"sub", "over_18"}


async def test_openid_alone_tells_a_name_that_leads_nowhere(
    api: Api, app: PartnerApp, somebody: Somebody
):
    answer = await told(api, app, somebody, "openid")
    grant = await Grant.get(resident_id=somebody.signed.resident, client=app.id, ended_at=None)
    assert answer.body == {"sub": str(grant.subject)}
    assert answer.body["sub"] != str(somebody.signed.resident)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_every_field_that_was_given_is_told(
    api: Api, app: PartnerApp, somebody: Somebody, method: str
):
    answer = await told(api, app, somebody, FIELDS, method)
    assert answer.status == 200, answer.body
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["DPoP-Nonce"]
    person, said = somebody.person, dict(answer.body)
    assert said.pop("sub")
    assert said == {
        "name": person.name,
        "name_masked": person.name[0] + "*" * (len(person.name) - 2) + person.name[-1]
        if len(person.name) > 2
        else person.name[0] + "*",
        "id_number": person.number,
        "id_type": "resident-id",
        "id_number_masked": person.number[0] + "*" * 16 + person.number[-1],
        "birthdate": "1950-03-02",
        "gender": "female",
        "over_18": True,
        "over_60": True,
        "resident_here": True,
    }


async def test_somebody_registered_elsewhere_is_no_resident_of_the_region(
    api: Api, somebody: Somebody
):
    away = await an_approved_partner(api.settings.public_url, scope=FIELDS, region="11")
    answer = await told(api, away, somebody, "openid profile:resident-here")
    assert answer.body["resident_here"] is False


async def test_a_register_that_is_away_is_no_answer(api: Api, app: PartnerApp, somebody: Somebody):
    await api.sandbox.fault("population-register", "error", times=1)
    answer = await told(api, app, somebody, "openid profile:resident-here")
    await api.sandbox.heal()
    assert answer.status == 503
    assert "Retry-After" in answer.headers


async def test_every_field_that_left_is_on_record_with_who_and_why(
    api: Api, app: PartnerApp, somebody: Somebody
):
    resident = somebody.signed.resident
    await AuditEvent.filter(resident_id=resident).delete()
    await told(api, app, somebody, FIELDS, given="openid profile:name profile:over-60")
    rows = await AuditEvent.filter(resident_id=resident, event="record:read")
    assert {row.service for row in rows} == {"profile.name", "profile.over-60"}
    grant = await Grant.get(resident_id=resident, client=app.id, ended_at=None)
    for row in rows:
        assert (row.actor_kind, row.actor, row.client) == ("partner", app.id, app.id)
        assert row.purpose == grant.purpose
    assert grant.last_used_at


async def test_a_refused_read_is_not_on_record_as_a_read(
    api: Api, app: PartnerApp, somebody: Somebody
):
    resident = somebody.signed.resident
    await AuditEvent.filter(resident_id=resident).delete()
    await told(api, app, somebody, "openid profile:id-number", acr="3")
    assert not await AuditEvent.filter(resident_id=resident, event="record:read").exists()


async def test_after_a_withdrawal_nothing_is_told(api: Api, app: PartnerApp, somebody: Somebody):
    tokens = await tokens_of(api, app, signed=somebody.signed, scope="openid profile:name")
    row = await Grant.get(resident_id=somebody.signed.resident, client=app.id, ended_at=None)
    deleted = await api.send("DELETE", f"/v1/me/consents/{row.id}", somebody.signed.access)
    assert deleted.status == 204
    answer = await app.call(api, "GET", PATH, tokens["access_token"])
    assert (answer.status, answer.code) == (401, "session-ended")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


async def test_an_expired_grant_tells_nothing_before_any_job_has_run(
    api: Api, app: PartnerApp, somebody: Somebody
):
    tokens = await tokens_of(api, app, signed=somebody.signed, scope="openid profile:name")
    late = datetime.now(UTC) - timedelta(seconds=1)
    row = await Grant.get(resident_id=somebody.signed.resident, client=app.id, ended_at=None)
    await Grant.filter(id=row.id).update(expires_at=late)
    answer = await app.call(api, "GET", PATH, tokens["access_token"])
    assert (answer.status, answer.code) == (401, "session-ended")
    await Grant.filter(id=row.id).delete()


async def test_a_field_taken_back_ends_the_session_that_had_it(
    api: Api, app: PartnerApp, somebody: Somebody
):
    scope = "openid profile:name profile:over-18"
    tokens = await tokens_of(api, app, signed=somebody.signed, scope=scope)
    await a_grant(api, app, somebody.signed, scope, "openid profile:over-18")
    answer = await app.call(api, "GET", PATH, tokens["access_token"])
    assert (answer.status, answer.code) == (401, "session-ended")


async def test_a_public_client_is_told_what_is_low_and_no_more(api: Api, somebody: Somebody):
    """Even where its registration should have said otherwise."""
    public = await an_approved_partner(
        api.settings.public_url, token_endpoint_auth_method="none", scope=FIELDS
    )
    low = await tokens_of(api, public, signed=somebody.signed, scope="openid profile:over-18")
    assert low["token_type"] == "Bearer"
    answer = await api.get(PATH, low["access_token"])
    assert answer.body.keys() == {"sub", "over_18"}
    more = await tokens_of(api, public, signed=somebody.signed, scope="openid profile:name")
    answer = await api.get(PATH, more["access_token"])
    assert answer.status == 403
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]


async def test_two_sectors_know_a_resident_by_two_names(
    api: Api, app: PartnerApp, somebody: Somebody
):
    """OpenID Connect Core §8.1."""
    other = await an_approved_partner(api.settings.public_url, scope=FIELDS)
    await Partner.filter(id=other.id).update(sector="bank.example")
    await api.parts.ground.registry.changed(other.id)
    names = {(await told(api, one, somebody, "openid")).body["sub"] for one in (app, other)}
    assert len(names) == 2


async def test_fifty_at_once_are_told_the_same_and_all_are_on_record(
    api: Api, app: PartnerApp, somebody: Somebody
):
    token = (await tokens_of(api, app, signed=somebody.signed, scope="openid profile:over-18"))[
        "access_token"
    ]
    await AuditEvent.filter(resident_id=somebody.signed.resident).delete()
    answers = await asyncio.gather(*(app.call(api, "GET", PATH, token) for _ in range(50)))
    assert {answer.raw for answer in answers} == {answers[0].raw}
    assert answers[0].status == 200
    reads = AuditEvent.filter(resident_id=somebody.signed.resident, event="record:read")
    assert await reads.count() == 50
