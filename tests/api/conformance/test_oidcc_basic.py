"""By hand, what the OpenID conformance suite's plan ``oidcc-basic-certification-test-plan`` tests.

Each test bears the name of the module it mirrors. The client is public with PKCE, because nobody
authenticates here by a shared secret. docs/conformance.md says which modules have no place.
"""

import asyncio
import base64
import hashlib
import json

import jwt
import pytest

from tests.support.front_channel import Wish, told
from tests.support.http import Api
from tests.support.partner_app import CALLBACK, PartnerApp, an_approved_partner
from tests.support.partner_codes import claims, lives, refresh
from tests.support.partner_sign_in import SignIn, refused_by_redirect, refused_in_place
from tests.support.userinfo import Somebody, a_somebody

SCOPE = "openid profile:over-18"


@pytest.fixture(scope="module")
async def app(api: Api) -> PartnerApp:
    return await an_approved_partner(
        api.url,
        scope=SCOPE,
        grant_types=["authorization_code", "refresh_token"],
        token_endpoint_auth_method="none",
    )


@pytest.fixture(scope="module")
async def somebody(api: Api) -> Somebody:
    return await a_somebody(api)


@pytest.fixture
async def flow(api: Api, app: PartnerApp, somebody: Somebody) -> SignIn:
    return SignIn(api, app, await api.sign_in(resident=somebody.signed.resident), Wish())


async def request(flow: SignIn, **sent: str | None) -> dict[str, str]:
    """A sign-in that goes well, and what the client is told."""
    said = await flow.decided(await flow.arrive(scope=SCOPE, **sent))
    assert "code" in said, said
    return said


async def tokens(flow: SignIn, **sent: str | None) -> dict[str, str]:
    return await flow.tokens(scope=SCOPE, **sent)


async def test_oidcc_server(api: Api, app: PartnerApp, flow: SignIn):
    said = await request(flow)
    assert (said["state"], said["iss"]) == (flow.wish.state, api.url)
    done = await flow.exchange(said["code"])
    id_token = claims(done.body["id_token"])
    assert (id_token["iss"], id_token["aud"], id_token["nonce"]) == (api.url, app.id, "n-1")
    half = hashlib.sha256(done.body["access_token"].encode()).digest()[:16]
    assert id_token["at_hash"] == base64.urlsafe_b64encode(half).rstrip(b"=").decode()
    assert id_token["exp"] > id_token["iat"] >= id_token["auth_time"]
    assert id_token["sub"] != str(flow.who.resident)


@pytest.mark.parametrize("given", [None, "", "token", "id_token", "code id_token", "none"])
async def test_oidcc_response_type_missing(api: Api, flow: SignIn, given: str | None):
    refused = refused_by_redirect(await flow.arrive(scope=SCOPE, response_type=given), api.url)
    assert refused == ("unsupported_response_type" if given else "invalid_request")


async def test_oidcc_idtoken_signature(api: Api, app: PartnerApp, flow: SignIn):
    token = (await tokens(flow))["id_token"]
    published = (await api.get("/oauth/jwks")).body["keys"]
    header = jwt.get_unverified_header(token)
    (key,) = [one for one in published if one["kid"] == header["kid"]]
    assert header["alg"] == "ES256"
    good = jwt.decode(token, jwt.PyJWK(key), algorithms=["ES256"], audience=app.id, issuer=api.url)
    assert good["sub"]


async def test_oidcc_idtoken_unsigned(api: Api):
    """No client gets one: the metadata of the provider offers none."""
    offered = (await api.get("/.well-known/openid-configuration")).body
    assert "none" not in offered["id_token_signing_alg_values_supported"]


async def test_oidcc_userinfo_get(api: Api, flow: SignIn):
    got = await tokens(flow)
    said = await api.get("/oauth/userinfo", got["access_token"])
    assert (said.status, said.body["sub"]) == (200, claims(got["id_token"])["sub"])


async def test_oidcc_userinfo_post_header(api: Api, flow: SignIn):
    got = await tokens(flow)
    said = await api.send("POST", "/oauth/userinfo", got["access_token"])
    assert (said.status, said.body["sub"]) == (200, claims(got["id_token"])["sub"])


