"""The page "get a sandbox ID" in a real browser: by picture file, by camera, by keyboard."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from services.sandbox.page import way_back
from tests.support import faces
from tests.support.axe import broken
from tests.support.sandbox import Sandbox

CHROMIUM = Path("/usr/bin/chromium")
HOME = "https://zhiban.example.gov.cn"
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu"),
    *("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"),
]
in_a_browser = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="NO BROWSER: /usr/bin/chromium is missing"),
]


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def page(browser: Browser, sandbox: Sandbox) -> AsyncIterator[Page]:
    """A phone's page that has said nothing to the console, ever."""
    phone = {"width": 375, "height": 812}
    context = await browser.new_context(viewport=phone, locale="zh-CN", color_scheme="light")
    await context.grant_permissions(["clipboard-read", "clipboard-write", "camera"])
    page = await context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda fault: said.append(str(fault)))
    await page.goto(sandbox.url)
    yield page
    await context.close()
    assert [line for line in said if "422" not in line] == []


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("pictures") / "me.png"
    file.write_bytes(faces.portrait(faces.ASTRONAUT))
    return file


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "javascript:alert(1)",
        "https://zhiban.example.gov.cn.evil.example/",
        "https://zhiban.example.gov.cn@evil.example/",
        "http://zhiban.example.gov.cn/",
        "http://127.0.0.1.evil.example/",
        "http://127.0.0.1\\@evil.example/",
        "http://[::1/",
        "",
    ],
)
def test_the_way_back_leads_to_nobody_else(wanted: str) -> None:
    assert way_back(wanted, HOME) == HOME


@pytest.mark.parametrize(
    "wanted", [HOME + "/verify?x=1", "http://127.0.0.1:8000/#/verify", "http://localhost:8000"]
)
def test_the_way_back_leads_home_or_to_this_machine(wanted: str) -> None:
    assert way_back(wanted, HOME) == wanted


async def test_no_script_but_our_own_file_may_run(sandbox: Sandbox) -> None:
    reply = await sandbox.send("GET", "/", params={"back": 'http://127.0.0.1/"><script>'})
    policy = reply.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    page = reply.raw.decode()
    assert '"><script>' not in page
    assert page.count("<script") == page.count('<script src="/static/')
    assert "style=" not in page


async def test_the_page_speaks_the_readers_language(sandbox: Sandbox) -> None:
    for language, lang, title in (
        ("zh-CN", "zh-CN", "领取体验身份"),
        ("en-GB,en", "en", "Get a sandbox ID"),
    ):
        reply = await sandbox.send("GET", "/", headers={"Accept-Language": language})
        assert f'<html lang="{lang}">' in reply.raw.decode()
        assert f"<h1>{title}</h1>" in reply.raw.decode()


