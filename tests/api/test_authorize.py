"""The authorization endpoint: nobody is sent anywhere before client and address are known to be
good (RFC 6749 §4.1.2.1, RFC 9700 §4.11.2); then each refusal is told to the client.
"""

from typing import Any

import pytest

from identity.models import Partner
from tests.support.front_channel import AUTHORIZE, Browser, Wish, interaction_of, told
from tests.support.http import Answer, Api
from tests.support.partner_app import CALLBACK, PartnerApp, an_approved_partner


@pytest.fixture(scope="module")
async def public(api: Api) -> PartnerApp:
    return await an_approved_partner(
        api.url, token_endpoint_auth_method="none", scope="openid profile:over-18 profile:gender"
    )


@pytest.fixture
def browser(api: Api) -> Browser:
    return Browser(api)


async def ask(browser: Browser, app: PartnerApp, **sent: str | None) -> Answer:
    wished = Wish(state="the state").parameters(**({"scope": "openid profile:over-18"} | sent))
    return await browser.authorize(client_id=app.id, **wished)


def stays_here(answer: Answer, *never: str) -> None:
    """A page of ours that sends nobody anywhere, runs nothing, and repeats nothing."""
    assert answer.status in (400, 401, 429), answer.raw
    assert "Location" not in answer.headers and "Refresh" not in answer.headers
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "form-action 'none'" in policy
    assert "script" not in policy
    page = answer.raw.decode()
    assert "<script" not in page and "<form" not in page and "http-equiv" not in page
    assert answer.headers["x-request-id"] in page, "the programmer can ask us about it"
    for word in never:
        assert word not in page


EVIL = "https://evil.example/<b>"
UNSENT: dict[str, dict[str, str | None]] = {
    "another redirect_uri": {"redirect_uri": EVIL},
    "no redirect_uri": {"redirect_uri": None},
    "a part of the registered one": {"redirect_uri": "https://hospital.example/"},
    "the registered one with a way upwards": {"redirect_uri": CALLBACK + "/../x"},
    "the registered one with user info": {"redirect_uri": "https://a@hospital.example/callback"},
    "the registered one with a fragment": {"redirect_uri": CALLBACK + "#a"},
    "the registered one without TLS": {"redirect_uri": "http://hospital.example/callback"},
    "a script": {"redirect_uri": "javascript:alert(1)"},
    "another's request_uri": {"request_uri": "https://evil.example/r"},
    "a request_uri nobody gave": {"request_uri": "urn:ietf:params:oauth:request_uri:x"},
}


@pytest.mark.parametrize("what", UNSENT)
async def test_with_an_address_that_is_not_good_everybody_stays_here(
    browser: Browser, public: PartnerApp, what: str
):
    stays_here(await ask(browser, public, **UNSENT[what]), "evil.example", "<b>", "alert(1)")


async def test_with_a_client_that_is_not_good_everybody_stays_here(api: Api, browser: Browser):
    nobody = PartnerApp(api.url, "c-nobody<b>", confidential=False)
    stays_here(await ask(browser, nobody), "c-nobody<b>")
    stays_here(await browser.authorize(**Wish().parameters()))
    for row in ({"state": "pending"}, {"state": "suspended"}, {"state": "closed"}):
        app = await an_approved_partner(api.url, token_endpoint_auth_method="none")
        await Partner.filter(id=app.id).update(**row)
        stays_here(await ask(browser, app))
    wordless = await an_approved_partner(
        api.url, token_endpoint_auth_method="none", grant_types=["client_credentials"]
    )
    stays_here(await ask(browser, wordless))


async def test_a_confidential_client_that_did_not_push_is_not_listened_to(
    api: Api, browser: Browser
):
    """FAPI 2.0 Security Profile §5.3.2.2, PAR only."""
    stays_here(await ask(browser, await an_approved_partner(api.url)))


@pytest.mark.parametrize("twice", ["client_id", "redirect_uri", "state", "scope", "request_uri"])
async def test_a_parameter_twice_is_refused_here(browser: Browser, public: PartnerApp, twice: str):
    """RFC 6749 §3.1; which of the two was meant nobody knows, so nobody is sent anywhere."""
    pairs = [("client_id", public.id), *Wish().parameters().items(), (twice, "x")]
    pairs += [] if any(name == twice for name, _ in pairs[:-1]) else [(twice, "y")]
    stays_here(await browser.send("GET", AUTHORIZE, params=pairs))


async def test_much_too_much_is_refused_here(browser: Browser, public: PartnerApp):
    many = {f"p{n}": "x" for n in range(60)} | {"client_id": public.id}
    stays_here(await browser.authorize(**many))
    stays_here(await browser.send("GET", AUTHORIZE + "?client_id=%00%FF&%zz"))


async def test_the_page_speaks_the_readers_language(browser: Browser, public: PartnerApp):
    for language, word in (("zh-CN", "请回到那个应用"), ("en", "Go back to that app")):
        answer = await browser.send(
            "GET", AUTHORIZE, params={"client_id": "x"}, headers={"Accept-Language": language}
        )
        assert word in answer.raw.decode()
        assert f'lang="{language}"' in answer.raw.decode()


