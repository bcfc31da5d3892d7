"""Refreshing at the token endpoint (RFC 6749 §6, OAuth 2.1 §4.3, CONTRACTS): first what fails."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from identity.caller import NOBODY
from identity.models import Partner, RefreshToken, Resident
from identity.sessions import GRACE
from tests.support.device_key import DeviceKey
from tests.support.http import Answer, Api
from tests.support.partner_app import SCOPES, PartnerApp, an_approved_partner
from tests.support.partner_codes import (
    TOKEN,
    a_code,
    a_grant,
    claims,
    exchange,
    lives,
    refresh,
    remember,
    session_of,
    tokens_of,
)

PUBLIC_SCOPE = "openid profile:over-18"
REFUSED = (400, "invalid_grant")


@pytest.fixture(scope="module")
async def app(api: Api) -> PartnerApp:
    return await an_approved_partner(api.settings.public_url)


@pytest.fixture(scope="module")
async def public(api: Api) -> PartnerApp:
    return await an_approved_partner(
        api.settings.public_url, token_endpoint_auth_method="none", scope=PUBLIC_SCOPE
    )


async def bound(api: Api, app: PartnerApp, key: DeviceKey, **form: str) -> Answer:
    """As a public client that uses DPoP."""
    proof = key.proof("POST", TOKEN, nonce=api.parts.core.nonces.current())
    sent = app.authenticated(**form)
    return remember(await api.send("POST", TOKEN, headers={"DPoP": proof}, data=sent))


async def a_bound_sign_in(api: Api, app: PartnerApp, key: DeviceKey) -> dict[str, Any]:
    code = await a_code(api, app, scope=PUBLIC_SCOPE)
    answer = await bound(api, app, key, **code.parameters)
    assert answer.status == 200, answer.body
    body: dict[str, Any] = answer.body
    return body


def refreshing(token: str) -> dict[str, str]:
    return {"grant_type": "refresh_token", "refresh_token": token}


@pytest.mark.parametrize("token", ["zr_unknown", "x", "zr_" + "A" * 300, "汉字"])
async def test_an_unknown_refresh_token_is_refused(api: Api, app: PartnerApp, token: str):
    answer = await refresh(api, app, token)
    assert (answer.status, answer.body["error"]) == REFUSED


async def test_a_request_without_a_refresh_token_is_malformed(api: Api, app: PartnerApp):
    answer = await refresh(api, app, "")
    assert (answer.status, answer.body["error"]) == (400, "invalid_request")


async def test_another_clients_refresh_token_is_refused_and_stays_good(
    api: Api, app: PartnerApp, public: PartnerApp
):
    """RFC 6749 §6: for confidential and for public thieves, of both kinds of clients."""
    other = await an_approved_partner(api.settings.public_url)
    mine = await tokens_of(api, app)
    theirs = await tokens_of(api, public, scope=PUBLIC_SCOPE)
    for tokens, thieves in ((mine, (other, public)), (theirs, (other, app))):
        for thief in thieves:
            answer = await refresh(api, thief, tokens["refresh_token"])
            assert (answer.status, answer.body["error"]) == REFUSED
        assert await lives(api, tokens["access_token"])
    assert (await refresh(api, app, mine["refresh_token"])).status == 200
    assert (await refresh(api, public, theirs["refresh_token"])).status == 200


async def test_our_own_apps_refreshing_takes_no_clients_token(
    api: Api, app: PartnerApp, public: PartnerApp
):
    """Else a partner would leave with a token for everything that is the resident's."""
    for who, scope in ((app, SCOPES), (public, PUBLIC_SCOPE)):
        tokens = await tokens_of(api, who, scope=scope)
        answer = await api.post("/v1/tokens", {"refresh_token": tokens["refresh_token"]})
        assert (answer.status, answer.code) == (401, "refresh-token-invalid")
        assert (await refresh(api, who, tokens["refresh_token"])).status == 200


async def test_a_client_takes_no_refresh_token_of_our_own_app(api: Api, app: PartnerApp):
    signed = await api.sign_in()
    assert (await refresh(api, app, signed.refresh)).body["error"] == "invalid_grant"
    assert (await api.post("/v1/tokens", {"refresh_token": signed.refresh})).status == 200


