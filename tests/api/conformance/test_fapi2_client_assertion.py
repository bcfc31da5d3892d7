"""By hand, the modules on private_key_jwt (RFC 7523) of the FAPI 2.0 Security Profile plan; each
test bears its module's name.
"""

import time

import jwt
import pytest

from tests.support.front_channel import Wish
from tests.support.http import Api
from tests.support.partner_app import ASSERTION, PartnerApp, an_approved_partner
from tests.support.partner_sign_in import SignIn

PAR = "/oauth/par"


@pytest.fixture(scope="module")
async def app(api: Api) -> PartnerApp:
    return await an_approved_partner(api.url)


@pytest.fixture(scope="module")
async def other(api: Api) -> PartnerApp:
    return await an_approved_partner(api.url)


@pytest.fixture
async def flow(api: Api, app: PartnerApp) -> SignIn:
    return SignIn(api, app, await api.sign_in(), Wish())


WRONG = {
    "exp 5 minutes in the past": {"exp": -300},
    "exp too far ahead": {"exp": 3_600},
    "no exp": {"exp": None},
    "another sub": {"sub": "somebody"},
    "another iss": {"iss": "somebody"},
    "no sub": {"sub": None},
    "no jti": {"jti": None},
    "aud elsewhere": {"aud": "https://evil.example"},
    "aud in a list": {"aud": ["ISSUER"]},
    "aud the endpoint": {"aud": "ISSUER/oauth/par"},
    "no aud": {"aud": None},
    "not yet": {"nbf": 600},
}


@pytest.mark.parametrize("path", ["/oauth/par", "/oauth/token", "/oauth/introspect"])
@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
async def test_fapi2_security_profile_final_ensure_client_assertion_with_wrong_claims_fails(
    api: Api, app: PartnerApp, path: str, wrong: dict[str, object]
):
    said = app.assertion(**{name: judged(api, value) for name, value in wrong.items()})
    form = {"client_assertion_type": ASSERTION, "client_assertion": said, "token": "x"}
    form["grant_type"] = "client_credentials"
    refused = await app.post(api, path, **form, **Wish().parameters())
    assert (refused.status, refused.body["error"]) == (401, "invalid_client")


def judged(api: Api, value: object) -> object:
    """Numbers are seconds from now; the issuer is known here only."""
    if isinstance(value, int):
        return int(time.time()) + value
    if isinstance(value, list):
        return [judged(api, one) for one in value]
    return value.replace("ISSUER", api.url) if isinstance(value, str) else value


async def test_fapi2_security_profile_final_ensure_client_assertion_with_iss_aud_succeeds(
    flow: SignIn,
):
    assert (await flow.push()).status == 201


@pytest.mark.parametrize("method", ["none", "HS256"])
async def test_fapi2_security_profile_final_ensure_signed_client_assertion_with_another_alg_fails(
    api: Api, app: PartnerApp, method: str
):
    key = None if method == "none" else "s" * 32
    now = int(time.time())
    said = {"iss": app.id, "sub": app.id, "aud": api.url, "jti": method, "exp": now + 60}
    forged = jwt.encode(said, key, algorithm=method)
    form = {"client_assertion_type": ASSERTION, "client_assertion": forged}
    refused = await app.post(api, PAR, **form, **Wish().parameters())
    assert (refused.status, refused.body["error"]) == (401, "invalid_client")


async def test_fapi2_security_profile_final_ensure_client_id_in_token_endpoint(
    api: Api, flow: SignIn, other: PartnerApp
):
    refused = await flow.exchange(await flow.code(), client_id=other.id)
    assert (refused.status, refused.body["error"]) == (401, "invalid_client")


async def test_fapi2_security_profile_final_ensure_without_client_assertion_fails(
    api: Api, app: PartnerApp
):
    form = Wish().parameters() | {"client_id": app.id}
    headers = {"DPoP": app.proof("POST", PAR)}
    refused = await api.send("POST", PAR, data=form, headers=headers)
    assert (refused.status, refused.body["error"]) == (401, "invalid_client")
