"""By hand, what the plan ``fapi2-security-profile-final-test-plan`` of the OpenID conformance suite
tests of a provider with private_key_jwt, DPoP and plain responses; each test bears its module's
name. Proofs have a file of their own (test_fapi2_dpop.py).
"""

import asyncio

import pytest

from identity.models import Partner
from tests.support.front_channel import Wish, told
from tests.support.http import Api
from tests.support.partner_app import CALLBACK, PartnerApp, an_approved_partner
from tests.support.partner_codes import a_code, claims, exchange, lives, refresh
from tests.support.partner_sign_in import SignIn, refused_by_redirect, refused_in_place
from tests.support.userinfo import Somebody, a_somebody

PAR = "/oauth/par"


@pytest.fixture(scope="module")
async def app(api: Api) -> PartnerApp:
    return await an_approved_partner(api.url)


@pytest.fixture(scope="module")
async def other(api: Api) -> PartnerApp:
    return await an_approved_partner(api.url)


@pytest.fixture(scope="module")
async def somebody(api: Api) -> Somebody:
    return await a_somebody(api)


@pytest.fixture
async def flow(api: Api, app: PartnerApp, somebody: Somebody) -> SignIn:
    return SignIn(api, app, await api.sign_in(resident=somebody.signed.resident), Wish())


async def test_fapi2_security_profile_final_discovery_end_point_verification(api: Api):
    told = (await api.get("/.well-known/openid-configuration")).body
    assert told["issuer"] == api.url
    assert told["require_pushed_authorization_requests"] in (True, False)
    assert told["authorization_response_iss_parameter_supported"] is True
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert set(told["token_endpoint_auth_methods_supported"]) == {"private_key_jwt", "none"}
    assert {"ES256"} <= set(told["dpop_signing_alg_values_supported"])
    assert not {"none", "RS256", "HS256"} & set(
        told["token_endpoint_auth_signing_alg_values_supported"]
    )
    assert {"password", "implicit"}.isdisjoint(told["grant_types_supported"])


async def test_fapi2_security_profile_final_happy_flow(api: Api, flow: SignIn):
    said = await flow.decided(await flow.arrive())
    assert (said["state"], said["iss"]) == (flow.wish.state, api.url)
    done = await flow.exchange(said["code"])
    assert (done.body["token_type"], done.headers["Cache-Control"]) == ("DPoP", "no-store")
    token = claims(done.body["access_token"])
    assert token["cnf"] == {"jkt": flow.app.key.thumbprint}
    assert claims(done.body["id_token"])["nonce"] == "n-1"
    shown = await flow.app.call(api, "GET", "/oauth/userinfo", done.body["access_token"])
    assert shown.status == 200


async def test_fapi2_security_profile_final_user_rejects_authentication(api: Api, flow: SignIn):
    said = await flow.decided(await flow.arrive(), "refuse")
    assert said == {"error": "access_denied", "state": flow.wish.state, "iss": api.url} | {
        name: said[name] for name in ("error_description",) if name in said
    }


async def test_fapi2_security_profile_final_ensure_authorization_request_without_state_success(
    flow: SignIn,
):
    assert "state" not in await flow.decided(await flow.arrive(state=None))


async def test_fapi2_security_profile_final_ensure_authorization_request_without_nonce_success(
    flow: SignIn,
):
    assert "nonce" not in claims((await flow.tokens(nonce=None))["id_token"])


@pytest.mark.parametrize("length", [64, 512])
async def test_fapi2_security_profile_final_ensure_authorization_request_with_64_char_nonce_success(
    flow: SignIn, length: int
):
    nonce = "n" * length
    assert claims((await flow.tokens(nonce=nonce))["id_token"])["nonce"] == nonce


@pytest.mark.parametrize("name", ["state", "nonce"])
async def test_fapi2_security_profile_final_ensure_authorization_request_with_long_state(
    flow: SignIn, name: str
):
    refused = await flow.push(**{name: "x" * 2_000})
    assert (refused.status, refused.body["error"]) == (400, "invalid_request")