async def test_a_refresh_without_a_proof_is_refused(api: Api, app: PartnerApp):
    """RFC 9449 §5: for a confidential client by its authentication already."""
    tokens = await tokens_of(api, app)
    form = app.authenticated(**refreshing(tokens["refresh_token"]))
    answer = await api.send("POST", TOKEN, data=form)
    assert (answer.status, answer.body["error"]) == (400, "invalid_dpop_proof")
    assert await lives(api, tokens["access_token"])


async def test_a_confidential_refresh_token_needs_its_own_key(api: Api, app: PartnerApp):
    """RFC 9449 §5; who has the token without the key takes it from nobody."""
    tokens = await tokens_of(api, app)
    honest, app.key = app.key, DeviceKey(api.settings.public_url)
    try:
        answer = await refresh(api, app, tokens["refresh_token"])
    finally:
        app.key = honest
    assert (answer.status, answer.body["error"]) == REFUSED
    assert (await refresh(api, app, tokens["refresh_token"])).status == 200


async def test_a_public_refresh_token_shown_by_another_key_ends_the_family(
    api: Api, public: PartnerApp
):
    """CONTRACTS, "Refresh rotation"; without a proof as by another key."""
    key, other = (DeviceKey(api.settings.public_url) for _ in range(2))
    for thief in ("another key", "no proof"):
        tokens = await a_bound_sign_in(api, public, key)
        form = refreshing(tokens["refresh_token"])
        if thief == "another key":
            answer = await bound(api, public, other, **form)
        else:
            answer = await refresh(api, public, tokens["refresh_token"])
        assert (answer.status, answer.body["error"]) == REFUSED
        assert not await lives(api, tokens["access_token"])
        assert (await bound(api, public, key, **form)).body["error"] == "invalid_grant"


async def test_a_scope_beyond_what_was_given_is_refused(api: Api, app: PartnerApp):
    """RFC 6749 §6; the token stays good."""
    tokens = await tokens_of(api, app, given="profile:over-18")
    for beyond in ("openid profile:name", "kiosk", "unknown"):
        answer = await refresh(api, app, tokens["refresh_token"], scope=beyond)
        assert (answer.status, answer.body["error"]) == (400, "invalid_scope")
    assert (await refresh(api, app, tokens["refresh_token"])).status == 200


async def test_a_refused_scope_does_not_use_up_a_rotating_token(api: Api, public: PartnerApp):
    tokens = await tokens_of(api, public, scope=PUBLIC_SCOPE)
    await refresh(api, public, tokens["refresh_token"], scope="profile:name")
    row = await RefreshToken.get(session_id=(await session_of(tokens)).id)
    assert row.used_at is None


async def test_nothing_is_refreshed_after_a_withdrawal(api: Api, app: PartnerApp):
    code = await a_code(api, app)
    tokens = (await exchange(api, app, code)).body
    await api.parts.core.grants.withdraw(code.signed.resident, code.grant.id, NOBODY)
    assert (await refresh(api, app, tokens["refresh_token"])).body["error"] == "invalid_grant"
    assert not await lives(api, tokens["access_token"])


async def test_nothing_is_refreshed_after_the_grants_time(api: Api, app: PartnerApp):
    """Before any worker has tidied up."""
    code = await a_code(api, app)
    tokens = (await exchange(api, app, code)).body
    await type(code.grant).filter(id=code.grant.id).update(expires_at=datetime.now(UTC))
    assert (await refresh(api, app, tokens["refresh_token"])).body["error"] == "invalid_grant"


async def test_what_was_opened_before_a_suspension_stays_dead_after_it(api: Api):
    gone = await an_approved_partner(api.settings.public_url)
    tokens = await tokens_of(api, gone)
    await Partner.filter(id=gone.id).update(tokens_from=datetime.now(UTC))
    await api.parts.ground.registry.changed(gone.id)
    assert (await refresh(api, gone, tokens["refresh_token"])).body["error"] == "invalid_grant"


async def test_a_resource_that_was_not_given_is_no_target(api: Api, app: PartnerApp):
    tokens = await tokens_of(api, app)
    answer = await refresh(api, app, tokens["refresh_token"], resource="https://fund.example/api")
    assert (answer.status, answer.body["error"]) == (400, "invalid_target")


