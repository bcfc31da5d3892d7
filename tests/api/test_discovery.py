"""One document at two addresses, and every word of it true."""

from typing import Any, get_args

import pytest

from api import cors
from api.app import all_routes
from api.routes import Access, Route
from config.texts import OFFERED
from identity import dpop
from identity.oauth import discovery
from identity.oauth.authorization_request import checked_level, checked_prompt
from identity.oauth.message import Parameters
from identity.oauth.refusals import InvalidRequest
from identity.partners.metadata import ENCRYPTING, KEY_WRAPPING, SIGNING, Grant
from identity.profile import CLAIMS
from identity.scopes import KIOSK
from services.catalogue import Catalogue
from tests.support.http import Api

OPENID = "/.well-known/openid-configuration"
OAUTH = "/.well-known/oauth-authorization-server"
ELSEWHERE = {"Origin": "https://app.hospital.example"}


@pytest.fixture(scope="module")
async def told(api: Api) -> dict[str, Any]:
    found: dict[str, Any] = (await api.get(OPENID)).body
    return found


@pytest.fixture(scope="module")
def routes(api: Api) -> list[Route]:
    return all_routes(Catalogue.load(), api.settings)


async def test_both_addresses_tell_the_same_bytes(api: Api):
    one, other = await api.get(OPENID), await api.get(OAUTH)
    assert (one.status, other.status) == (200, 200)
    assert one.raw == other.raw
    assert one.headers["Content-Type"] == "application/json"


async def test_the_issuer_is_the_address_it_was_found_under(api: Api, told: dict[str, Any]):
    """OpenID Connect Discovery 1.0 §4.3; RFC 8414 §3.3."""
    assert told["issuer"] + OPENID == api.url + OPENID


async def test_who_has_the_document_is_told_so(api: Api):
    """RFC 9110 §13.1.2."""
    first = await api.get(OPENID)
    again = await api.get(OPENID, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.raw) == (304, b"")
    assert "max-age" in first.headers["Cache-Control"]


async def test_no_endpoint_is_named_that_is_not_there(told: dict[str, Any], routes: list[Route]):
    declared = {route.path for route in routes}
    named = {
        name: value.removeprefix(told["issuer"])
        for name, value in told.items()
        if name.endswith("_endpoint") or name == "jwks_uri"
    }
    assert named == discovery.ENDPOINTS
    assert set(named.values()) <= declared


async def test_no_endpoint_of_the_provider_is_left_out(told: dict[str, Any], routes: list[Route]):
    """But for those under another endpoint's address: a client's own record (RFC 7592)."""
    own = {route.path for route in routes if route.path.startswith("/oauth/")}
    top = {path for path in own if "{" not in path}
    assert top == set(discovery.ENDPOINTS.values())


async def test_what_clients_may_register_is_what_is_told(told: dict[str, Any]):
    assert told["grant_types_supported"] == list(get_args(Grant))
    assert told["token_endpoint_auth_signing_alg_values_supported"] == list(SIGNING)
    assert told["id_token_encryption_alg_values_supported"] == list(KEY_WRAPPING)
    assert told["userinfo_encryption_enc_values_supported"] == list(ENCRYPTING)
    assert told["dpop_signing_alg_values_supported"] == [dpop.ALGORITHM]
    assert told["subject_types_supported"] == ["pairwise"]
    assert told["ui_locales_supported"] == list(OFFERED)


async def test_every_scope_and_every_claim_of_userinfo_is_told(api: Api, told: dict[str, Any]):
    """But for that of kiosks, which nobody else could ask for."""
    known = {scope.id for scope in api.parts.ground.scopes} - {KIOSK}
    assert told["scopes_supported"] == sorted(known)
    assert {"openid", "profile:name", "provident-fund-balance:read"} <= set(
        told["scopes_supported"]
    )
    fields = {claim for claims in CLAIMS.values() for claim in claims}
    assert fields | {"sub", "at_hash", "sid"} <= set(told["claims_supported"])


async def test_every_prompt_and_level_that_is_told_is_taken_and_no_other(told: dict[str, Any]):
    """OpenID Connect Prompt Create 1.0 §4.2 names the member."""
    for prompt in told["prompt_values_supported"]:
        assert checked_prompt(Parameters({"prompt": (prompt,)})) == (prompt,)
    with pytest.raises(InvalidRequest):
        checked_prompt(Parameters({"prompt": ("select_account",)}))
    for level in told["acr_values_supported"]:
        assert checked_level(Parameters({"acr_values": (level,)})) == int(level)


async def test_nothing_weak_is_offered(told: dict[str, Any]):
    """FAPI 2.0 Security Profile §5.3.2.1; OAuth 2.1 §4.1."""
    everything = str(told)
    for weak in ("client_secret", "plain", "implicit", "'token'", "id_token'", "RS256", "HS256"):
        assert weak not in everything, weak
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["authorization_response_iss_parameter_supported"] is True
    assert "none" not in told["introspection_endpoint_auth_methods_supported"]


@pytest.mark.parametrize("path", sorted(cors.SHARED))
async def test_a_page_of_another_site_may_ask_but_never_with_cookies(api: Api, path: str):
    """Fetch standard, "CORS protocol": a star for the origin, and no credentials."""
    wanted = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "dpop"}
    leave = await api.send("OPTIONS", path, headers=ELSEWHERE | wanted)
    assert leave.status == 204
    assert leave.headers["Access-Control-Allow-Origin"] == "*"
    assert "DPoP" in leave.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in leave.headers
    method = "GET" if "GET" in leave.headers["Access-Control-Allow-Methods"] else "POST"
    answer = await api.send(method, path, headers=ELSEWHERE)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "DPoP-Nonce" in answer.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


async def test_no_other_address_answers_pages_of_another_site(api: Api, routes: list[Route]):
    """Least of all a resident's own record, the consent page's answers and staff."""
    closed = {route.path for route in routes} - cors.SHARED
    assert {"/v1/me", "/staff/sessions", "/oauth/authorize"} <= closed | {"/oauth/authorize"}
    reading = [
        route for route in routes if route.path in closed and route.method == "GET"
        and "{" not in route.path and route.access is not Access.PUBLIC
    ]  # fmt: skip
    assert len(reading) > 10
    for route in reading:
        answer = await api.get(route.path, headers=ELSEWHERE)
        assert "Access-Control-Allow-Origin" not in answer.headers, route.path
    refused = await api.send("OPTIONS", "/v1/me", headers=ELSEWHERE)
    assert refused.status == 405
    assert "Access-Control-Allow-Origin" not in refused.headers
