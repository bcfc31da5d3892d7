"""Pushed authorization requests (RFC 9126): everything is judged when it is pushed, and what was
pushed is good once, for the client that pushed it.
"""

import asyncio

import pytest

from tests.support.front_channel import PAR, Browser, Wish, code_of, interaction_of
from tests.support.http import Answer, Api
from tests.support.partner_app import PartnerApp, an_approved_partner

SCOPE = "openid profile:name profile:over-18 profile:id-number"
JKT = "x" * 43


@pytest.fixture(scope="module")
async def partner(api: Api) -> PartnerApp:
    return await an_approved_partner(api.url, scope=SCOPE)


async def push(api: Api, app: PartnerApp, **sent: str | None) -> Answer:
    return await app.post(api, PAR, **Wish().parameters(**sent))


async def push_without_proof(api: Api, app: PartnerApp, **sent: str | None) -> Answer:
    return await api.send("POST", PAR, data=app.authenticated(**Wish().parameters(**sent)))


WRONG: dict[str, tuple[dict[str, str | None], str]] = {
    "no response_type": ({"response_type": None}, "invalid_request"),
    "a token for an answer": ({"response_type": "token"}, "unsupported_response_type"),
    "code and id_token": ({"response_type": "code id_token"}, "unsupported_response_type"),
    "an answer in the fragment": ({"response_mode": "fragment"}, "invalid_request"),
    "an answer in a form": ({"response_mode": "form_post"}, "invalid_request"),
    "no redirect_uri": ({"redirect_uri": None}, "invalid_request"),
    "another redirect_uri": ({"redirect_uri": "https://evil.example/"}, "invalid_request"),
    "a redirect_uri and more": (
        {"redirect_uri": "https://hospital.example/callback/x"},
        "invalid_request",
    ),
    "a redirect_uri with a query": (
        {"redirect_uri": "https://hospital.example/callback?a=b"},
        "invalid_request",
    ),
    "a redirect_uri in capitals": (
        {"redirect_uri": "https://HOSPITAL.example/callback"},
        "invalid_request",
    ),
    "no challenge": ({"code_challenge": None}, "invalid_request"),
    "no challenge method": ({"code_challenge_method": None}, "invalid_request"),
    "a plain challenge": ({"code_challenge_method": "plain"}, "invalid_request"),
    "a challenge of no form": ({"code_challenge": "short"}, "invalid_request"),
    "a challenge with a filling": ({"code_challenge": "A" * 43 + "="}, "invalid_request"),
    "no scope": ({"scope": None}, "invalid_scope"),
    "an unknown scope": ({"scope": "openid everything"}, "invalid_scope"),
    "a scope it may not ask for": ({"scope": "openid profile:phone"}, "invalid_scope"),
    "a scope of clients": ({"scope": "openid client:read"}, "invalid_scope"),
    "an unknown resource": ({"resource": "https://elsewhere.example"}, "invalid_target"),
    "a resource with a fragment": ({"resource": "https://e.example/#a"}, "invalid_target"),
    "an unknown prompt": ({"prompt": "create"}, "invalid_request"),
    "none and login": ({"prompt": "none login"}, "invalid_request"),
    "a max_age in words": ({"max_age": "soon"}, "invalid_request"),
    "a negative max_age": ({"max_age": "-1"}, "invalid_request"),
    "an endless max_age": ({"max_age": "9" * 30}, "invalid_request"),
    "an acr nobody has": ({"acr_values": "gold"}, "unmet_authentication_requirements"),
    "a request object": ({"request": "e30.e30."}, "request_not_supported"),
    "a request_uri": ({"request_uri": "https://evil.example/r"}, "invalid_request"),
    "one of our request_uris": (
        {"request_uri": "urn:ietf:params:oauth:request_uri:x"},
        "invalid_request",
    ),
    "a state without end": ({"state": "s" * 513}, "invalid_request"),
    "a state in two lines": ({"state": "a\r\nb"}, "invalid_request"),
    "a nonce without end": ({"nonce": "n" * 513}, "invalid_request"),
    "a hint of nobody": ({"id_token_hint": "e30.e30.e30"}, "invalid_request"),
    "a key of no form": ({"dpop_jkt": "short"}, "invalid_request"),
}


@pytest.mark.parametrize("what", WRONG)
async def test_a_request_with_a_fault_is_refused_when_it_is_pushed(
    api: Api, partner: PartnerApp, what: str
):
    sent, error = WRONG[what]
    answer = await push_without_proof(api, partner, **sent)
    assert (answer.status, answer.body["error"]) == (400, error), answer.body


async def test_a_client_without_codes_pushes_nothing(api: Api):
    app = await an_approved_partner(api.url, grant_types=["client_credentials"])
    answer = await push(api, app, scope="openid")
    assert (answer.status, answer.body["error"]) == (400, "unauthorized_client")


