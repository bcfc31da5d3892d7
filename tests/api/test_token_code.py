"""Codes at the token endpoint (RFC 6749 §4.1.3, RFC 7636 §4.6, RFC 9449 §10): first what fails."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from identity.models import AuditEvent, AuthorizationCode, Resident
from identity.oauth.id_tokens import at_hash
from identity.partners.life import By
from identity.staff.accounts import COMMAND
from tests.support.device_key import DeviceKey
from tests.support.http import Api
from tests.support.partner_app import CALLBACK, SCOPES, PartnerApp, an_approved_partner
from tests.support.partner_codes import (
    TOKEN,
    a_code,
    claims,
    exchange,
    lives,
    refresh,
    remember,
    session_of,
    tokens_of,
)

REFUSED = (400, "invalid_grant")


@pytest.fixture(scope="module")
async def app(api: Api) -> PartnerApp:
    return await an_approved_partner(api.settings.public_url)


@pytest.mark.parametrize("missing", ["code", "redirect_uri"])
async def test_a_request_that_lacks_a_parameter_is_malformed(
    api: Api, app: PartnerApp, missing: str
):
    answer = await exchange(api, app, await a_code(api, app), **{missing: ""})
    assert (answer.status, answer.body["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "changed",
    [
        {"code": "unknown"},
        {"redirect_uri": CALLBACK + "/"},
        {"redirect_uri": CALLBACK + "?x=1"},
        {"redirect_uri": "https://hospital.example/other"},
        {"code_verifier": ""},
        {"code_verifier": "w" * 43},
        {"code_verifier": "w" * 42},
        {"code_verifier": "w" * 129},
        {"code_verifier": "!" * 43},
    ],
    ids=str,
)
async def test_a_code_is_good_with_all_it_was_given_for_only(
    api: Api, app: PartnerApp, changed: dict[str, str]
):
    """RFC 6749 §4.1.3, RFC 7636 §4.6; afterwards it is good still: nothing was spent."""
    code = await a_code(api, app)
    answer = await exchange(api, app, code, **changed)
    assert (answer.status, answer.body["error"]) == REFUSED
    assert (await exchange(api, app, code)).status == 200


async def test_a_verifier_that_is_the_challenge_is_refused(api: Api, app: PartnerApp):
    """No downgrade to plain (RFC 7636 §7.2)."""
    code = await a_code(api, app)
    row = await code.row()
    answer = await exchange(api, app, code, code_verifier=row.challenge)
    assert (answer.status, answer.body["error"]) == REFUSED


async def test_a_stray_verifier_is_refused(api: Api, app: PartnerApp):
    """RFC 9700 §4.8.2: a code without a challenge is exchanged neither with one nor without."""
    code = await a_code(api, app, challenge="")
    assert (await exchange(api, app, code)).body["error"] == "invalid_grant"
    assert (await exchange(api, app, code, code_verifier="")).body["error"] == "invalid_grant"


async def test_an_expired_code_is_refused_like_an_unknown_one(api: Api, app: PartnerApp):
    late = await exchange(api, app, await a_code(api, app, seconds=-1))
    unknown = await exchange(api, app, await a_code(api, app), code="unknown")
    assert late.status == 400
    assert late.raw == unknown.raw


async def test_another_clients_code_is_refused_and_stays_good(api: Api, app: PartnerApp):
    """RFC 6749 §4.1.3: whoever found a code neither uses nor spends it."""
    thief = await an_approved_partner(api.settings.public_url)
    code = await a_code(api, app)
    answer = await exchange(api, thief, code)
    assert (answer.status, answer.body["error"]) == REFUSED
    assert (await exchange(api, app, code)).status == 200


async def test_a_used_code_in_anothers_hands_ends_nothing(api: Api, app: PartnerApp):
    """Nor does one that is shown without its verifier: only who had all of it is a replay."""
    thief = await an_approved_partner(api.settings.public_url)
    code = await a_code(api, app)
    tokens = (await exchange(api, app, code)).body
    for who, changed in ((thief, {}), (app, {"code_verifier": "w" * 43})):
        assert (await exchange(api, who, code, **changed)).status == 400
    assert await lives(api, tokens["access_token"])


async def test_a_code_bound_to_a_key_is_refused_with_another(api: Api, app: PartnerApp):
    """RFC 9449 §10 (dpop_jkt), whatever the client proves otherwise."""
    other = DeviceKey(api.settings.public_url)
    code = await a_code(api, app, key=other.thumbprint)
    answer = await exchange(api, app, code)
    assert (answer.status, answer.body["error"]) == REFUSED
    honest, app.key = app.key, other
    try:
        assert (await exchange(api, app, code)).status == 200
    finally:
        app.key = honest


async def test_a_replayed_code_ends_what_it_was_exchanged_for(api: Api, app: PartnerApp):
    """RFC 6749 §4.1.2: the access token, the refresh token and the session, on every worker."""
    code = await a_code(api, app)
    tokens = (await exchange(api, app, code)).body
    assert await lives(api, tokens["access_token"])
    again = await exchange(api, app, code)
    assert (again.status, again.body["error"]) == REFUSED
    assert not await lives(api, tokens["access_token"])
    assert (await refresh(api, app, tokens["refresh_token"])).body["error"] == "invalid_grant"
    assert (await session_of(tokens)).ended_why == "code-replayed"
    noted = AuditEvent.filter(resident_id=code.signed.resident, event="code:replayed")
    assert await noted.count() == 1


async def test_a_replay_after_its_minute_ends_it_too(api: Api, app: PartnerApp):
    code = await a_code(api, app)
    tokens = (await exchange(api, app, code)).body
    row = await code.row()
    await AuthorizationCode.filter(digest=row.digest).update(
        expires_at=datetime.now(UTC) - timedelta(minutes=5)
    )
    assert (await exchange(api, app, code)).status == 400
    assert not await lives(api, tokens["access_token"])


async def test_of_thirty_at_once_one_succeeds(api: Api, app: PartnerApp):
    """PostgreSQL has the last word; the others are replays, so what the one got is dead."""
    code = await a_code(api, app)
    await exchange(api, app, code, code="unknown")  # learns the nonce
    answers = await asyncio.gather(*(exchange(api, app, code) for _ in range(30)))
    good = [answer for answer in answers if answer.status == 200]
    assert len(good) == 1
    assert {a.body["error"] for a in answers if a.status != 200} == {"invalid_grant"}
    assert not await lives(api, good[0].body["access_token"])


async def test_a_code_does_not_outlive_the_residents_own_session(api: Api, app: PartnerApp):
    code = await a_code(api, app)
    await api.parts.sessions.end(code.signed.session, code.signed.resident)
    assert (await exchange(api, app, code)).body["error"] == "invalid_grant"


async def test_a_code_does_not_outlive_its_grant(api: Api, app: PartnerApp):
    from identity.caller import NOBODY

    code = await a_code(api, app)
    await api.parts.core.grants.withdraw(code.signed.resident, code.grant.id, NOBODY)
    assert (await exchange(api, app, code)).body["error"] == "invalid_grant"


async def test_a_code_from_before_a_suspension_is_dead_after_it(api: Api):
    app, life = await an_approved_partner(api.settings.public_url), api.parts.partners.life
    code = await a_code(api, app)
    await life.suspend(By(COMMAND), app.id, "misuse")
    await life.reinstate(By(COMMAND), app.id)
    answer = await exchange(api, app, code)
    assert (answer.status, answer.body["error"]) == REFUSED
    assert (await exchange(api, app, await a_code(api, app))).status == 200


async def test_a_resource_that_was_not_asked_for_is_no_target(api: Api, app: PartnerApp):
    """RFC 8707 §2.2; the code is not spent."""
    code = await a_code(api, app)
    answer = await exchange(api, app, code, resource="https://fund.example/api")
    assert (answer.status, answer.body["error"]) == (400, "invalid_target")
    assert (await exchange(api, app, code, resource=api.settings.audience)).status == 200


async def test_a_code_gives_tokens_that_say_who_what_and_how_well(api: Api, app: PartnerApp):
    """RFC 9068 §2.2, OpenID Connect Core §2, RFC 9449 §5."""
    code = await a_code(api, app)
    answer = await exchange(api, app, code)
    assert answer.body["token_type"] == "DPoP"
    assert answer.body["scope"] == SCOPES
    assert 0 < answer.body["expires_in"] <= 600
    said, who = claims(answer.body["access_token"]), claims(answer.body["id_token"])
    session = await session_of(answer.body)
    assert said["iss"] == who["iss"] == api.settings.public_url
    assert (said["aud"], who["aud"]) == (api.settings.audience, app.id)
    assert said["sub"] == who["sub"] == str(code.grant.subject) != str(code.signed.resident)
    assert said["client_id"] == app.id and said["cnf"] == {"jkt": app.key.thumbprint}
    assert said["sid"] == who["sid"] == str(session.id)
    assert (said["acr"], said["amr"]) == (who["acr"], who["amr"]) == ("4", ["face"])
    assert said["auth_time"] == who["auth_time"] == int(session.auth_time.timestamp())
    assert who["nonce"] == "n-0S6_WzA2Mj"
    assert session.parent_id == code.signed.session and session.client == app.id
    assert session.device == ""  # signing out there unbinds nothing of the resident's
    listed = (await api.get("/v1/me/sessions", code.signed.access)).body["sessions"]
    assert {(one["device"], one["channel"]) for one in listed} == {
        ("", "web"),
        ("Demo Hospital", "partner"),
    }


async def test_a_token_names_what_was_given_of_what_was_asked(api: Api, app: PartnerApp):
    """RFC 6749 §5.1: told in ``scope``, because it is less."""
    tokens = await tokens_of(api, app, given="profile:over-18")
    assert set(tokens["scope"].split()) == {"openid", "profile:over-18"}
    assert claims(tokens["access_token"])["scope"] == tokens["scope"]


async def test_a_token_names_no_more_than_the_proofing_still_gives(api: Api, app: PartnerApp):
    code = await a_code(api, app)
    past = datetime.now(UTC) - timedelta(days=1)
    await Resident.filter(id=code.signed.resident).update(proofed_until=past)
    tokens = (await exchange(api, app, code)).body
    assert claims(tokens["access_token"])["acr"] == claims(tokens["id_token"])["acr"] == "2"


async def test_a_code_is_not_used_up_while_the_clients_encryption_key_is_missing(api: Api):
    """It registered for nested ID tokens and publishes a signing key only."""
    app = await an_approved_partner(
        api.settings.public_url, id_token_encrypted_response_alg="ECDH-ES"
    )
    code = await a_code(api, app)
    answer = await exchange(api, app, code)
    assert (answer.status, answer.body["error"]) == (503, "temporarily_unavailable")
    assert (await code.row()).used_at is None


async def test_at_hash_is_of_the_token_as_it_was_given(api: Api, app: PartnerApp):
    """OpenID Connect Core §3.1.3.6: of the name, where the token is opaque."""
    opaque = await an_approved_partner(api.settings.public_url, access_tokens="opaque")
    for who in (app, opaque):
        tokens = await tokens_of(api, who)
        assert claims(tokens["id_token"])["at_hash"] == at_hash(tokens["access_token"])


async def test_without_openid_there_is_no_id_token(api: Api, app: PartnerApp):
    tokens = await tokens_of(api, app, scope="profile:name")
    assert "id_token" not in tokens and tokens["scope"] == "profile:name"


async def test_a_client_that_does_not_refresh_gets_no_refresh_token(api: Api):
    plain = await an_approved_partner(api.settings.public_url, grant_types=["authorization_code"])
    assert "refresh_token" not in await tokens_of(api, plain)


async def test_a_public_clients_token_is_a_bearers_unless_it_proves_a_key(api: Api):
    app = await an_approved_partner(
        api.settings.public_url,
        token_endpoint_auth_method="none",
        scope="openid profile:over-18",
    )
    scope = "openid profile:over-18"
    tokens = await tokens_of(api, app, scope=scope)
    assert tokens["token_type"] == "Bearer" and "cnf" not in claims(tokens["access_token"])
    code = await a_code(api, app, scope=scope)
    headers = {"DPoP": app.proof("POST", TOKEN)}  # with the nonce of the answer before
    form = app.authenticated(**code.parameters)
    bound = remember(await api.send("POST", TOKEN, headers=headers, data=form))
    assert bound.body["token_type"] == "DPoP"
    assert claims(bound.body["access_token"])["cnf"] == {"jkt": app.key.thumbprint}


async def test_a_partners_token_ends_with_the_residents_own_session(api: Api, app: PartnerApp):
    code = await a_code(api, app)
    tokens = (await exchange(api, app, code)).body
    token = tokens["access_token"]
    alive = await app.call(api, "GET", "/v1/me", token)
    assert alive.code == "own-app-only"
    await api.parts.sessions.end(code.signed.session, code.signed.resident)
    dead = await app.call(api, "GET", "/v1/me", token)
    assert (dead.status, dead.code) == (401, "session-ended")
    assert (await refresh(api, app, tokens["refresh_token"])).body["error"] == "invalid_grant"