class TestInABrowser:
    pytestmark = in_a_browser

    async def test_without_a_picture_the_page_asks_for_one(self, page: Page) -> None:
        await page.click("#submit")
        await expect(page.locator("#problem")).to_contain_text("请先拍照或选择一张图片")
        await expect(page.locator("#result")).to_be_hidden()

    async def test_a_file_that_is_no_picture_is_explained(self, page: Page, tmp_path: Path) -> None:
        file = tmp_path / "me.jpg"
        file.write_bytes(b"not a picture at all")
        await page.set_input_files("#file", file)
        await page.click("#submit")
        await expect(page.locator("#problem")).to_contain_text("JPEG、PNG 或 WebP")

    async def test_a_picture_file_makes_a_resident_and_delete_ends_them(
        self, page: Page, picture: Path, sandbox: Sandbox
    ) -> None:
        await page.set_input_files("#file", picture)
        await page.click("#submit")
        await expect(page.locator("#result")).to_be_visible()
        name = await said(page, "got-name")
        about = {"name": name, "number": await said(page, "got-number")}
        body = (await sandbox.ask("population-register", "portrait", about)).body
        assert body["verdict"] == "match"
        for kept, digits in (("pin", 6), ("card", 19), ("phone", 11)):
            assert re.fullmatch(rf"\d{{{digits}}}", await said(page, f"got-{kept}"))
        await expect(page.locator(".mark")).to_have_text("虚构")
        await page.click("[data-copy=got-number]")
        copied = await page.evaluate("navigator.clipboard.readText()")
        assert copied == about["number"]
        await page.click("#delete")
        await page.click("#delete")
        await expect(page.locator("#gone")).to_be_visible()
        body = (await sandbox.ask("population-register", "portrait", about)).body
        assert body == {"verdict": "unknown"}
        assert about["number"] not in await page.content()

    async def test_a_photograph_by_the_camera_makes_a_resident(self, page: Page) -> None:
        await page.click("#open")
        await page.click("#shoot")
        await expect(page.locator("#preview")).to_be_visible()
        assert await page.evaluate("document.getElementById('video').srcObject") is None
        await page.click("#submit")
        await expect(page.locator("#result")).to_be_visible()

    async def test_the_details_asked_for_are_given(self, page: Page, picture: Path) -> None:
        await page.set_input_files("#file", picture)
        await page.click("summary")
        await page.fill("#name", "欧阳试试")
        await page.get_by_text("女", exact=True).click()
        await page.fill("#born", "1979-05-06")
        await page.click("#submit")
        await expect(page.locator("#result")).to_be_visible()
        number = await said(page, "got-number")
        assert (await said(page, "got-name"), number[6:14]) == ("欧阳试试", "19790506")
        assert int(number[16]) % 2 == 0

    async def test_another_document_may_be_chosen(self, page: Page, picture: Path) -> None:
        await page.set_input_files("#file", picture)
        await page.click("summary")
        await page.select_option("#kind", "taiwan-residence")
        await page.click("#submit")
        await expect(page.locator("#result")).to_be_visible()
        assert (await said(page, "got-number")).startswith("830000")

    async def test_everything_can_be_reached_by_keyboard(self, page: Page) -> None:
        reached = []
        for _ in range(7):
            await page.keyboard.press("Tab")
            reached.append(await page.evaluate("document.activeElement.id"))
        assert reached[1:4] == ["back", "open", "file"]
        assert reached[5] == "submit"

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    async def test_no_accessibility_rule_is_broken(
        self, page: Page, picture: Path, packages: Path, scheme: Literal["light", "dark"]
    ) -> None:
        """WCAG 2.2 AA as far as axe-core can tell, in every state of the page."""
        await page.emulate_media(color_scheme=scheme)
        await page.click("summary")
        await page.click("#submit")
        assert await broken_rules(page) == []
        await page.set_input_files("#file", picture)
        await page.click("#submit")
        await expect(page.locator("#result")).to_be_visible()
        assert await broken_rules(page) == []
        await page.click("#delete")
        await page.click("#delete")
        await expect(page.locator("#gone")).to_be_visible()
        assert await broken_rules(page) == []

    @pytest.mark.parametrize("width", [320, 375, 1080])
    async def test_nothing_is_wider_than_the_screen(
        self, page: Page, picture: Path, width: int
    ) -> None:
        """WCAG 2.2, 1.4.10: no scrolling in two directions from 320 px on."""
        await page.set_viewport_size({"width": width, "height": 812})
        await page.set_input_files("#file", picture)
        await page.click("summary")
        wide = "document.documentElement.scrollWidth"
        assert await page.evaluate(wide) <= width
        await page.click("#submit")
        await expect(page.locator("#result")).to_be_visible()
        assert await page.evaluate(wide) <= width


async def said(page: Page, output: str) -> str:
    return str(await page.evaluate("id => document.getElementById(id).value", output))


async def broken_rules(page: Page) -> list[str]:
    return [one.rule for one in await broken(page)]
