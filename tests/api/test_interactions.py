"""A resident answers a partner: strangers and second answers first, then a part, all or nothing.

Where the answer goes and what it says: RFC 6749 §4.1.2, RFC 9207 §2.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from identity.models import AuthorizationCode, Grant, Partner, Resident, Session
from identity.oauth.refusals import ConsentRequired
from tests.support.front_channel import Browser, agreed, code_of, told
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


async def test_another_browser_learns_nothing_and_answers_nothing(
    api: Api, browser: Browser, partner: PartnerApp, resident: SignedIn
):
    id = await browser.asked(partner)
    other = Browser(api)
    await other.asked(partner)
    for wrong in (Browser(api), other):
        for answer in (
            await wrong.show(id, resident),
            await wrong.answer(id, resident, "allow", "profile:name"),
            await wrong.leave(id, decision="refuse"),
        ):
            assert (answer.status, answer.code) == (404, "interaction-unknown")
    assert (await browser.show(id, resident)).status == 200, "the right one still can"


async def test_a_cookie_of_rubbish_opens_nothing(api: Api, browser: Browser, partner: PartnerApp):
    id = await browser.asked(partner)
    for rubbish in ("", "x", "\xff\xfe", '"', "x" * 3000):
        answer = await api.get(f"/v1/interactions/{id}", headers={"Cookie": f"ia-{id}={rubbish}"})
        assert (answer.status, answer.code) == (404, "interaction-unknown")


@pytest.mark.parametrize("id", ["x", "x" * 24, "x" * 400, "%00", "a%2Fb"])
async def test_nobody_knows_an_interaction_that_was_never_begun(browser: Browser, id: str):
    assert (await browser.show(id)).status == 404


async def test_a_resident_answers_with_their_own_token_only(browser: Browser, partner: PartnerApp):
    id = await browser.asked(partner)
    path = f"/v1/interactions/{id}"
    nobody = await browser.send("POST", path, json={"decision": "allow", "scopes": []})
    assert (nobody.status, nobody.code) == (401, "sign-in-needed")


@pytest.mark.parametrize(
    "scopes", [["profile:phone"], ["kiosk"], ["profile:name", "provident-fund-balance:read"]]
)
async def test_nothing_is_given_that_was_not_asked(
    browser: Browser, partner: PartnerApp, resident: SignedIn, scopes: list[str]
):
    id = await browser.asked(partner)
    answer = await browser.answer(id, resident, "allow", *scopes)
    assert (answer.status, answer.code) == (422, "scopes-not-asked")
    assert (await browser.show(id, resident)).status == 200, "and it can still be answered"


async def test_of_many_answers_at_once_one_makes_a_code(
    browser: Browser, partner: PartnerApp, resident: SignedIn
):
    id = await browser.asked(partner)
    answers = await asyncio.gather(
        *(browser.answer(id, resident, "allow", "profile:name") for _ in range(20))
    )
    assert sorted(answer.status for answer in answers) == [200] + [404] * 19
    assert await AuthorizationCode.filter(parent_id=resident.session).count() == 1


async def test_who_was_frozen_or_signed_out_meanwhile_gets_no_code(
    api: Api, browser: Browser, partner: PartnerApp
):
    frozen, out = await api.sign_in(), await api.sign_in()
    await Resident.filter(id=frozen.resident).update(frozen_at=datetime.now(UTC))
    await Session.filter(id=out.session).update(ended_at=datetime.now(UTC))
    for who in (frozen, out):
        id = await browser.asked(partner)
        answer = await browser.answer(id, who, "allow", "profile:name")
        assert (answer.status, answer.code) == (401, "session-ended")
        assert not await Grant.filter(resident_id=who.resident).exists()


@pytest.fixture
async def passing(api: Api) -> AsyncIterator[PartnerApp]:
    app = await an_approved_partner(api.url)
    yield app
    await api.parts.ground.registry.changed(app.id)


async def test_a_client_suspended_meanwhile_gets_no_code(
    api: Api, browser: Browser, passing: PartnerApp, resident: SignedIn
):
    id = await browser.asked(passing)
    await Partner.filter(id=passing.id).update(state="suspended")
    await api.parts.ground.registry.changed(passing.id)
    answer = await browser.answer(id, resident, "allow", "profile:name")
    assert (answer.status, answer.code) == (404, "interaction-unknown")


async def test_an_address_taken_from_the_client_meanwhile_is_not_gone_to(
    api: Api, browser: Browser, passing: PartnerApp, resident: SignedIn
):
    id = await browser.asked(passing)
    row = await Partner.get(id=passing.id)
    row.metadata = row.metadata.replace("/callback", "/elsewhere")
    await row.save()
    await api.parts.ground.registry.changed(passing.id)
    for decision in ("allow", "refuse"):
        assert (await browser.answer(id, resident, decision)).status == 404


async def test_a_refusal_is_told_with_state_and_iss(
    api: Api, browser: Browser, partner: PartnerApp, resident: SignedIn
):
    """RFC 6749 §4.1.2.1, RFC 9207 §2."""
    id = await browser.asked(partner, state="s p&c=#")
    done = await browser.answer(id, resident, "refuse")
    said = told(done.body["redirect_to"])
    assert (said["error"], said["state"], said["iss"]) == ("access_denied", "s p&c=#", api.url)
    assert not await Grant.filter(resident_id=resident.resident).exists()
    assert (await browser.show(id, resident)).status == 404, "answered is answered"


async def test_somebody_who_will_not_sign_in_can_go_back(browser: Browser, partner: PartnerApp):
    id = await browser.asked(partner)
    done = await browser.leave(id, decision="refuse")
    assert told(done.body["redirect_to"])["error"] == "access_denied"


async def test_what_is_shown_names_who_asks_what_for_and_how_long(
    browser: Browser, partner: PartnerApp, resident: SignedIn
):
    id = await browser.asked(partner, scope=SENSITIVE)
    shown = await browser.show(id, resident)
    assert shown.status == 200, shown.body
    body = shown.body
    assert body["client"]["id"] == partner.id
    assert body["client"]["credit_code"] == "91350100M000100Y43"
    assert body["redirect_host"] == "hospital.example"
    by_id = {one["id"]: one for one in body["scopes"]}
    assert list(by_id) == ["profile:name", "profile:id-number"], "openid names nobody"
    number = by_id["profile:id-number"]
    assert (number["sensitivity"], number["level"], number["given"]) == ("high", 4, None)
    assert {"profile:id-number-masked", "profile:over-18"} <= {
        one["id"] for one in number["instead"]
    }
    assert all(one["title"] and one["about"] for one in [number, *number["instead"]])
    assert (body["silent"], body["signed_in"], body["step_up"]) == (False, True, None)
    assert shown.headers["Cache-Control"] == "no-store"
    unsigned = await browser.show(id)
    assert unsigned.body["signed_in"] is False


async def test_a_part_is_given_and_nothing_else_is_in_the_code(
    api: Api, browser: Browser, partner: PartnerApp, resident: SignedIn
):
    address = await agreed(browser, partner, resident, "profile:over-18")
    said = told(address)
    assert said["iss"] == api.url
    row = await code_of(address)
    assert row.scope == "openid profile:over-18"
    assert row.parent_id == resident.session
    assert row.resident_id == UUID(str(resident.resident))
    left = row.expires_at - datetime.now(UTC)
    assert left <= timedelta(seconds=60)
    grant = await Grant.get(id=row.grant_id)
    assert set(grant.asked.split()) == {"openid", "profile:name", "profile:over-18"}
    assert set(grant.scopes.split()) == {"openid", "profile:over-18"}


async def test_a_narrower_answer_is_given_in_place_and_remembered(
    browser: Browser, partner: PartnerApp, resident: SignedIn
):
    scope = "openid profile:birthdate"
    id = await browser.asked(partner, scope=scope)
    done = await browser.answer(id, resident, "allow", "profile:over-18")
    assert (await code_of(done.body["redirect_to"])).scope == "openid profile:over-18"
    id = await browser.asked(partner, scope=scope)
    assert (await browser.show(id, resident)).body["silent"] is True
    done = await browser.answer(id, resident, "silent")
    assert (await code_of(done.body["redirect_to"])).scope == "openid profile:over-18"


async def test_nothing_new_asks_nothing_and_something_new_asks_again(
    browser: Browser, partner: PartnerApp, resident: SignedIn
):
    await agreed(browser, partner, resident, "profile:over-18")
    id = await browser.asked(partner)
    assert (await browser.show(id, resident)).body["silent"] is True
    done = await browser.answer(id, resident, "silent")
    assert (await code_of(done.body["redirect_to"])).scope == "openid profile:over-18"
    new = await browser.asked(partner, scope="openid profile:over-18 profile:birthdate")
    shown = (await browser.show(new, resident)).body
    assert shown["silent"] is False
    assert {one["id"]: one["given"] for one in shown["scopes"]} == {
        "profile:over-18": True,
        "profile:birthdate": None,
    }
    done = await browser.answer(new, resident, "silent")
    assert told(done.body["redirect_to"])["error"] == "consent_required"
    again = await browser.asked(partner, prompt="consent")
    assert (await browser.show(again, resident)).body["silent"] is False


async def test_a_withdrawn_grant_asks_again(
    api: Api, browser: Browser, partner: PartnerApp, resident: SignedIn
):
    await agreed(browser, partner, resident)
    grant = await Grant.get(resident_id=resident.resident)
    caller = await api.parts.tokens.read(resident.access)
    await api.parts.core.grants.withdraw(resident.resident, UUID(str(grant.id)), caller)
    id = await browser.asked(partner)
    assert (await browser.show(id, resident)).body["silent"] is False


async def test_a_grant_withdrawn_this_moment_gives_no_code(
    api: Api, browser: Browser, partner: PartnerApp, resident: SignedIn
):
    """Between the look at the grant and the code: who withdraws then is heard."""
    await agreed(browser, partner, resident)
    grant = await Grant.get(resident_id=resident.resident)
    caller = await api.parts.tokens.read(resident.access)
    story = api.parts.partners.front.interactions
    id = await browser.asked(partner)
    asked = (await story.store.find(id, browser.cookies[f"ia-{id}"])).request
    await api.parts.core.grants.withdraw(resident.resident, UUID(str(grant.id)), caller)
    with pytest.raises(ConsentRequired):
        await story.granting.again(caller, asked, grant, ("openid",))
    assert not await AuthorizationCode.filter(grant_id=grant.id, used_at__isnull=True).exists()


async def test_nothing_at_all_can_be_given_where_signing_in_was_not_asked(
    browser: Browser, partner: PartnerApp, resident: SignedIn
):
    id = await browser.asked(partner, scope="profile:name")
    done = await browser.answer(id, resident, "allow")
    assert told(done.body["redirect_to"])["error"] == "access_denied"
