"""By hand, the modules on proofs of possession (RFC 9449) of the FAPI 2.0 Security Profile plan,
``fapi2-security-profile-final-dpop-negative-tests`` line by line among them.
"""

import asyncio
import base64
import json
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import RSAAlgorithm

from config import cache as cache_room
from tests.support.device_key import DeviceKey
from tests.support.front_channel import Wish
from tests.support.http import Answer, Api
from tests.support.partner_app import PartnerApp, an_approved_partner
from tests.support.partner_codes import a_code, claims, exchange, tokens_of
from tests.support.partner_sign_in import SignIn

TOKEN, PAR, USERINFO = "/oauth/token", "/oauth/par", "/oauth/userinfo"


@pytest.fixture(scope="module")
async def app(api: Api) -> PartnerApp:
    made = await an_approved_partner(
        api.url,
        grant_types=["authorization_code", "refresh_token", "client_credentials"],
        scope="openid profile:name profile:over-18 client:read",
        kind="department",
    )
    await credentials(api, made)  # from here on it knows a nonce
    return made


@pytest.fixture
async def flow(api: Api, app: PartnerApp) -> SignIn:
    return SignIn(api, app, await api.sign_in(), Wish())


async def credentials(api: Api, app: PartnerApp) -> Answer:
    return await app.post(api, TOKEN, grant_type="client_credentials", scope="client:read")


async def memory_of(seconds: int, api: Api) -> None:
    """What was made before Valkey began is refused, so it must have begun long enough ago."""
    async with cache_room.connect(api.settings) as cache:
        age = (await cache.info("server"))["uptime_in_seconds"]
    await asyncio.sleep(max(0, seconds - age))


async def shown(api: Api, app: PartnerApp, *proofs: str, path: str = TOKEN) -> Answer:
    """An honest request but for its proofs."""
    more = {"grant_type": "client_credentials"} if path == TOKEN else Wish().parameters()
    form = app.authenticated(**more)
    heads = [("DPoP", proof) for proof in proofs]
    return await api.send("POST", path, data=form, heads=heads)


def private(key: DeviceKey) -> dict[str, Any]:
    return {"jwk": key.jwk | {"d": "AAAA"}}


def rsa_jwk() -> dict[str, Any]:
    public = rsa.generate_private_key(65537, 2048).public_key()
    found: dict[str, Any] = json.loads(RSAAlgorithm.to_jwk(public))
    return {"jwk": found}


BAD: dict[str, dict[str, Any]] = {
    "no jti": {"jti": None},
    "no htm": {"htm": None},
    "no htu": {"htu": None},
    "no iat": {"iat": None},
    "another htm": {"htm": "GET"},
    "another htu": {"htu": "https://evil.example/oauth/token"},
    "another path": {"htu": "ROOT/oauth/par"},
    "htu with a query": {"htu": "ROOT/oauth/token?x=1"},
    "htu with a fragment": {"htu": "ROOT/oauth/token#x"},
    "a minute old": {"iat": -60},
    "a minute ahead": {"iat": 60},
    "over": {"exp": -60},
    "not yet begun": {"nbf": 600},
    "typ of another token": {"header": {"typ": "JWT"}},
    "no typ": {"header": {"typ": None}},
    "alg none": {"header": {"alg": "none"}},
    "alg HS256": {"header": {"alg": "HS256"}},
    "alg RS256": {"header": {"alg": "RS256"}},
    "no jwk": {"header": {"jwk": None}},
    "a private key in it": {"header": "private"},
    "a key that did not sign": {"header": "another"},
    "an RSA key": {"header": "rsa"},
    "a critical extension": {"header": {"crit": ["x"], "x": 1}},
    "another nonce": {"nonce": "n" * 32},
}


