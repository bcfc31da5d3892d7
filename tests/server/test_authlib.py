"""Authlib against a running house: a second client, written by others in another language."""

import json
import time
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from httpx2 import Response
from joserfc.errors import JoseError

from tests.support.authlib_client import (
    a_confidential_session,
    a_public_session,
    discovered,
    opened,
    verified,
)
from tests.support.house import House
from tests.support.log_capture import personal
from tests.support.outside_clients import AFTER, OutsideClient, fresh_key, public, registered

pytestmark = pytest.mark.server

LOW = "openid profile:name-masked profile:over-18"
VERIFIER = "a-verifier-of-enough-characters-0123456789-abcdef"
NONCE = "a-nonce-of-this-test"


def sent_back(client: OutsideClient, url: str, **more: Any) -> str:
    """The address the browser comes to, after the robot signed resident 3 in: a minor."""
    wanted = json.dumps({"url": url, "resident": 3} | more).encode()
    asked = urllib.request.Request(
        f"{client.house.sandbox_url}/robot/sign-in", wanted, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(asked) as answer:
        return str(json.load(answer)["redirect_to"])


def remembered(token: dict[str, Any]) -> dict[str, Any]:
    for name in ("access_token", "refresh_token", "id_token"):
        personal(token[name])
    return token


@pytest.fixture(scope="module")
async def app(running_house: House) -> OutsideClient:
    """A public client: an app that keeps no secret."""
    return await registered(running_house, scope=LOW, token_endpoint_auth_method="none", jwks=None)


@pytest.fixture(scope="module")
def encryption() -> dict[str, Any]:
    return fresh_key("for-me", "enc", alg="ECDH-ES+A256KW")


@pytest.fixture(scope="module")
async def hospital(running_house: House, encryption: dict[str, Any]) -> OutsideClient:
    """A confidential client with an encrypted ID token."""
    return await registered(
        running_house,
        scope=LOW,
        more_keys=[public(encryption)],
        id_token_encrypted_response_alg="ECDH-ES+A256KW",
    )


def test_authlib_signs_a_resident_in_as_a_public_client(app: OutsideClient):
    """PKCE, no proof, an openly written request; the refresh token rotates, used twice it ends
    the session (OAuth 2.1 §4.3.1).
    """
    told = discovered(app)
    with a_public_session(app, LOW) as session:
        url, state = session.create_authorization_url(
            told["authorization_endpoint"], code_verifier=VERIFIER, nonce=NONCE
        )
        back = sent_back(app, url)
        assert parse_qs(urlsplit(back).query)["iss"] == [told["issuer"]]
        token = remembered(
            session.fetch_token(authorization_response=back, code_verifier=VERIFIER, state=state)
        )
        assert token["token_type"] == "Bearer"
        claims = verified(app, token["id_token"], NONCE)
        seen = session.get(told["userinfo_endpoint"]).json()
        assert seen["sub"] == claims["sub"]
        assert seen["over_18"] is False
        fresh = remembered(session.refresh_token(refresh_token=token["refresh_token"]))
        assert fresh["refresh_token"] != token["refresh_token"]
        session.revoke_token(
            told["revocation_endpoint"], token=fresh["refresh_token"],
            token_type_hint="refresh_token", auth=session.client_auth("none"),
        )  # fmt: skip
        assert session.get(told["userinfo_endpoint"]).status_code == 401
        with pytest.raises(OAuthError, match="invalid_grant"):
            session.refresh_token(refresh_token=fresh["refresh_token"])


def test_a_refusal_comes_back_with_our_name_and_the_clients_state(app: OutsideClient):
    """RFC 6749 §4.1.2.1, RFC 9207 §2."""
    told = discovered(app)
    with a_public_session(app, LOW) as session:
        url, state = session.create_authorization_url(
            told["authorization_endpoint"], code_verifier=VERIFIER
        )
        back = parse_qs(urlsplit(sent_back(app, url, refuse=True)).query)
    assert back["error"] == ["access_denied"]
    assert (back["state"], back["iss"]) == ([state], [told["issuer"]])
    assert "code" not in back


def test_the_robot_gives_nothing_that_was_not_asked(app: OutsideClient):
    told = discovered(app)
    with a_public_session(app, LOW) as session:
        url, _ = session.create_authorization_url(
            told["authorization_endpoint"], code_verifier=VERIFIER, prompt="consent"
        )
    with pytest.raises(urllib.error.HTTPError) as refused:
        sent_back(app, url, give=["profile:name"])
    assert json.load(refused.value)["why"] == "scopes-not-asked"


async def test_a_test_resident_does_not_sign_in_where_residents_do(running_house: House):
    client = await registered(
        running_house, environment="production", scope=LOW,
        token_endpoint_auth_method="none", jwks=None,
    )  # fmt: skip
    told = discovered(client)
    with a_public_session(client, LOW) as session:
        url, _ = session.create_authorization_url(
            told["authorization_endpoint"], code_verifier=VERIFIER
        )
    with pytest.raises(urllib.error.HTTPError) as refused:
        sent_back(client, url)
    said = json.load(refused.value)
    assert (said["code"], said["why"]) == ("sandbox-robot-refused", "test-residents-only")


def test_authlib_signs_a_resident_in_as_a_confidential_client(
    hospital: OutsideClient, encryption: dict[str, Any]
):
    """PAR, private_key_jwt, DPoP with our nonce; the ID token is opened, then verified."""
    told = discovered(hospital)
    with a_confidential_session(hospital, LOW) as session:
        url, state = _pushed(session, told)
        back = sent_back(hospital, url)
        token = remembered(
            session.fetch_token(authorization_response=back, code_verifier=VERIFIER, state=state)
        )
        assert token["token_type"] == "DPoP"
        inner = opened(token["id_token"], encryption)
        claims = verified(hospital, inner, NONCE)
        bound = {"Authorization": f"DPoP {token['access_token']}"}
        seen = _asked(session, told["userinfo_endpoint"], bound)
        assert seen.status_code == 200, seen.text
        assert seen.json() == {"sub": claims["sub"], **_fields(seen.json())}
        assert seen.json()["over_18"] is False
        bearer = {"Authorization": f"Bearer {token['access_token']}"}
        stolen = session.request(
            "GET", told["userinfo_endpoint"], withhold_token=True, headers=bearer
        )
        assert stolen.status_code == 401
        query = f"id_token_hint={inner}&post_logout_redirect_uri={AFTER}&state=x"
        out = session.request("GET", f"{told['end_session_endpoint']}?{query}", withhold_token=True)
        assert (out.status_code, out.headers["Location"]) == (303, f"{AFTER}?state=x")
        gone = session.request("GET", told["userinfo_endpoint"], withhold_token=True, headers=bound)
        assert gone.status_code == 401


def test_an_id_token_for_somebody_else_opens_for_nobody(
    hospital: OutsideClient, encryption: dict[str, Any]
):
    told = discovered(hospital)
    with a_confidential_session(hospital, LOW) as session:
        url, state = _pushed(session, told)
        token = remembered(
            session.fetch_token(
                authorization_response=sent_back(hospital, url),
                code_verifier=VERIFIER,
                state=state,
            )
        )
    with pytest.raises((JoseError, ValueError)):
        opened(token["id_token"], fresh_key("another", "enc", alg="ECDH-ES+A256KW"))


def _pushed(session: OAuth2Client, told: dict[str, Any]) -> tuple[str, str]:
    """RFC 9126, which Authlib leaves to its user; the first answer only brings the nonce."""
    url, state = session.create_authorization_url(
        told["authorization_endpoint"], code_verifier=VERIFIER, nonce=NONCE
    )
    form = {name: one for name, [one] in parse_qs(urlsplit(url).query).items()}
    where = told["pushed_authorization_request_endpoint"]
    for _ in range(2):
        auth = session.client_auth("private_key_jwt")
        answer = session.request("POST", where, withhold_token=True, data=form, auth=auth)
    assert answer.status_code == 201, answer.text
    uri = answer.json()["request_uri"]
    return (
        f"{told['authorization_endpoint']}?client_id={session.client_id}&request_uri={uri}",
        state,
    )


def _asked(session: OAuth2Client, where: str, headers: dict[str, str]) -> Response:
    """As a partner must: again with the nonce it learned (RFC 9449 §9), and again where a busy
    house says when (RFC 9110 §10.2.3).
    """
    for _ in range(5):
        seen = session.request("GET", where, withhold_token=True, headers=headers)
        if seen.status_code not in (401, 429, 503):
            break
        time.sleep(int(seen.headers.get("Retry-After", 0)))
    return seen


def _fields(seen: dict[str, Any]) -> dict[str, Any]:
    return {name: seen[name] for name in ("name_masked", "over_18")}
