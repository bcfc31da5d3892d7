"""Introspection (RFC 7662): who is told what of which token; everybody else hears "inactive"."""

from typing import Any

import pytest

from identity.models import Partner
from tests.support.device_key import DeviceKey
from tests.support.http import Answer, Api
from tests.support.partner_app import PartnerApp, an_approved_partner
from tests.support.partner_codes import (
    TOKEN,
    a_code,
    claims,
    exchange,
    refresh,
    remember,
    session_of,
    tokens_of,
)

INTROSPECT = "/oauth/introspect"
FUND = "https://fund.example/api"
PUBLIC_SCOPE = "openid profile:over-18"


@pytest.fixture(scope="module")
async def app(api: Api) -> PartnerApp:
    return await an_approved_partner(api.settings.public_url)


@pytest.fixture(scope="module")
async def fund(api: Api) -> PartnerApp:
    """A department; it also claims our own API as its resource, which counts for nothing."""
    return await an_approved_partner(
        api.settings.public_url, kind="department", resources=[FUND, api.settings.audience]
    )


async def inspect(api: Api, app: PartnerApp, token: str, **more: str) -> Answer:
    return await app.post(api, INTROSPECT, token=token, **more)


def inactive(answer: Answer) -> bool:
    return (answer.status, answer.body) == (200, {"active": False})


async def test_nobody_is_told_anything_without_authenticating(api: Api, app: PartnerApp):
    """RFC 7662 §2.1: neither unauthenticated nor by a bearer's token."""
    tokens = await tokens_of(api, app)
    form = {"token": tokens["access_token"]}
    for given in (form, form | {"client_id": app.id}):
        answer = await api.send("POST", INTROSPECT, data=given)
        assert (answer.status, answer.body["error"]) == (401, "invalid_client")
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    answer = await api.send("POST", INTROSPECT, data=form, headers=headers)
    assert (answer.status, answer.body["error"]) == (401, "invalid_client")


async def test_a_public_client_may_not_introspect(api: Api):
    public = await an_approved_partner(
        api.settings.public_url, token_endpoint_auth_method="none", scope=PUBLIC_SCOPE
    )
    tokens = await tokens_of(api, public, scope=PUBLIC_SCOPE)
    answer = await inspect(api, public, tokens["access_token"])
    assert (answer.status, answer.body["error"]) == (400, "unauthorized_client")


