"""The token endpoint before any grant: form, grant types, headers (RFC 6749 §3.2, §5)."""

import pytest

from tests.support.http import Api
from tests.support.partner_app import PartnerApp, an_approved_partner
from tests.support.partner_codes import TOKEN, a_code


@pytest.fixture(scope="module")
async def app(api: Api) -> PartnerApp:
    return await an_approved_partner(
        api.settings.public_url,
        scope="openid client:read",
        grant_types=["authorization_code", "client_credentials"],
    )


async def test_a_request_without_a_grant_type_is_refused(api: Api, app: PartnerApp):
    answer = await app.post(api, TOKEN, code="x")
    assert (answer.status, answer.body["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "named", ["password", "implicit", "authorization-code", "AUTHORIZATION_CODE"]
)
async def test_an_unknown_grant_type_is_unsupported(api: Api, app: PartnerApp, named: str):
    """RFC 6749 §5.2; the password grant is gone (OAuth 2.1 §10)."""
    answer = await app.post(api, TOKEN, grant_type=named)
    assert (answer.status, answer.body["error"]) == (400, "unsupported_grant_type")


async def test_a_grant_the_client_is_not_registered_for_is_unauthorized(api: Api):
    """RFC 6749 §5.2."""
    plain = await an_approved_partner(api.settings.public_url, grant_types=["authorization_code"])
    for grant in ("refresh_token", "client_credentials"):
        answer = await plain.post(api, TOKEN, grant_type=grant, refresh_token="zr_x")
        assert (answer.status, answer.body["error"]) == (400, "unauthorized_client")
    other = await an_approved_partner(api.settings.public_url, grant_types=["client_credentials"])
    answer = await other.post(api, TOKEN, grant_type="authorization_code", code="x")
    assert (answer.status, answer.body["error"]) == (400, "unauthorized_client")


async def test_a_parameter_twice_is_refused(api: Api, app: PartnerApp):
    """RFC 6749 §3.2."""
    twice = [*app.authenticated().items(), ("grant_type", "x"), ("grant_type", "y")]
    answer = await api.send("POST", TOKEN, data=twice)
    assert (answer.status, answer.body["error"]) == (400, "invalid_request")


async def test_parameters_in_the_query_count_for_nothing(api: Api, app: PartnerApp):
    answer = await app.post(api, f"{TOKEN}?grant_type=client_credentials", scope="client:read")
    assert (answer.status, answer.body["error"]) == (400, "invalid_request")


async def test_json_is_no_form(api: Api):
    answer = await api.post(TOKEN, {"grant_type": "client_credentials"})
    assert (answer.status, answer.body["error"]) == (400, "invalid_request")


async def test_a_get_is_not_served(api: Api):
    """RFC 6749 §3.2."""
    assert (await api.get(TOKEN)).status == 405


async def test_unknown_parameters_are_passed_over(api: Api, app: PartnerApp):
    """RFC 6749 §3.2."""
    answer = await app.post(
        api, TOKEN, grant_type="client_credentials", scope="client:read", colour="red"
    )
    assert answer.status == 200


async def test_answers_are_not_kept_and_carry_the_next_nonce(api: Api, app: PartnerApp):
    """RFC 6749 §5.1; RFC 9449 §8.2: with refusals after authentication as well."""
    good = await app.post(api, TOKEN, grant_type="client_credentials", scope="client:read")
    code = await a_code(api, app, scope="openid")
    bad = await app.post(api, TOKEN, **(code.parameters | {"code": "unknown"}))
    assert (good.status, bad.status) == (200, 400)
    for answer in (good, bad):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["DPoP-Nonce"] == api.parts.core.nonces.current()


async def test_a_suspended_client_gets_nothing_from_any_grant(api: Api):
    """At once; its own codes and refresh tokens are dead with it."""
    from identity.models import Partner

    gone = await an_approved_partner(api.settings.public_url)
    code = await a_code(api, gone)
    await Partner.filter(id=gone.id).update(state="suspended")
    await api.parts.ground.registry.changed(gone.id)
    answer = await gone.post(api, TOKEN, **code.parameters)
    assert (answer.status, answer.body["error"]) == (401, "invalid_client")
