"""A partner's own program signs a resident in: by face, in part, and no longer once withdrawn."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.support import faces
from tests.support.house import House
from tests.support.outside_clients import CALLBACK, OutsideClient, registered
from tests.support.partner_program import PartnerProgram, a_program, partner_page
from tests.support.residents_at_pages import (
    a_resident,
    at,
    by_card,
    confirm,
    in_every_language,
    proven_by_network_identity,
    seen,
    somebody,
)
from tests.support.visitor import NOW, POSES, Visitor

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.timeout(300)]
SCOPES = "openid profile:name profile:birthdate profile:id-number"
LOOKS = """id => {
  const button = document.querySelector(`main:not([hidden]) ${id}`);
  const { width, height } = button.getBoundingClientRect();
  const style = getComputedStyle(button);
  const names = ["color", "backgroundColor", "borderColor", "fontSize", "fontWeight", "opacity"];
  return [width, height, ...names.map((name) => style[name])].join();
}"""


@pytest.fixture(scope="module")
async def client(packages: Path, outside_packages: Path, running_house: House) -> OutsideClient:
    """Approved for residents who are no test residents."""
    return await registered(running_house, environment="production", scope=SCOPES)


@pytest.fixture
async def program(client: OutsideClient) -> AsyncIterator[PartnerProgram]:
    async with a_program(client) as one:
        yield one


async def by_keyboard(page: Page, id: str) -> None:
    """Reach what has this id with the Tab key alone."""
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.id") == id:
            return
    raise AssertionError(f"{id} is not reached by keyboard")


async def narrowed(page: Page, scope: str, instead: str) -> None:
    """By keyboard: the narrower answer in the place of a field."""
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.name ?? ''") == scope:
            break
    for _ in range(4):
        if await page.evaluate("document.activeElement.value") == instead:
            return
        await page.keyboard.press("ArrowDown")
    raise AssertionError(f"{instead} is not offered for {scope}")


async def came_back_by_face(visitor: Visitor, name: str, number: str) -> None:
    page = visitor.page
    await by_keyboard(page, "verify")
    await page.keyboard.press("Enter")
    await visitor.choose()
    await visitor.agree()
    await visitor.say_who(name, number)
    await visitor.show_face()
    await visitor.verified()
    await page.click(f"{NOW}.result__buttons .button >> nth=0")
    await page.wait_for_selector(f"{NOW}#allow")


async def test_a_resident_gives_a_part_by_face_and_takes_it_back(
    running_house: House, program: PartnerProgram, tmp_path: Path
) -> None:
    person = await a_resident(running_house)
    video = faces.camera_video(faces.OBAMA, tmp_path / "face.mjpeg", POSES)
    async with somebody(running_house, video) as visitor:
        page = visitor.page
        await partner_page(page.context)
        await page.goto(await program.sign_in(SCOPES))
        await page.wait_for_selector(f"{NOW}#verify")
        shown = await visitor.text("")
        assert "示范诊所" in shown and "91350100M000100Y43" in shown and "clinic.example" in shown
        await seen(visitor, "consent-stranger")
        await came_back_by_face(visitor, person.name, person.number)

        assert await page.evaluate(LOOKS, "#allow") == await page.evaluate(LOOKS, "#refuse")
        await in_every_language(visitor, "consent")
        await page.evaluate("document.querySelector('main:not([hidden])').focus()")
        await narrowed(page, "profile:birthdate", "profile:over-18")
        await by_keyboard(page, "allow")
        await page.keyboard.press("Enter")
        told = await program.back(page)
        over_18 = told["userinfo"].pop("over_18")
        assert set(told["userinfo"]) == {"sub", "name"}  # the number was never ticked
        assert told["userinfo"]["name"] == person.name and isinstance(over_18, bool)
        assert "birthdate" not in told["scope"] and "face" in told["amr"]
        assert await program.tell("again") == {"userinfo": "answered", "refresh": "refreshed"}

        await page.goto(await program.sign_in(SCOPES))  # nothing new: nothing is asked
        again = await program.back(page)
        assert again["userinfo"]["sub"] == told["userinfo"]["sub"]

        await at(visitor, "consents", "[data-grant]")
        assert "示范诊所" in await visitor.text("#partners")
        await seen(visitor, "consents-partners")
        await page.click(f"{NOW}[data-grant] .list__act")
        await confirm(visitor)
        await page.wait_for_selector(f"{NOW}[data-grant]", state="detached")
        over = {"userinfo": "invalid_token", "refresh": "invalid_grant"}
        assert await program.tell("again") == over


async def test_a_refusal_needs_no_sign_in_and_another_browser_cannot_answer(
    running_house: House, program: PartnerProgram
) -> None:
    async with AsyncExitStack() as stack:
        visitor = await stack.enter_async_context(somebody(running_house))
        page = visitor.page
        await partner_page(page.context)
        await page.goto(await program.sign_in(SCOPES))
        await page.wait_for_selector(f"{NOW}#refuse")
        address = page.url

        other = await stack.enter_async_context(somebody(running_house))
        await other.page.goto(address)
        await other.page.wait_for_selector(f"{NOW}.trouble__title")
        assert await other.text(".trouble__title") == "这个请求已经不在了"
        await in_every_language(other, "consent-foreign")

        await by_keyboard(page, "refuse")
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"{CALLBACK}?**")
        assert "error=access_denied" in page.url and "iss=" in page.url

        # prompt=none may ask nothing, and nobody is signed in (OpenID Connect Core §3.1.2.6)
        await page.goto(await program.sign_in(SCOPES, prompt="none"))
        await page.wait_for_url(f"{CALLBACK}?**")
        assert "error=login_required" in page.url

        # What no partner can be told is told to the person, in the look of the house.
        await page.goto(f"{running_house.url}/oauth/authorize?client_id=nobody")
        await seen(visitor, "authorize-refused")
        await page.goto(f"{running_house.url}/oauth/logout?ui_locales=ug")
        assert await page.get_attribute("html", "dir") == "rtl"
        await seen(visitor, "signed-out")


async def test_a_lower_proof_is_raised_before_anything_is_given(
    running_house: House, program: PartnerProgram
) -> None:
    person = await a_resident(running_house)
    async with somebody(running_house) as visitor:
        page = visitor.page
        await partner_page(page.context)
        await visitor.open("#/pages/verify/verify")
        await by_card(visitor, person, running_house)  # level 3
        await page.goto(await program.sign_in("openid profile:name", acr_values="4"))
        await page.wait_for_selector(f"{NOW}#need")
        assert not await page.locator(f"{NOW}#allow").count()
        await seen(visitor, "consent-stale")
        await page.click(f"{NOW}#verify")
        await page.wait_for_selector(f"{NOW}.waycard")
        assert not await page.locator(f"{NOW}[data-way=bank-card]").count()
        await proven_by_network_identity(visitor, person)
        await page.click(f"{NOW}#allow")
        told = await program.back(page)
        assert told["acr"] == "5" and told["userinfo"]["name"] == person.name


async def test_everybody_may_read_who_the_partners_are(
    running_house: House, client: OutsideClient
) -> None:
    async with somebody(running_house) as visitor:
        await at(visitor, "partners", f"[data-partner={client.id}]")
        assert "证件号码" in await visitor.text(f"[data-partner={client.id}]")
        await seen(visitor, "partners")
        await at(visitor, "handoff", "#user-code")
        await in_every_language(visitor, "handoff-typing")
        await visitor.open("#/pages/handoff/handoff?code=ABCD")
        await visitor.page.wait_for_selector(f"{NOW}#verify")
        await in_every_language(visitor, "handoff-stranger")
        await by_keyboard(visitor.page, "refuse")
        await visitor.page.keyboard.press("Enter")
        await visitor.page.wait_for_selector(f"{NOW}#refused[role=status]")
        assert await visitor.page.evaluate("document.activeElement !== document.body")  # not lost
        await at(visitor, "verify", ".waycard")
        await in_every_language(visitor, "verify")
