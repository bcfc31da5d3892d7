"""How a resident proves themselves on the way to a partner, and what a client that may show no page
hears: OpenID Connect Core §3.1.2.1 and §3.1.2.6 (prompt, max_age, id_token_hint), RFC 9470.
"""

from uuid import uuid4

import pytest

from identity.models import Grant, Session
from identity.signer import Signer
from tests.support.front_channel import Browser, agreed, code_of, proven, told
from tests.support.http import Api, SignedIn
from tests.support.partner_app import PartnerApp, an_approved_partner

SENSITIVE = "openid profile:name profile:id-number"


@pytest.fixture(scope="module")
async def partner(api: Api) -> PartnerApp:
    scope = "openid profile:name profile:over-18 profile:id-number profile:birthdate"
    return await an_approved_partner(api.url, scope=scope)


@pytest.fixture
def browser(api: Api) -> Browser:
    return Browser(api)


@pytest.fixture
async def resident(api: Api) -> SignedIn:
    return await api.sign_in()


async def test_prompt_none_never_shows_anything(
    browser: Browser, partner: PartnerApp, resident: SignedIn
):
    """OpenID Connect Core §3.1.2.6."""
    id = await browser.asked(partner, prompt="none")
    shown = await browser.show(id)
    assert (shown.body["silent"], shown.body["signed_in"]) == (True, False)
    unsigned = await browser.leave(id, decision="silent")
    assert told(unsigned.body["redirect_to"])["error"] == "login_required"
    for decision in ("silent", "allow"):
        id = await browser.asked(partner, prompt="none")
        done = await browser.answer(id, resident, decision)
        assert told(done.body["redirect_to"])["error"] == "consent_required"
    assert not await Grant.filter(resident_id=resident.resident).exists()


async def test_prompt_none_with_a_proof_that_is_too_old_or_too_low(
    api: Api, browser: Browser, partner: PartnerApp, resident: SignedIn
):
    await agreed(browser, partner, resident)
    old = await proven(resident, api, ago=500)
    id = await browser.asked(partner, prompt="none", max_age="300")
    done = await browser.answer(id, old, "silent")
    assert told(done.body["redirect_to"])["error"] == "login_required"
    low = await proven(resident, api, acr="3")
    id = await browser.asked(partner, prompt="none", acr_values="4")
    done = await browser.answer(id, low, "silent")
    assert told(done.body["redirect_to"])["error"] == "interaction_required"


async def test_a_hint_at_somebody_else_gives_no_code(
    api: Api, browser: Browser, partner: PartnerApp, resident: SignedIn
):
    """OpenID Connect Core §3.1.2.1, id_token_hint."""
    await agreed(browser, partner, resident)
    grant = await Grant.get(resident_id=resident.resident)
    hint = await hinting(api, partner, str(grant.subject))
    id = await browser.asked(partner, id_token_hint=hint, prompt="none")
    done = await browser.answer(id, resident, "silent")
    assert "code" in told(done.body["redirect_to"])
    for decision in ("silent", "allow"):
        id = await browser.asked(partner, id_token_hint=hint)
        done = await browser.answer(id, await api.sign_in(), decision)
        assert told(done.body["redirect_to"])["error"] == "login_required"


async def hinting(api: Api, partner: PartnerApp, subject: str) -> str:
    signer = Signer(api.parts.ground.keys)
    claims = {"iss": api.url, "aud": partner.id, "sub": subject, "sid": str(uuid4()), "exp": 1}
    return await signer.sign(claims)


@pytest.mark.parametrize("asked", [{"prompt": "login"}, {"max_age": "0"}])
async def test_a_fresh_sign_in_is_asked_for_and_met_by_one(
    api: Api, browser: Browser, partner: PartnerApp, resident: SignedIn, asked: dict[str, str]
):
    """OpenID Connect Core §3.1.2.1: a proof from before the client asked does not do."""
    resident = await proven(resident, api, ago=2)
    id = await browser.asked(partner, **asked)
    shown = await browser.show(id, resident)
    assert shown.body["step_up"]["acr_values"] == "4"
    assert "passkey" in shown.body["step_up"]["ways"]
    answer = await browser.answer(id, resident, "allow", "profile:name")
    assert (answer.status, answer.code) == (401, "step-up-needed")
    fresh = await proven(resident, api)
    assert (await browser.show(id, fresh)).body["step_up"] is None
    done = await browser.answer(id, fresh, "allow", "profile:name")
    row = await code_of(done.body["redirect_to"])
    assert row.auth_time == (await Session.get(id=fresh.session)).auth_time
    assert row.max_age_asked is ("max_age" in asked)


async def test_a_level_that_is_asked_for_is_proven_first_or_its_refusal_told(
    api: Api, browser: Browser, partner: PartnerApp, resident: SignedIn
):
    """RFC 9470 §5; Unmet Authentication Requirements 1.0 §2."""
    low = await proven(resident, api, acr="3")
    id = await browser.asked(partner, acr_values="5 4")
    answer = await browser.answer(id, low, "allow", "profile:name")
    assert (answer.status, answer.body["acr_values"]) == (401, "4")
    done = await browser.answer(id, low, "refuse")
    assert told(done.body["redirect_to"])["error"] == "unmet_authentication_requirements"


async def test_a_sensitive_field_needs_the_proof_that_reading_it_will_need(
    api: Api, browser: Browser, partner: PartnerApp, resident: SignedIn
):
    low = await proven(resident, api, acr="3")
    id = await browser.asked(partner, scope=SENSITIVE)
    refused = await browser.answer(id, low, "allow", "profile:name", "profile:id-number")
    assert (refused.status, refused.code) == (401, "step-up-needed")
    part = await browser.answer(id, low, "allow", "profile:name")
    assert part.status == 200, "without that field it is not needed"