TOLD: dict[str, tuple[dict[str, str | None], str]] = {
    "another response_type": ({"response_type": "token"}, "unsupported_response_type"),
    "no response_type": ({"response_type": None}, "invalid_request"),
    "another response_mode": ({"response_mode": "fragment"}, "invalid_request"),
    "no challenge": ({"code_challenge": None}, "invalid_request"),
    "a plain challenge": ({"code_challenge_method": "plain"}, "invalid_request"),
    "a scope that is too sensitive": ({"scope": "openid profile:name"}, "invalid_scope"),
    "no scope": ({"scope": None}, "invalid_scope"),
    "an unknown resource": ({"resource": "https://e.example"}, "invalid_target"),
    "none and consent": ({"prompt": "none consent"}, "invalid_request"),
    "an acr nobody has": ({"acr_values": "gold"}, "unmet_authentication_requirements"),
    "a request object": ({"request": "e30.e30."}, "request_not_supported"),
}


@pytest.mark.parametrize("what", TOLD)
async def test_with_a_good_address_the_client_is_told(
    api: Api, browser: Browser, public: PartnerApp, what: str
):
    """RFC 6749 §4.1.2.1 with state, RFC 9207 §2 with iss."""
    sent, error = TOLD[what]
    answer = await ask(browser, public, **sent)
    assert answer.status == 303
    said = told(answer.headers["Location"])
    assert (said["error"], said["state"], said["iss"]) == (error, "the state", api.url)
    assert set(said) == {"error", "error_description", "state", "iss"}
    assert not browser.cookies


async def test_a_state_that_is_itself_the_fault_is_not_repeated(
    browser: Browser, public: PartnerApp
):
    answer = await ask(browser, public, state="s" * 2000)
    said = told(answer.headers["Location"])
    assert said["error"] == "invalid_request" and "state" not in said


async def test_a_registered_address_keeps_its_own_query(api: Api, browser: Browser):
    back = "https://hospital.example/callback?tenant=a%26b"
    app = await an_approved_partner(
        api.url, token_endpoint_auth_method="none", scope="openid", redirect_uris=[back]
    )
    answer = await ask(browser, app, redirect_uri=back, scope="none-such")
    assert told(answer.headers["Location"])["tenant"] == "a&b"


async def test_an_app_on_a_device_may_choose_its_port_and_nothing_else(api: Api, browser: Browser):
    """RFC 8252 §7.3."""
    app = await an_approved_partner(
        api.url,
        token_endpoint_auth_method="none",
        scope="openid",
        application_type="native",
        redirect_uris=["http://127.0.0.1/back", "com.example.app:/back"],
    )
    for good in ("http://127.0.0.1:51004/back", "http://127.0.0.1/back", "com.example.app:/back"):
        assert interaction_of(await ask(browser, app, redirect_uri=good, scope="openid"))
    for bad in (
        "http://127.0.0.1:51004/other",
        "http://localhost:51004/back",
        "http://127.0.0.1.evil.example/back",
        "http://127.0.0.1:51004@evil.example/back",
        "https://127.0.0.1:51004/back",
    ):
        stays_here(await ask(browser, app, redirect_uri=bad, scope="openid"))


async def test_an_honest_request_leads_to_our_page_with_a_cookie_of_its_own(
    browser: Browser, public: PartnerApp
):
    answer = await ask(browser, public)
    assert answer.status == 303, "so that a form's body is not sent on (RFC 9700 §4.12)"
    assert answer.headers["Location"].startswith("/#/pages/consent/consent?")
    id = interaction_of(answer)
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"ia-{id}=") and "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert browser.cookies[f"ia-{id}"] not in answer.headers["Location"]
    assert (await browser.show(id)).status == 200


async def test_a_form_does_as_well_as_a_query(browser: Browser, public: PartnerApp):
    """OpenID Connect Core §3.1.2.1."""
    form: dict[str, Any] = Wish().parameters(scope="openid") | {"client_id": public.id}
    assert interaction_of(await browser.send("POST", AUTHORIZE, data=form))


async def test_what_is_not_ours_to_understand_is_passed_over(browser: Browser, public: PartnerApp):
    """RFC 6749 §3.1, OpenID Connect Core §3.1.2.1: unknown parameters, login_hint, display."""
    answer = await ask(
        browser, public, login_hint="+8613800000000", display="page", foo="bar", claims="{}"
    )
    assert interaction_of(answer)


async def test_many_requests_do_not_fill_a_browser(browser: Browser, public: PartnerApp):
    begun = [interaction_of(await ask(browser, public)) for _ in range(10)]
    assert len(browser.cookies) <= 6
    assert (await browser.show(begun[-1])).status == 200
    assert (await browser.show(begun[0])).status == 404


async def test_who_asks_without_end_is_asked_to_wait(api: Api, browser: Browser):
    app = await an_approved_partner(api.url, token_endpoint_auth_method="none", scope="openid")
    await Partner.filter(id=app.id).update(quota=1)
    assert interaction_of(await ask(browser, app, scope="openid"))
    over = await ask(browser, app, scope="openid")
    stays_here(over)
    assert over.status == 429 and int(over.headers["Retry-After"]) > 0