async def test_a_request_without_a_token_is_malformed(api: Api, app: PartnerApp):
    answer = await app.post(api, INTROSPECT)
    assert (answer.status, answer.body["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "token",
    ["x", "a.b.c", "zo_unknown", "zr_unknown", "汉字", "[" * 4000, "eyJhbGciOiJub25lIn0.e30."],
    ids=lambda token: token[:8],
)
async def test_rubbish_is_inactive(api: Api, app: PartnerApp, token: str):
    assert inactive(await inspect(api, app, token))


async def test_another_clients_tokens_are_inactive(api: Api, app: PartnerApp, fund: PartnerApp):
    """RFC 7662 §4: nobody scans for tokens; a department reads none that are not for it."""
    other = await an_approved_partner(api.settings.public_url)
    tokens = await tokens_of(api, app)
    for who in (other, fund):
        for token in (tokens["access_token"], tokens["refresh_token"]):
            assert inactive(await inspect(api, who, token))


async def test_our_own_apps_tokens_are_inactive(api: Api, app: PartnerApp, fund: PartnerApp):
    signed = await api.sign_in()
    for who in (app, fund):
        for token in (signed.access, signed.refresh):
            assert inactive(await inspect(api, who, token))


async def test_ended_tokens_are_inactive(api: Api, app: PartnerApp):
    code = await a_code(api, app)
    tokens = (await exchange(api, app, code)).body
    assert (await inspect(api, app, tokens["access_token"])).body["active"] is True
    await api.parts.sessions.end(code.signed.session, code.signed.resident)
    for token in (tokens["access_token"], tokens["refresh_token"]):
        assert inactive(await inspect(api, app, token))


async def test_a_suspended_clients_tokens_are_inactive_for_the_department_too(
    api: Api, fund: PartnerApp
):
    gone = await an_approved_partner(api.settings.public_url)
    tokens = await tokens_of(api, gone, resource=FUND)
    assert (await inspect(api, fund, tokens["access_token"])).body["active"] is True
    await Partner.filter(id=gone.id).update(state="suspended")
    await api.parts.ground.registry.changed(gone.id)
    assert inactive(await inspect(api, fund, tokens["access_token"]))


async def test_a_client_is_told_all_of_its_own_token(api: Api, app: PartnerApp):
    """RFC 7662 §2.2, RFC 9449 §6.2 (cnf), RFC 9068; nothing of it is kept (no-store)."""
    tokens = await tokens_of(api, app)
    answer = await inspect(api, app, tokens["access_token"], token_type_hint="access_token")
    assert answer.headers["Cache-Control"] == "no-store"
    expected = {"active": True, "token_type": "DPoP"} | claims(tokens["access_token"])
    assert answer.body == expected
    assert answer.body["cnf"] == {"jkt": app.key.thumbprint}


async def test_a_wrong_hint_hides_nothing(api: Api, app: PartnerApp):
    """RFC 7662 §2.1."""
    tokens = await tokens_of(api, app)
    for token, hint in (("access_token", "refresh_token"), ("refresh_token", "access_token")):
        answer = await inspect(api, app, tokens[token], token_type_hint=hint)
        assert answer.body["active"] is True


async def test_no_proof_is_needed_where_nothing_is_issued(api: Api, app: PartnerApp):
    """The client's assertion is enough; a proof that is shown is judged."""
    tokens = await tokens_of(api, app)
    form = {"token": tokens["access_token"]}
    plain = await api.send("POST", INTROSPECT, data=app.authenticated(**form))
    assert plain.body["active"] is True
    headers = {"DPoP": app.proof("POST", TOKEN)}
    wrong = await api.send("POST", INTROSPECT, data=app.authenticated(**form), headers=headers)
    assert (wrong.status, wrong.body["error"]) == (400, "invalid_dpop_proof")


async def test_a_refresh_token_says_what_it_keeps(api: Api, app: PartnerApp):
    tokens = await tokens_of(api, app)
    session = await session_of(tokens)
    said: dict[str, Any] = (await inspect(api, app, tokens["refresh_token"])).body
    assert said["active"] is True and said["client_id"] == app.id
    assert said["sid"] == str(session.id) and said["scope"] == session.scope
    assert said["exp"] == int(session.expires_at.timestamp())
    assert said["cnf"] == {"jkt": app.key.thumbprint}
    assert "sub" not in said


async def test_an_opaque_token_is_read_by_its_client(api: Api):
    opaque = await an_approved_partner(api.settings.public_url, access_tokens="opaque")
    tokens = await tokens_of(api, opaque)
    said = (await inspect(api, opaque, tokens["access_token"])).body
    assert said["active"] is True and said["client_id"] == opaque.id


async def test_a_department_is_told_of_tokens_for_its_resource(
    api: Api, app: PartnerApp, fund: PartnerApp
):
    """RFC 8707: of those for our own API it is told nothing, even if it claims to be that."""
    other = await an_approved_partner(
        api.settings.public_url, kind="department", resources=["https://other.example/api"]
    )
    tokens = await tokens_of(api, app, resource=FUND)
    said = (await inspect(api, fund, tokens["access_token"])).body
    assert said["active"] is True and said["aud"] == FUND and said["client_id"] == app.id
    assert inactive(await inspect(api, other, tokens["access_token"]))
    ours = await tokens_of(api, app)
    assert inactive(await inspect(api, fund, ours["access_token"]))
    again = (await refresh(api, app, tokens["refresh_token"])).body
    assert claims(again["access_token"])["aud"] == FUND


async def test_a_bearers_token_has_no_confirmation(api: Api, fund: PartnerApp):
    """A department sees that a public client's token is bound to no key."""
    public = await an_approved_partner(
        api.settings.public_url, token_endpoint_auth_method="none", scope=PUBLIC_SCOPE
    )
    tokens = await tokens_of(api, public, scope=PUBLIC_SCOPE, resource=FUND)
    said = (await inspect(api, fund, tokens["access_token"])).body
    assert said["token_type"] == "Bearer" and "cnf" not in said


async def test_a_rotated_refresh_token_is_inactive(api: Api, fund: PartnerApp):
    """A used one is not what a client should go on with, grace or not."""
    app = await an_approved_partner(api.settings.public_url)
    tokens = await tokens_of(api, app)
    from datetime import UTC, datetime

    from identity.models import RefreshToken

    session = await session_of(tokens)
    await RefreshToken.filter(session_id=session.id).update(used_at=datetime.now(UTC))
    assert inactive(await inspect(api, app, tokens["refresh_token"]))


async def test_a_token_signed_by_another_key_is_inactive(api: Api, app: PartnerApp):
    """RFC 8725 §3: what a client made itself is none of ours."""
    import jwt

    tokens = await tokens_of(api, app)
    header = jwt.get_unverified_header(tokens["access_token"])
    said = claims(tokens["access_token"])
    key = DeviceKey("").private
    forged = jwt.encode(said, key, algorithm="ES256", headers=header)
    assert inactive(await inspect(api, app, forged))
    remember(Answer(200, {}, b"", {"access_token": forged}))
    id_token = await inspect(api, app, tokens["id_token"])
    assert inactive(id_token)
