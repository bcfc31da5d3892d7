"""Who is asked again although they said yes once: where the answer could reach somebody else, and
where what is wanted has changed.
"""

import json

import pytest

from identity.models import Grant, Partner
from tests.support.front_channel import Browser, agreed, told
from tests.support.http import Answer, Api
from tests.support.partner_app import CALLBACK, PartnerApp, an_approved_partner

LOOPBACK, SCHEME = "http://127.0.0.1/back", "com.example.app:/back"
CLAIMED = "https://app.example/back"
SCOPE = "openid profile:over-18"


@pytest.fixture
def browser(api: Api) -> Browser:
    return Browser(api)


def sent_back(answer: Answer, to: str) -> str:
    """The query with which the browser goes back to this address."""
    address, _, query = str(answer.body["redirect_to"]).partition("?")
    assert address == to
    return query


async def an_app(api: Api) -> PartnerApp:
    return await an_approved_partner(
        api.url,
        token_endpoint_auth_method="none",
        application_type="native",
        scope=SCOPE,
        redirect_uris=[LOOPBACK, SCHEME, CLAIMED],
    )


@pytest.mark.parametrize("back", ["http://127.0.0.1:51004/back", SCHEME])
async def test_an_app_that_proves_nothing_gets_no_code_in_silence(
    api: Api, browser: Browser, back: str
):
    """RFC 8252 §8.6: any app on the device can take the scheme, the port and the client's name."""
    app, who = await an_app(api), await api.sign_in()
    id = await browser.asked(app, scope=SCOPE, redirect_uri=back)
    assert (await browser.answer(id, who, "allow", "profile:over-18")).status == 200
    id = await browser.asked(app, scope=SCOPE, redirect_uri=back)
    shown = (await browser.show(id, who)).body
    assert shown["silent"] is False
    assert [one["given"] for one in shown["scopes"]] == [True], "and one touch is enough"
    done = await browser.answer(id, who, "silent")
    assert "error=consent_required" in sent_back(done, back)
    unseen = await browser.asked(app, scope=SCOPE, redirect_uri=back, prompt="none")
    done = await browser.answer(unseen, who, "silent")
    assert "error=consent_required" in sent_back(done, back)


async def test_an_address_that_only_the_app_can_answer_at_is_let_in_again(
    api: Api, browser: Browser
):
    """RFC 8252 §7.2: a claimed https address."""
    app, who = await an_app(api), await api.sign_in()
    for decision in ("allow", "silent"):
        id = await browser.asked(app, scope=SCOPE, redirect_uri=CLAIMED)
        done = await browser.answer(id, who, decision, "profile:over-18")
        assert "code" in told(done.body["redirect_to"], CLAIMED)


@pytest.mark.parametrize(
    "changed",
    [
        {"purpose": {"zh": "推销", "en": "to sell you things"}},
        {"credit_code": "91350211M000100Y46"},
    ],
    ids=["another purpose", "sold"],
)
async def test_nobody_agrees_to_what_their_page_did_not_say(
    api: Api, browser: Browser, changed: dict[str, object]
):
    """An operator approves a change while the page stands open (PIPL art. 14, 23)."""
    app, who = await an_approved_partner(api.url), await api.sign_in()
    assert "code" in told(await agreed(browser, app, who, "profile:name"))
    open_page = await browser.asked(app)
    row = await Partner.get(id=app.id)
    row.metadata = json.dumps(json.loads(row.metadata) | changed, ensure_ascii=False)
    await row.save()
    await api.parts.ground.registry.changed(app.id)
    for decision in ("allow", "silent"):
        late = await browser.answer(open_page, who, decision, "profile:name")
        assert (late.status, late.code) == (404, "interaction-unknown")
    assert await Grant.filter(resident_id=who.resident).count() == 1
    anew = await browser.asked(app, redirect_uri=CALLBACK)
    assert (await browser.show(anew, who)).body["silent"] is False