def bad_proof(app: PartnerApp, path: str, change: dict[str, Any]) -> str:
    change = dict(change)
    header = change.pop("header", {})
    special = {"private": lambda: private(app.key), "rsa": rsa_jwk}
    special["another"] = lambda: {"jwk": DeviceKey(app.root).jwk}
    header = special[header]() if isinstance(header, str) else header
    for name in ("iat", "exp", "nbf"):
        if isinstance(change.get(name), int):
            change[name] += int(time.time())
    if isinstance(change.get("htu"), str):
        change["htu"] = change["htu"].replace("ROOT", app.root)
    if alg := header.get("alg"):
        return named(app.key.proof("POST", path, nonce=app.nonce), alg)
    return app.key.proof("POST", path, **({"nonce": app.nonce} | change), header=header)


def named(proof: str, alg: str) -> str:
    """The same under a header that names another algorithm."""
    head, _, rest = proof.partition(".")
    header = json.loads(base64.urlsafe_b64decode(head + "==")) | {"alg": alg}
    return f"{base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip('=')}.{rest}"


@pytest.mark.parametrize("change", BAD.values(), ids=BAD.keys())
async def test_fapi2_security_profile_final_dpop_negative_tests(
    api: Api, app: PartnerApp, change: dict[str, Any]
):
    refused = await shown(api, app, bad_proof(app, TOKEN, change))
    assert refused.status in (400, 401)
    wanted = "use_dpop_nonce" if "nonce" in change else "invalid_dpop_proof"
    assert refused.body["error"] == wanted


async def test_fapi2_security_profile_final_dpop_negative_tests_replay(api: Api, app: PartnerApp):
    proof = app.proof("POST", TOKEN)
    assert (await shown(api, app, proof)).status == 200
    refused = await shown(api, app, proof)
    assert refused.body["error"] == "invalid_dpop_proof"


async def test_fapi2_security_profile_final_dpop_negative_tests_several_headers(
    api: Api, app: PartnerApp
):
    proofs = [app.proof("POST", TOKEN) for _ in range(2)]
    for sent in (proofs, [proofs[0], "nonsense"]):
        refused = await shown(api, app, *sent)
        assert refused.body["error"] in ("invalid_dpop_proof", "invalid_request")


@pytest.mark.parametrize("proof", ["", "nonsense", "a.b.c", "x" * 5_000, "eyJ.eyJ.é"])
async def test_fapi2_security_profile_final_dpop_negative_tests_malformed(
    api: Api, app: PartnerApp, proof: str
):
    refused = await shown(api, app, proof)
    assert refused.status in (400, 401), refused.body
    assert refused.body["error"] in ("invalid_dpop_proof", "invalid_request")


async def test_fapi2_security_profile_final_ensure_holder_of_key_required(
    api: Api, app: PartnerApp
):
    refused = await shown(api, app)
    assert refused.body["error"] == "invalid_dpop_proof"


async def test_fapi2_security_profile_final_ensure_server_nonce_required(api: Api, app: PartnerApp):
    refused = await shown(api, app, app.key.proof("POST", TOKEN))
    assert refused.body["error"] == "use_dpop_nonce" and refused.headers["DPoP-Nonce"]


async def test_fapi2_security_profile_final_check_dpop_proof_nbf_exp(api: Api, app: PartnerApp):
    now = int(time.time())
    proof = app.key.proof("POST", TOKEN, nonce=app.nonce, nbf=now - 10, exp=now + 60)
    assert (await shown(api, app, proof)).status == 200


@pytest.mark.parametrize("path", [TOKEN, PAR])
async def test_fapi2_security_profile_final_ensure_dpopproof_with_iat_10seconds_before_succeeds(
    api: Api, app: PartnerApp, path: str
):
    """Eight, so that a slow machine decides nothing."""
    await memory_of(10, api)
    proof = app.key.proof("POST", path, nonce=app.nonce, iat=int(time.time()) - 8)
    assert (await shown(api, app, proof, path=path)).status in (200, 201)


@pytest.mark.parametrize("path", [TOKEN, PAR])
async def test_fapi2_security_profile_final_ensure_dpopproof_with_iat_10seconds_after_succeeds(
    api: Api, app: PartnerApp, path: str
):
    proof = app.key.proof("POST", path, nonce=app.nonce, iat=int(time.time()) + 10)
    assert (await shown(api, app, proof, path=path)).status in (200, 201)


