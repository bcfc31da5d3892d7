"""Who cannot say yes to a partner: children, whoever acts for somebody, and real residents at a
client that is still being tried out.
"""

import pytest

from config.played import TEST_REGION
from identity import ages
from identity.documents.citizen_number import check_character
from identity.models import Grant
from tests.support.family import accepted, acting, somebody
from tests.support.front_channel import Browser, agreed, told
from tests.support.http import Api, SignedIn
from tests.support.minors import born_years_ago, number_of
from tests.support.partner_app import PartnerApp, an_approved_partner
from tests.support.people import admit


@pytest.fixture(scope="module")
async def partner(api: Api) -> PartnerApp:
    return await an_approved_partner(api.url)


@pytest.fixture
def browser(api: Api) -> Browser:
    return Browser(api)


async def aged(api: Api, years: int) -> SignedIn:
    """Signed in with a document that says so; a child's guardian had agreed to that."""
    number = number_of(born_years_ago(years), order=years)
    admitted = await admit(api.settings, "王小明", number.value)
    return await api.sign_in(resident=admitted.resident)


async def a_test_resident(api: Api) -> SignedIn:
    seventeen = f"{TEST_REGION}{born_years_ago(40):%Y%m%d}999"
    admitted = await admit(api.settings, "测试甲", seventeen + check_character(seventeen))
    return await api.sign_in(resident=admitted.resident)


async def test_a_child_under_fourteen_cannot_agree_and_can_go_back(
    api: Api, browser: Browser, partner: PartnerApp
):
    """PIPL art. 31."""
    child = await aged(api, ages.GUARDED - 1)
    id = await browser.asked(partner)
    answer = await browser.answer(id, child, "allow", "profile:over-18")
    assert (answer.status, answer.code) == (403, "partner-not-for-children")
    assert not await Grant.filter(resident_id=child.resident).exists()
    done = await browser.answer(id, child, "refuse")
    assert told(done.body["redirect_to"])["error"] == "access_denied"
    unseen = await browser.asked(partner, prompt="none")
    done = await browser.answer(unseen, child, "silent")
    assert told(done.body["redirect_to"])["error"] == "access_denied"


async def test_from_fourteen_on_one_agrees_for_oneself(
    api: Api, browser: Browser, partner: PartnerApp
):
    youth = await aged(api, ages.GUARDED)
    assert "code" in told(await agreed(browser, partner, youth, "profile:over-18"))


async def test_whoever_acts_for_somebody_does_not_agree_for_them(
    api: Api, browser: Browser, partner: PartnerApp
):
    """A mandate names services; a partner is none."""
    mother, son = await somebody(api, "李兰"), await somebody(api, "李强")
    token = await acting(api, await accepted(api, mother, son), son)
    agent = SignedIn(token, "", mother.signed_in.session, mother.signed_in.resident)
    id = await browser.asked(partner)
    for answer in (
        await browser.show(id, agent),
        await browser.answer(id, agent, "allow", "profile:name"),
        await browser.answer(id, agent, "refuse"),
    ):
        assert (answer.status, answer.code) == (403, "own-app-only")


async def test_a_client_of_the_sandbox_takes_test_residents_only(api: Api, browser: Browser):
    trying = await an_approved_partner(api.url, environment="sandbox")
    real = await aged(api, 30)
    id = await browser.asked(trying)
    answer = await browser.answer(id, real, "allow", "profile:name")
    assert (answer.status, answer.code) == (403, "test-residents-only")
    assert "code" in told(await agreed(browser, trying, await a_test_resident(api)))


async def test_a_test_resident_turns_up_at_no_client_in_earnest(
    api: Api, browser: Browser, partner: PartnerApp
):
    id = await browser.asked(partner)
    answer = await browser.answer(id, await a_test_resident(api), "allow", "profile:name")
    assert (answer.status, answer.code) == (403, "test-residents-only")