async def test_oidcc_userinfo_post_body(api: Api, flow: SignIn):
    """OAuth 2.1 §5.2.1.2 leaves it to the server; here a token comes in the header only."""
    form = {"access_token": (await tokens(flow))["access_token"]}
    assert (await api.send("POST", "/oauth/userinfo", data=form)).status in (401, 415)
    query = await api.send("GET", "/oauth/userinfo", params=form)
    assert query.status == 401


async def test_oidcc_ensure_request_without_nonce_succeeds_for_code_flow(flow: SignIn):
    assert "nonce" not in claims((await tokens(flow, nonce=None))["id_token"])


@pytest.mark.parametrize("scope", ["openid email", "openid profile", "openid address", "phone"])
async def test_oidcc_scope_profile_email_address_phone(api: Api, flow: SignIn, scope: str):
    """Fields are asked for one by one; a scope that holds many is not offered, and is refused."""
    offered = (await api.get("/.well-known/openid-configuration")).body["scopes_supported"]
    assert not set(scope.split()[-1:]) & set(offered)
    assert refused_by_redirect(await flow.arrive(scope=scope), api.url) == "invalid_scope"


async def test_oidcc_ensure_other_scope_order_succeeds(flow: SignIn):
    got = await flow.tokens(scope="profile:over-18 openid")
    assert "id_token" in got and set(str(got["scope"]).split()) == set(SCOPE.split())


@pytest.mark.parametrize("display", ["page", "popup"])
async def test_oidcc_display_page_and_popup(flow: SignIn, display: str):
    await request(flow, display=display)


async def test_oidcc_prompt_login(flow: SignIn):
    """Whoever is asked to prove themselves anew is, although they are signed in."""
    arrived = await flow.arrive(scope=SCOPE, prompt="login")
    id = arrived.headers["Location"].partition("?interaction=")[2]
    done = await flow.browser.answer(id, flow.who, "allow", "profile:over-18")
    assert (done.status, done.code) == (401, "step-up-needed")


async def test_oidcc_prompt_none_not_logged_in(api: Api, flow: SignIn):
    arrived = await flow.arrive(scope=SCOPE, prompt="none")
    id = arrived.headers["Location"].partition("?interaction=")[2]
    left = await flow.browser.leave(id)
    assert told(left.body["redirect_to"])["error"] == "login_required"


async def test_oidcc_prompt_none_logged_in(flow: SignIn):
    first = claims((await tokens(flow))["id_token"])
    arrived = await flow.arrive(scope=SCOPE, prompt="none")
    id = arrived.headers["Location"].partition("?interaction=")[2]
    done = await flow.browser.answer(id, flow.who, "silent")
    again = await flow.exchange(told(done.body["redirect_to"])["code"])
    assert claims(again.body["id_token"])["sub"] == first["sub"]


async def test_oidcc_max_age_1(flow: SignIn):
    """A second later the sign-in is too old, and the page says so."""
    await asyncio.sleep(1.1)
    arrived = await flow.arrive(scope=SCOPE, max_age="1")
    id = arrived.headers["Location"].partition("?interaction=")[2]
    done = await flow.browser.answer(id, flow.who, "allow", "profile:over-18")
    assert (done.status, done.code) == (401, "step-up-needed")


async def test_oidcc_max_age_10000(flow: SignIn):
    got = claims((await tokens(flow, max_age="10000"))["id_token"])
    assert got["auth_time"] <= got["iat"]


async def test_oidcc_ensure_request_with_unknown_parameter_succeeds(flow: SignIn):
    await request(flow, extra="foobar")


async def test_oidcc_id_token_hint(flow: SignIn):
    hint = (await tokens(flow))["id_token"]
    again = await tokens(flow, id_token_hint=hint)
    assert claims(again["id_token"])["sub"] == claims(hint)["sub"]


async def test_oidcc_login_hint(flow: SignIn):
    await request(flow, login_hint="somebody")


async def test_oidcc_ui_locales(flow: SignIn):
    await request(flow, ui_locales="ug zh-HK en")


