"""The network identity's page in a real browser, on the whole way from our pages and back."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.support import faces as pictures
from tests.support.axe import broken
from tests.support.engines import Engines
from tests.support.http import Api
from tests.support.sandbox import Sandbox, SandboxResident
from tests.support.upstream import AGREED, without_faces

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu"]
DEVICE = "a-device-in-a-browser"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="NO BROWSER: /usr/bin/chromium is missing"),
]

Scheme = Literal["light", "dark"]
Opening = Callable[[SandboxResident, Scheme, str], Awaitable[Page]]

BEGIN = """async (body) => {
  const headers = { "Content-Type": "application/json" };
  const sent = { method: "POST", headers, body: JSON.stringify(body) };
  return (await fetch("/v1/outside-logins", sent)).json();
}"""
FINISH = """async ([id, secret, device]) => {
  const headers = { "Content-Type": "application/json" };
  const sent = { method: "POST", headers, body: JSON.stringify({ secret, device }) };
  const answer = await fetch(`/v1/outside-logins/${id}/tokens`, sent);
  return { status: answer.status, body: await answer.json() };
}"""


@pytest.fixture(scope="module")
async def api(engines: Engines, run_folder: Path, sandbox: Sandbox) -> AsyncIterator[Api]:
    async with without_faces(engines, run_folder, sandbox) as running:
        yield running


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        made = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield made
        await made.close()


@pytest.fixture
async def page(browser: Browser, healthy_sandbox: Sandbox) -> AsyncIterator[Page]:
    phone = {"width": 375, "height": 812}
    context = await browser.new_context(viewport=phone, locale="zh-CN")
    made = await context.new_page()
    said: list[str] = []
    made.on("pageerror", lambda fault: said.append(str(fault)))
    made.on(
        "console", lambda line: said.append(line.text) if "Content Security" in line.text else None
    )
    yield made
    await context.close()
    assert [line for line in said if "Content Security" in line] == []


@pytest.fixture
async def person(api: Api, healthy_sandbox: Sandbox) -> SandboxResident:
    return await api.new_resident(pictures.OBAMA)


async def sent_there(api: Api, page: Page, person: SandboxResident) -> dict[str, Any]:
    """Begun by a script of our own pages, and gone where it leads."""
    await page.goto(api.url)
    wanted = {"name": person.name, "id_number": person.number, "device": DEVICE, "consent": AGREED}
    begun: dict[str, Any] = await page.evaluate(BEGIN, wanted)
    await page.goto(begun["url"])
    return begun


@pytest.fixture
async def page_of(api: Api, browser: Browser) -> AsyncIterator[Opening]:
    """Open the provider's page on a small phone of this scheme and language."""
    async with AsyncExitStack() as stack:

        async def opening(person: SandboxResident, scheme: Scheme, language: str) -> Page:
            small: Any = {"width": 320, "height": 640}
            context = await browser.new_context(
                viewport=small, locale=language, color_scheme=scheme
            )
            stack.push_async_callback(context.close)
            page = await context.new_page()
            await sent_there(api, page, person)
            return page

        yield opening


async def test_a_wrong_pin_is_said_and_may_be_mended(
    api: Api, page: Page, person: SandboxResident
) -> None:
    await sent_there(api, page, person)
    await page.fill("#number", person.number)
    await page.fill("#pin", "000000" if person.pin != "000000" else "111111")
    await page.click("button[value=confirm]")
    await expect(page.get_by_role("alert")).to_contain_text("还可以试 2 次")


async def test_to_refuse_is_as_easy_as_to_confirm(
    api: Api, page: Page, person: SandboxResident
) -> None:
    begun = await sent_there(api, page, person)
    boxes = [
        await page.locator(f"button[value={it}]").bounding_box() for it in ("refuse", "confirm")
    ]
    refuse, confirm = boxes
    assert refuse and confirm
    assert abs(refuse["width"] - confirm["width"]) < 1
    assert abs(refuse["height"] - confirm["height"]) < 1 and refuse["height"] >= 44
    await page.click("button[value=refuse]")
    await page.wait_for_url(f"{api.url}/#/**outside={begun['id']}*")


async def test_the_whole_way_ends_where_it_began_with_tokens(
    api: Api, page: Page, person: SandboxResident
) -> None:
    """The form's redirect passes its policy, and the cookie comes along from another site."""
    begun = await sent_there(api, page, person)
    await page.fill("#number", person.number)
    await page.fill("#pin", person.pin)
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{api.url}/#/pages/verify/verify?outside={begun['id']}")
    done = await page.evaluate(FINISH, [begun["id"], begun["secret"], DEVICE])
    assert done["status"] == 201, done
    assert done["body"]["acr"] == "5"


@pytest.mark.parametrize(
    ("scheme", "language"), [("light", "zh-CN"), ("dark", "zh-CN"), ("light", "en"), ("dark", "en")]
)
async def test_no_accessibility_rule_is_broken(
    page_of: Opening, person: SandboxResident, packages: Path, scheme: Scheme, language: str
) -> None:
    """WCAG 2.2 AA as far as axe-core can tell; no scrolling sideways from 320 px on."""
    page = await page_of(person, scheme, language)
    for wrong in (False, True):
        if wrong:
            await page.click("button[value=confirm]")
            await expect(page.get_by_role("alert")).to_be_visible()
        assert await page.evaluate("document.documentElement.lang") == language
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320
        assert not await broken(page)
