"""Programs of others against one running house: openid-client, oauth4webapi, Authlib.

They check what they are given by the standards, not by our reading of them. Each journey runs
once; the tests look at what its client told.
"""

from typing import Any

import pytest

from tests.support.house import House
from tests.support.outside_clients import (
    OutsideClient,
    fresh_key,
    public,
    registered,
    told_by,
)

pytestmark = pytest.mark.server

SCOPE = "openid profile:name-masked profile:over-18 profile:resident-here"
SERVICE = "provident-fund-balance"
WIDE = f"{SCOPE} {SERVICE}:read client:read"
GIVEN = ["profile:name-masked", "profile:over-18", f"{SERVICE}:read"]
GRANTS = ["authorization_code", "refresh_token", "client_credentials"]
NESTED = {"alg": "ECDH-ES+A256KW", "enc": "A256GCM"}
Told = dict[str, Any]


@pytest.fixture(scope="module")
async def clinic(running_house: House) -> OutsideClient:
    """Signs in with a client of its own keys; may ask for itself, too."""
    return await registered(running_house, scope=WIDE, grant_types=GRANTS)


@pytest.fixture(scope="module")
def journey(clinic: OutsideClient, outside_packages: object) -> Told:
    """The whole of openid-client: a part of the fields is given."""
    wanted = {"scope": f"{SCOPE} {SERVICE}:read", "give": GIVEN, "service": SERVICE}
    return told_by("openid_client.mjs", clinic.settings(**wanted, own=True, logout=True))


@pytest.fixture(scope="module")
async def sealed(running_house: House, outside_packages: object) -> Told:
    """The same where everything about residents is signed, then encrypted for the client."""
    key = fresh_key("for-me", "enc", alg=NESTED["alg"])
    client = await registered(
        running_house,
        scope=SCOPE,
        more_keys=[public(key)],
        id_token_encrypted_response_alg=NESTED["alg"],
        id_token_encrypted_response_enc=NESTED["enc"],
        userinfo_signed_response_alg="ES256",
        userinfo_encrypted_response_alg=NESTED["alg"],
        userinfo_encrypted_response_enc=NESTED["enc"],
    )
    metadata = {"userinfo_signed_response_alg": "ES256"}
    wanted = client.settings(scope=SCOPE, decryption=key, metadata=metadata, resident=2)
    return told_by("openid_client.mjs", wanted)


@pytest.fixture(scope="module")
async def lower(running_house: House, outside_packages: object) -> Told:
    """oauth4webapi by itself, with a signed userinfo."""
    client = await registered(running_house, scope=SCOPE, userinfo_signed_response_alg="ES256")
    return told_by("oauth4webapi.mjs", client.settings(scope=SCOPE, resident=4))


def test_openid_client_pushes_its_request_and_shows_the_browser_nothing_else(journey: Told):
    assert journey["parameters"] == ["client_id", "request_uri"]


def test_openid_client_takes_our_tokens(journey: Told, clinic: OutsideClient):
    """RFC 9449 §5, RFC 9068; the ID token's signature, at_hash, nonce and max_age it checks."""
    first = journey["first"]
    assert first["type"] == "dpop"
    assert first["expires_in"] <= 600
    assert journey["jwt"] == 3
    claims = first["claims"]
    assert claims["aud"] == clinic.id
    assert (claims["acr"], claims["amr"]) == ("4", ["face"])
    assert {"auth_time", "nonce", "at_hash", "sid"} <= set(claims)


def test_the_partner_sees_what_was_given_and_nothing_else(journey: Told):
    assert set(journey["first"]["scope"].split()) == {"openid", *GIVEN}
    assert set(journey["userinfo"]) == {"sub", "name_masked", "over_18"}
    assert journey["userinfo"]["over_18"] is True


def test_a_bound_refresh_token_is_kept(journey: Told):
    """FAPI 2.0 Security Profile §5.3.2.1: no rotation where the sender is constrained."""
    again = journey["again"]
    assert again["same_refresh_token"] and again["another_access_token"]
    assert again["userinfo"] == journey["userinfo"]


def test_a_service_answers_the_partners_token(journey: Told):
    assert journey["service"]["status"] == 200


def test_introspection_and_revocation_work_as_openid_client_expects(journey: Told):
    assert journey["living"] == {"active": True, "sub": True, "jkt": True}
    assert journey["revoked"] is False
    assert journey["after_revocation"] == "invalid_token"


def test_signing_out_there_ends_everything_here(journey: Told):
    logout = journey["logout"]
    assert logout == {"status": 303, "location": "https://clinic.example/signed-out?state=out"}
    assert journey["after_logout"] is False
    assert journey["late_refresh"] == "invalid_grant"


def test_a_client_asks_for_itself(journey: Told, clinic: OutsideClient):
    assert journey["own"] == {"status": 200, "id": clinic.id, "refresh": ""}


def test_openid_client_opens_what_was_encrypted_for_it(sealed: Told):
    """A JWS in a JWE (OpenID Connect Core §2, §5.3.2), five parts, opened and then verified."""
    assert sealed["id_token_parts"] == 5
    assert set(sealed["userinfo"]) >= {"sub", "name_masked", "over_18", "resident_here"}
    assert sealed["first"]["claims"]["sub"] == sealed["userinfo"]["sub"]


async def test_a_narrower_answer_comes_in_place_of_what_was_asked(
    running_house: House, outside_packages: object
):
    """Whether somebody is of age, instead of the day they were born."""
    client = await registered(running_house, scope="openid profile:birthdate")
    wanted = {"scope": "openid profile:birthdate", "give": ["profile:over-18"], "resident": 3}
    told = told_by("openid_client.mjs", client.settings(**wanted))
    assert set(told["first"]["scope"].split()) == {"openid", "profile:over-18"}
    assert set(told["userinfo"]) == {"sub", "over_18"} and told["userinfo"]["over_18"] is False


def test_oauth4webapi_walks_the_same_way(lower: Told):
    assert lower["type"] == "dpop"
    assert 5 <= lower["pushed"]["expires_in"] <= 600
    assert lower["nonces"] >= 1
    access = lower["access"]
    assert access["typ"] == "at+jwt" and access["aud"].endswith("/v1")
    assert access["published"] and access["jkt"] and access["life"] <= 600
    assert lower["userinfo"]["resident_here"] is False
    assert lower["introspected"] is True


def test_a_revoked_refresh_token_takes_the_access_token_along(lower: Told):
    """RFC 7009 §2.1."""
    assert (lower["revocation"], lower["gone"]) == ("done", False)


def test_a_code_is_exchanged_once(lower: Told):
    assert lower["replay"] == "invalid_grant"


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("wrong-iss", 'unexpected "iss" (issuer) response parameter value'),
        ("expired-code", "server responded with an error in the response body"),
        ("wrong-nonce", 'unexpected ID Token "nonce" claim value'),
        ("bad-signature", "JWT signature verification failed"),
    ],
)
async def test_openid_client_notices_every_fault_it_asked_for(
    clinic: OutsideClient, journey: Told, fault: str, words: str
):
    """So the sandbox shows a partner that its client checks what it must."""
    await clinic.break_with(fault)
    try:
        told = told_by("openid_client.mjs", clinic.settings(scope="openid", faults=True))
    finally:
        await clinic.break_with()
    assert told["words"] == words