async def test_oidcc_claims_locales(flow: SignIn):
    await request(flow, claims_locales="se")


async def test_oidcc_ensure_request_with_acr_values_succeeds(flow: SignIn):
    assert int(str(claims((await tokens(flow, acr_values="3"))["id_token"])["acr"])) >= 3


async def test_oidcc_codereuse(flow: SignIn):
    code = (await request(flow))["code"]
    assert (await flow.exchange(code)).status == 200
    again = await flow.exchange(code)
    assert (again.status, again.body["error"]) == (400, "invalid_grant")


async def test_oidcc_codereuse_30seconds(api: Api, flow: SignIn):
    """Whenever it is shown again, what it was exchanged for ends."""
    code = (await request(flow))["code"]
    got = (await flow.exchange(code)).body
    assert await lives(api, got["access_token"])
    assert (await flow.exchange(code)).status == 400
    assert not await lives(api, got["access_token"])
    assert (await refresh(api, flow.app, got["refresh_token"])).status == 400


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example/callback",
        CALLBACK + "/",
        CALLBACK + "?x=1",
        CALLBACK + "#x",
        CALLBACK.upper(),
        CALLBACK.replace("https", "http"),
        CALLBACK.replace("hospital", "hospital.example@evil"),
        CALLBACK.replace(".example", ".example:8443"),
        CALLBACK.replace("/callback", "/%63allback"),
        CALLBACK.replace("/callback", "/x/../callback"),
        "//evil.example",
        "javascript:alert(1)",
        None,
    ],
)
async def test_oidcc_ensure_registered_redirect_uri(flow: SignIn, uri: str | None):
    refused_in_place(await flow.arrive(scope=SCOPE, redirect_uri=uri))


async def test_oidcc_ensure_post_request_succeeds(flow: SignIn):
    wished = flow.wish.parameters(scope=SCOPE)
    form = {"client_id": flow.app.id} | wished
    arrived = await flow.browser.send("POST", "/oauth/authorize", data=form)
    assert "code" in await flow.decided(arrived)


@pytest.mark.parametrize("uri", ["https://evil.example/r.jwt", "urn:x", CALLBACK])
async def test_oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported(
    flow: SignIn, uri: str
):
    answer = await flow.arrive(scope=SCOPE, request_uri=uri)
    refused_in_place(answer)


async def test_oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(
    api: Api, flow: SignIn
):
    unsigned = jwt.encode({"scope": SCOPE, "redirect_uri": CALLBACK}, None, algorithm="none")
    refused = refused_by_redirect(await flow.arrive(scope=SCOPE, request=unsigned), api.url)
    assert refused == "request_not_supported"


async def test_oidcc_ensure_request_object_with_redirect_uri(flow: SignIn):
    """A redirect_uri within a request object counts for nothing."""
    elsewhere = jwt.encode({"redirect_uri": "https://evil.example"}, None, algorithm="none")
    refused_in_place(await flow.arrive(redirect_uri="https://evil.example", request=elsewhere))


async def test_oidcc_claims_essential(flow: SignIn):
    """The parameter ``claims`` is not supported, and does not disturb."""
    await request(flow, claims=json.dumps({"userinfo": {"name": {"essential": True}}}))


async def test_oidcc_refresh_token(api: Api, flow: SignIn):
    """Rotated for a public client; the one before is dead after its grace, or by another key."""
    first = await tokens(flow)
    second = (await refresh(api, flow.app, first["refresh_token"])).body
    assert second["refresh_token"] != first["refresh_token"]
    assert claims(second["id_token"])["sub"] == claims(first["id_token"])["sub"]
    other = await an_approved_partner(api.url, token_endpoint_auth_method="none", scope=SCOPE)
    stolen = await refresh(api, other, second["refresh_token"])
    assert (stolen.status, stolen.body["error"]) == (400, "invalid_grant")


async def test_oidcc_ensure_request_with_valid_pkce_succeeds(flow: SignIn):
    code = (await request(flow))["code"]
    assert (await flow.exchange(code)).status == 200