async def test_fapi2_security_profile_final_ensure_other_scope_order_succeeds(flow: SignIn):
    assert "id_token" in await flow.tokens(scope="profile:over-18 openid profile:name")


@pytest.mark.parametrize("scheme", ["dpop", "DPOP", "DPoP"])
async def test_fapi2_security_profile_final_access_token_type_header_case_sensitivity(
    api: Api, flow: SignIn, scheme: str
):
    token = (await flow.tokens())["access_token"]
    proof = flow.app.proof("GET", "/oauth/userinfo", token)
    headers = {"Authorization": f"{scheme} {token}", "DPoP": proof}
    assert (await api.send("GET", "/oauth/userinfo", headers=headers)).status == 200


# Pushed requests


async def test_fapi2_security_profile_final_par_ensure_pkce_required(flow: SignIn):
    refused = await flow.push(code_challenge=None, code_challenge_method=None)
    assert (refused.status, refused.body["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("method", ["plain", None, "s256", "S512"])
async def test_fapi2_security_profile_final_par_plain_pkce_rejected(
    flow: SignIn, method: str | None
):
    refused = await flow.push(code_challenge_method=method)
    assert (refused.status, refused.body["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("verifier", ["", "x" * 43, "short"])
async def test_fapi2_security_profile_final_par_pkce_incorrect_code_verifier_rejected(
    flow: SignIn, verifier: str
):
    code = await flow.code()
    refused = await flow.exchange(code, code_verifier=verifier)
    assert refused.status == 400
    assert refused.body["error"] in ("invalid_grant", "invalid_request")


async def test_fapi2_security_profile_final_par_attempt_reuse_request_uri(flow: SignIn):
    uri = (await flow.push()).body["request_uri"]
    assert (await flow.open(uri)).status == 303
    refused_in_place(await flow.open(uri))


async def test_fapi2_security_profile_final_par_attempt_to_use_expired_request_uri(
    api: Api, flow: SignIn
):
    pushed = (await flow.push()).body
    assert 5 <= pushed["expires_in"] < 600  # FAPI 2.0 Security Profile §5.3.2.2
    keys = [key async for key in api.parts.cache.scan_iter("par:*")]
    assert keys
    for key in keys:
        assert 0 < await api.parts.cache.ttl(key) <= pushed["expires_in"]
        await api.parts.cache.delete(key)  # as if its time had passed
    refused_in_place(await flow.open(pushed["request_uri"]))


async def test_fapi2_security_profile_final_par_attempt_to_use_request_uri_for_different_client(
    flow: SignIn, other: PartnerApp
):
    uri = (await flow.push()).body["request_uri"]
    refused_in_place(await flow.open(uri, client_id=other.id))


async def test_fapi2_security_profile_final_par_authorization_request_containing_request_uri(
    flow: SignIn,
):
    refused = await flow.push(request_uri="urn:ietf:params:oauth:request_uri:x")
    assert (refused.status, refused.body["error"]) == (400, "invalid_request")


async def test_fapi2_security_profile_final_par_without_duplicate_parameters(flow: SignIn):
    assert (await flow.open((await flow.push()).body["request_uri"])).status == 303


async def test_fapi2_security_profile_final_par_parameters_beside_request_uri_are_not_used(
    flow: SignIn,
):
    """RFC 9126 §4: what was pushed counts, whatever comes beside it."""
    uri = (await flow.push()).body["request_uri"]
    arrived = await flow.open(uri, redirect_uri="https://evil.example", state="another")
    assert (await flow.decided(arrived))["state"] == flow.wish.state


async def test_fapi2_security_profile_final_ensure_unsigned_request_without_using_par_fails(
    flow: SignIn,
):
    answer = await flow.browser.authorize(client_id=flow.app.id, **flow.wish.parameters())
    refused_in_place(answer)


@pytest.mark.parametrize("uri", [CALLBACK + "/x", "https://evil.example/callback", None])
async def test_fapi2_security_profile_final_ensure_registered_redirect_uri(
    flow: SignIn, uri: str | None
):
    refused = await flow.push(redirect_uri=uri)
    assert refused.status == 400 and refused.body["error"] in (
        "invalid_request",
        "invalid_redirect_uri",
    )


@pytest.mark.parametrize("kind", ["code id_token", "token", "id_token"])
async def test_fapi2_security_profile_final_ensure_response_type_code_only(flow: SignIn, kind: str):
    refused = await flow.push(response_type=kind)
    assert (refused.status, refused.body["error"]) == (400, "unsupported_response_type")


@pytest.mark.parametrize("mode", ["fragment", "form_post", "jwt"])
async def test_fapi2_security_profile_final_ensure_response_mode_query(flow: SignIn, mode: str):
    refused = await flow.push(response_mode=mode)
    assert (refused.status, refused.body["error"]) == (400, "invalid_request")


# Codes


async def test_fapi2_security_profile_final_ensure_authorization_code_is_bound_to_client(
    api: Api, flow: SignIn, other: PartnerApp
):
    code = await flow.code()
    stolen = SignIn(api, other, flow.who, flow.wish)
    refused = await stolen.exchange(code)
    assert (refused.status, refused.body["error"]) == (400, "invalid_grant")


async def test_fapi2_security_profile_final_attempt_reuse_authorization_code_after_one_second(
    api: Api, flow: SignIn
):
    code = await flow.code()
    got = (await flow.exchange(code)).body
    await asyncio.sleep(1.0)
    refused = await flow.exchange(code)
    assert (refused.status, refused.body["error"]) == (400, "invalid_grant")
    assert not await lives(api, got["access_token"])


async def test_fapi2_security_profile_final_attempt_to_use_expired_auth_code(
    api: Api, app: PartnerApp
):
    refused = await exchange(api, app, await a_code(api, app, seconds=-1))
    assert (refused.status, refused.body["error"]) == (400, "invalid_grant")
    fresh = await (await a_code(api, app)).row()
    assert (fresh.expires_at - fresh.created_at).total_seconds() <= 61


@pytest.mark.parametrize("uri", ["", CALLBACK + "/", "https://evil.example/callback"])
async def test_fapi2_security_profile_final_ensure_same_redirect_uri_at_token_endpoint(
    flow: SignIn, uri: str
):
    refused = await flow.exchange(await flow.code(), redirect_uri=uri)
    assert refused.status == 400
    assert refused.body["error"] in ("invalid_grant", "invalid_request")


async def test_fapi2_security_profile_final_refresh_token(
    api: Api, flow: SignIn, other: PartnerApp
):
    """FAPI 2.0 §5.3.2.1: not rotated, bound to the client, and of no use without its proof."""
    got = await flow.tokens()
    again = (await refresh(api, flow.app, got["refresh_token"])).body
    assert again.get("refresh_token", got["refresh_token"]) == got["refresh_token"]
    stolen = await refresh(api, other, got["refresh_token"])
    assert (stolen.status, stolen.body["error"]) == (400, "invalid_grant")


async def test_fapi2_security_profile_final_suspended_client_fails(api: Api):
    gone = await an_approved_partner(api.url)
    await Partner.filter(id=gone.id).update(state="suspended")
    await api.parts.ground.registry.changed(gone.id)
    refused = await gone.post(api, PAR, **Wish().parameters())
    assert (refused.status, refused.body["error"]) == (401, "invalid_client")


async def test_fapi2_security_profile_final_state_and_iss_come_with_every_error(
    api: Api, flow: SignIn
):
    """RFC 9207 §2 also for refusals, and what was sent as state."""
    public = await an_approved_partner(api.url, token_endpoint_auth_method="none")
    answer = await SignIn(api, public, flow.who, flow.wish).arrive(scope="nonsense")
    assert refused_by_redirect(answer, api.url) == "invalid_scope"
    assert told(answer.headers["Location"])["state"] == flow.wish.state
