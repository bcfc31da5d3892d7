"""Members of staff before their pages: they set up, sign in and work as one does by hand."""

import asyncio
import os
import re
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyotp
from playwright.async_api import (
    Browser,
    ConsoleMessage,
    FrameLocator,
    Locator,
    Page,
    async_playwright,
)

from tests.support.axe import heavy_in_both_schemes
from tests.support.browser import FLAGS, chromium
from tests.support.house import ROOT, House

DESK = {"width": 1280, "height": 800}
TABLET = {"width": 768, "height": 1024}
WIDTHS = (1024, 640, 1280)  # 640: a desk of 1280 enlarged to 200 %
_MOST_TABS = 40
PASSWORD = "a long sentence of nobody"


@asynccontextmanager
async def a_browser() -> AsyncIterator[Browser]:
    """One browser; every member of staff opens a context of their own in it."""
    async with async_playwright() as driver:
        flags = [flag for flag in FLAGS if flag != "--headless"]
        browser = await driver.chromium.launch(executable_path=chromium(), args=flags)
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Worker:
    """One member of staff at one screen. ``complaints``: what the console says."""

    page: Page
    url: str
    pictures: Path | None = None
    secret: str = field(default="", repr=False)
    complaints: list[str] = field(default_factory=list)

    @classmethod
    async def at(cls, browser: Browser, url: str, **given: Any) -> "Worker":
        context = await browser.new_context(
            viewport=DESK,  # type: ignore[arg-type]
            locale=given.pop("locale", "zh-CN"),
            java_script_enabled=given.pop("script", True),
        )
        context.set_default_timeout(60_000)
        one = cls(await context.new_page(), url, **given)
        one.page.on("console", one._listen)
        one.page.on("pageerror", lambda error: one.complaints.append(str(error)))
        return one

    def _listen(self, message: ConsoleMessage) -> None:
        refused = "Failed to load resource" in message.text  # a Problem is an answer too
        if message.type in {"error", "warning"} and not refused:
            self.complaints.append(message.text)

    async def open(self, page: str = "") -> None:
        """``page``: what follows ``/desk/``, such as ``cases``."""
        await self.page.goto(f"{self.url}/desk/{page}")
        await self.page.wait_for_selector("h1")

    async def fill(self, label: str, value: str) -> None:
        await self.page.get_by_label(label, exact=True).fill(value)

    async def press(self, name: str) -> None:
        await self.page.get_by_role("button", name=name, exact=True).click()

    async def choose(self, act: str) -> None:
        """Open the form of one act among several; the first is open already."""
        form = self.page.locator("details", has=self.page.locator("summary", has_text=act))
        if await form.get_attribute("open") is None:
            await form.locator("summary").click()

    async def reach(self, wanted: Locator) -> None:
        """By the key Tab alone, from wherever one is."""
        for _ in range(_MOST_TABS):
            await self.page.keyboard.press("Tab")
            if await wanted.evaluate("one => one === document.activeElement"):
                return
        raise AssertionError(f"{wanted} cannot be reached by keyboard")

    @property
    def queue(self) -> FrameLocator:
        """What waits beside the work; it is asked for again by itself."""
        return self.page.frame_locator("iframe.queue")

    async def hold_still(self) -> None:
        """The queue beside the work is not asked for again from here on."""
        await self.queue.get_by_role("link", name="暂停自动刷新").click()
        await self.queue.get_by_role("link", name="恢复自动刷新").wait_for()

    async def set_up(self, login: str, one_time: str) -> None:
        """From the one-time password to being signed in."""
        await self.open("enrol")
        await self.fill("账号", login)
        await self.fill("一次性密码", one_time)
        await self.press("下一步")
        self.secret = (await self.page.inner_text(".secret")).replace(" ", "")
        await self.fill("新密码", PASSWORD)
        await self.fill("再输入一次", PASSWORD)
        await self.fill("动态码", self.code())
        await self.picture("enrol")
        await self.press("完成")
        await self.page.get_by_role("link", name="登录").click()
        await self.sign_in(login)

    async def sign_in(self, login: str) -> None:
        """With the code that comes next: the present one may be used."""
        await self.page.wait_for_selector("[autocomplete=current-password]")
        await self.fill("账号", login)
        await self.fill("密码", PASSWORD)
        await self.fill("动态码", self.code(ahead=1))
        await self.page.keyboard.press("Enter")
        await self.page.wait_for_selector(".bar__who")

    def code(self, ahead: int = 0) -> str:
        return pyotp.TOTP(self.secret).at(time.time() + 30 * ahead)

    async def picture(self, name: str) -> None:
        """The page as it is, at a desk and on a tablet, light and dark.

        Only where PICTURES is set (`make pictures`): they are for eyes, and take their time.
        """
        if self.pictures is None or not os.environ.get("PICTURES"):
            return
        self.pictures.mkdir(parents=True, exist_ok=True)
        for size, viewport in (("tablet", TABLET), ("desk", DESK)):
            await self.page.set_viewport_size(viewport)  # type: ignore[arg-type]
            for scheme in ("dark", "light"):
                await self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                await self.page.screenshot(
                    path=self.pictures / f"staff-{name}-{size}-{scheme}.png", full_page=True
                )

    async def overflows(self) -> list[int]:
        """The widths at which the page would have to be moved sideways (WCAG 1.4.10)."""
        found = []
        for width in WIDTHS:
            await self.page.set_viewport_size({"width": width, "height": DESK["height"]})
            if await self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append(width)
        return found

    async def looked_at(self, name: str) -> None:
        """A picture for eyes; and nothing on the page that bars, overflows or complains."""
        await self.picture(name)
        assert not await self.barriers(), name
        assert not await self.overflows(), name
        assert not self.complaints, self.complaints

    async def barriers(self) -> list[str]:
        """What axe-core finds serious or critical, in light and in dark."""
        return await heavy_in_both_schemes(self.page)


async def first_administrator(house: House, login: str) -> str:
    """Made by command in a running house; the one-time password."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "identity.staff", "create-administrator", login, "--region", "44", "--another"),
        cwd=ROOT,
        env=kept | {"DATA_FOLDER": str(house.data)},
        stdout=asyncio.subprocess.PIPE,
    )
    said = (await process.communicate())[0].decode()
    found = re.search(r"^one-time password +(\S+)$", said, re.MULTILINE)
    assert process.returncode == 0 and found, said
    return found[1]