async def test_a_confidential_client_keeps_its_refresh_token(api: Api, app: PartnerApp):
    """FAPI 2.0 Security Profile §5.3.2.1: bound to its key, it is not rotated."""
    tokens = await tokens_of(api, app)
    for _ in range(3):
        answer = await refresh(api, app, tokens["refresh_token"])
        assert answer.status == 200
        assert answer.body["refresh_token"] == tokens["refresh_token"]
        assert answer.body["token_type"] == "DPoP"
        assert claims(answer.body["access_token"])["cnf"] == {"jkt": app.key.thumbprint}


async def test_a_confidential_client_may_refresh_many_times_at_once(api: Api, app: PartnerApp):
    tokens = await tokens_of(api, app)
    answers = await asyncio.gather(*(refresh(api, app, tokens["refresh_token"]) for _ in range(20)))
    assert {answer.status for answer in answers} == {200}
    assert {answer.body["refresh_token"] for answer in answers} == {tokens["refresh_token"]}
    assert len({answer.body["access_token"] for answer in answers}) == 20


async def test_a_refreshed_id_token_is_of_the_same_sign_in(api: Api, app: PartnerApp):
    """OpenID Connect Core §12.2: same iss, sub, aud, auth_time; no nonce."""
    tokens = await tokens_of(api, app)
    again = (await refresh(api, app, tokens["refresh_token"])).body
    first, second = claims(tokens["id_token"]), claims(again["id_token"])
    for name in ("iss", "sub", "aud", "auth_time", "sid", "acr"):
        assert second[name] == first[name]
    assert "nonce" not in second and second["at_hash"] != first["at_hash"]


async def test_a_scope_can_be_narrowed_for_one_access_token(api: Api, app: PartnerApp):
    tokens = await tokens_of(api, app)
    less = (await refresh(api, app, tokens["refresh_token"], scope="profile:name")).body
    assert less["scope"] == claims(less["access_token"])["scope"] == "profile:name"
    assert "id_token" not in less
    all_again = (await refresh(api, app, tokens["refresh_token"])).body
    assert all_again["scope"] == SCOPES


async def test_a_token_says_what_the_grant_still_gives(api: Api, app: PartnerApp):
    """A grant that was widened does not widen what was signed in for before."""
    code = await a_code(api, app, given="profile:over-18")
    tokens = (await exchange(api, app, code)).body
    await a_grant(api, app, code.signed, SCOPES)
    again = (await refresh(api, app, tokens["refresh_token"])).body
    assert set(again["scope"].split()) == {"openid", "profile:over-18"}


async def test_a_refreshed_token_names_the_level_that_holds_today(api: Api, app: PartnerApp):
    code = await a_code(api, app)
    tokens = (await exchange(api, app, code)).body
    past = datetime.now(UTC) - timedelta(days=1)
    await Resident.filter(id=code.signed.resident).update(proofed_until=past)
    again = (await refresh(api, app, tokens["refresh_token"])).body
    assert (claims(tokens["access_token"])["acr"], claims(again["access_token"])["acr"]) == (
        "4",
        "2",
    )


async def test_a_public_client_gets_the_next_refresh_token(api: Api, public: PartnerApp):
    tokens = await tokens_of(api, public, scope=PUBLIC_SCOPE)
    first = (await refresh(api, public, tokens["refresh_token"])).body
    assert first["refresh_token"] != tokens["refresh_token"]
    second = await refresh(api, public, first["refresh_token"])
    assert second.status == 200


async def test_thirty_at_once_get_one_successor(api: Api, public: PartnerApp):
    tokens = await tokens_of(api, public, scope=PUBLIC_SCOPE)
    answers = await asyncio.gather(
        *(refresh(api, public, tokens["refresh_token"]) for _ in range(30))
    )
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body["refresh_token"] for answer in answers}) == 1


async def test_a_rotated_token_shown_again_later_ends_the_family(api: Api, public: PartnerApp):
    """RFC 9700 §4.14.2."""
    tokens = await tokens_of(api, public, scope=PUBLIC_SCOPE)
    next_one = (await refresh(api, public, tokens["refresh_token"])).body
    long_ago = datetime.now(UTC) - 2 * GRACE
    session = await session_of(tokens)
    await RefreshToken.filter(session_id=session.id, used_at__isnull=False).update(used_at=long_ago)
    again = await refresh(api, public, tokens["refresh_token"])
    assert (again.status, again.body["error"]) == REFUSED
    for each in (tokens, next_one):
        assert not await lives(api, each["access_token"])
    assert (await refresh(api, public, next_one["refresh_token"])).body["error"] == "invalid_grant"