# Codes bound to keys (RFC 9449 §10)


async def test_fapi2_security_profile_final_ensure_mismatched_dpop_jkt_fails(flow: SignIn):
    refused = await flow.push(dpop_jkt="A" * 43)
    assert (refused.status, refused.body["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("jkt", [None, "own"])
async def test_fapi2_security_profile_final_ensure_token_endpoint_fails_with_mismatched_dpop_jkt(
    api: Api, flow: SignIn, jkt: str | None
):
    """Bound by the proof at PAR, or by the parameter: another key gets nothing, and uses it up
    for nobody.
    """
    code = await flow.code(dpop_jkt=flow.app.key.thumbprint if jkt else None)
    own = flow.app.key
    flow.app.key = DeviceKey(api.url)
    try:
        refused = await flow.exchange(code)
    finally:
        flow.app.key = own
    assert (refused.status, refused.body["error"]) in (
        (400, "invalid_grant"),
        (400, "invalid_dpop_proof"),
    )


async def test_fapi2_security_profile_final_ensure_dpop_auth_code_binding_success(flow: SignIn):
    got = await flow.tokens(dpop_jkt=flow.app.key.thumbprint)
    assert claims(got["access_token"])["cnf"]["jkt"] == flow.app.key.thumbprint


async def test_fapi2_security_profile_final_ensure_dpop_proof_at_par_endpoint_binding_success(
    flow: SignIn,
):
    assert "access_token" in await flow.tokens()


# At the resource


@pytest.mark.parametrize(
    "change",
    [
        {"ath": None},
        {"ath": "A" * 43},
        {"htm": "POST"},
        {"iat": 1},
        {"nonce": None},
        {"htu": "https://evil.example/oauth/userinfo"},
    ],
    ids=str,
)
async def test_fapi2_security_profile_final_dpop_negative_tests_at_the_resource(
    api: Api, app: PartnerApp, change: dict[str, Any]
):
    token = (await tokens_of(api, app, scope="openid profile:name"))["access_token"]
    proof = app.key.proof("GET", USERINFO, token, **({"nonce": app.nonce} | change))
    headers = {"Authorization": f"DPoP {token}", "DPoP": proof}
    assert (await api.send("GET", USERINFO, headers=headers)).status == 401


async def test_fapi2_security_profile_final_dpop_negative_tests_bearer_downgrade(
    api: Api, app: PartnerApp
):
    token = (await tokens_of(api, app, scope="openid profile:name"))["access_token"]
    proof = app.proof("GET", USERINFO, token)
    for headers in (
        {"Authorization": f"Bearer {token}"},
        {"Authorization": f"Bearer {token}", "DPoP": proof},
        {"Authorization": f"DPoP {token}"},
    ):
        assert (await api.send("GET", USERINFO, headers=headers)).status == 401


async def test_fapi2_security_profile_final_dpop_negative_tests_key_of_a_thief(
    api: Api, app: PartnerApp
):
    token = (await tokens_of(api, app, scope="openid profile:name"))["access_token"]
    thief = DeviceKey(api.url, ec.generate_private_key(ec.SECP256R1()))
    proof = thief.proof("GET", USERINFO, token, nonce=app.nonce)
    headers = {"Authorization": f"DPoP {token}", "DPoP": proof}
    assert (await api.send("GET", USERINFO, headers=headers)).status == 401


async def test_fapi2_security_profile_final_refresh_token_needs_its_own_key(
    api: Api, app: PartnerApp
):
    got = await tokens_of(api, app, scope="openid profile:name")
    own, app.key = app.key, DeviceKey(api.url)
    try:
        form = {"grant_type": "refresh_token", "refresh_token": got["refresh_token"]}
        refused = await app.post(api, TOKEN, **form)
    finally:
        app.key = own
    assert refused.status == 400
    assert (await exchange(api, app, await a_code(api, app, scope="openid"))).status == 200