async def test_a_public_client_gets_low_sensitivity_only(api: Api):
    """Whatever its row says."""
    app = await an_approved_partner(api.url, token_endpoint_auth_method="none", scope=SCOPE)
    refused = await push(api, app, scope="openid profile:name")
    assert (refused.status, refused.body["error"]) == (400, "invalid_scope")
    assert (await push(api, app, scope="openid profile:over-18")).status == 201


async def test_a_code_is_not_bound_to_a_key_that_was_not_shown(api: Api, partner: PartnerApp):
    """RFC 9449 §10.1."""
    answer = await push(api, partner, dpop_jkt=JKT)
    assert (answer.status, answer.body["error"]) == (400, "invalid_request")


async def test_what_was_pushed_is_good_once_however_many_come(api: Api, partner: PartnerApp):
    """RFC 9126 §4, §7.3."""
    pushed = await push(api, partner)
    assert pushed.status == 201
    uri = pushed.body["request_uri"]
    assert 5 <= pushed.body["expires_in"] <= 600
    browsers = [Browser(api) for _ in range(50)]
    answers = await asyncio.gather(
        *(each.authorize(client_id=partner.id, request_uri=uri) for each in browsers)
    )
    assert sorted(answer.status for answer in answers) == [303] + [400] * 49


async def test_what_was_pushed_is_for_its_own_client(api: Api, partner: PartnerApp):
    """RFC 9126 §2.2; and another's look does not use it up."""
    other = await an_approved_partner(api.url, scope=SCOPE)
    uri = (await push(api, partner)).body["request_uri"]
    stolen = await Browser(api).authorize(client_id=other.id, request_uri=uri)
    assert stolen.status == 400 and "Location" not in stolen.headers
    assert (await Browser(api).authorize(client_id=partner.id, request_uri=uri)).status == 303


async def test_what_comes_beside_it_is_not_looked_at(api: Api, partner: PartnerApp):
    """RFC 9101 §6.3: otherwise whoever holds the link could ask for more."""
    browser = Browser(api)
    uri = (await push(api, partner, scope="openid")).body["request_uri"]
    answer = await browser.authorize(
        client_id=partner.id,
        request_uri=uri,
        scope=SCOPE,
        redirect_uri="https://evil.example/",
        response_type="token",
        state="another",
    )
    shown = await browser.show(interaction_of(answer))
    assert (shown.body["scopes"], shown.body["redirect_host"]) == ([], "hospital.example")


async def test_looking_first_uses_nothing_up(api: Api, partner: PartnerApp):
    """A HEAD, as link previews send it."""
    browser = Browser(api)
    uri = (await push(api, partner)).body["request_uri"]
    given = {"client_id": partner.id, "request_uri": uri}
    assert (await browser.send("HEAD", "/oauth/authorize", params=given)).status == 400
    assert (await browser.authorize(**given)).status == 303


async def test_nothing_readable_of_it_lies_in_valkey(api: Api, partner: PartnerApp):
    await push(api, partner, state="a-state-to-look-for")
    keys = [key async for key in api.parts.cache.scan_iter("par:*")]
    assert keys
    values = [await api.parts.cache.get(key) or b"" for key in keys]
    assert not any(b"a-state-to-look-for" in value or b"scope" in value for value in values)


async def test_nobody_fills_valkey_in_a_public_clients_name(api: Api):
    """What nobody asked for is passed over (RFC 6749 §3.1), and not kept either."""
    app = await an_approved_partner(api.url, token_endpoint_auth_method="none", scope="openid")
    before = {key async for key in api.parts.cache.scan_iter("par:*")}
    stuffed = {f"x{each}": "x" * 16_000 for each in range(3)}
    assert (await push(api, app, scope="openid", **stuffed)).status == 201
    (new,) = {key async for key in api.parts.cache.scan_iter("par:*")} - before
    assert len(await api.parts.cache.get(new) or b"") < 2_000


async def test_the_code_is_bound_to_the_key_that_was_shown_or_named(api: Api, partner: PartnerApp):
    """RFC 9449 §10: by a proof with the push, or by ``dpop_jkt`` alone."""
    signed = await api.sign_in()
    for pushed in (
        await push(api, partner),
        await push_without_proof(api, partner, dpop_jkt=partner.key.thumbprint),
    ):
        browser = Browser(api)
        uri = pushed.body["request_uri"]
        id = interaction_of(await browser.authorize(client_id=partner.id, request_uri=uri))
        done = await browser.answer(id, signed, "allow", "profile:name")
        row = await code_of(done.body["redirect_to"])
        assert row.key == partner.key.thumbprint
