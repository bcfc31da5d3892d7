"""A real browser with a face before its camera; skips loudly only where no browser is installed.

One browser serves a whole run: whoever comes gets a context of it, which shares nothing with any
other. Only who needs a camera of their own gets a browser of their own: what it sees is a flag.
"""

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]
PHONE = {"width": 375, "height": 812}
KIOSK = {"width": 1080, "height": 1920}
PATIENCE = 60_000  # ms


def chromium() -> str:
    """Where the browser is; skips, saying so, where there is none."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    pytest.skip("NO BROWSER: install chromium; nothing was tried in a browser")


@asynccontextmanager
async def browsing(video: Path | None = None, scale: float = 1) -> AsyncIterator[BrowserContext]:
    """A Chinese phone with an empty profile; ``video`` is what its camera sees, in a loop."""
    phone: dict[str, Any] = {
        "viewport": PHONE,
        "device_scale_factor": scale,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "permissions": ["camera"],
    }
    async with _filmed(video, phone) if video else _shared(phone) as context:
        context.set_default_timeout(PATIENCE)
        yield context


@asynccontextmanager
async def _shared(phone: dict[str, Any]) -> AsyncIterator[BrowserContext]:
    context = await (await _run.browser()).new_context(**phone)
    try:
        yield context
    finally:
        await context.close()


@asynccontextmanager
async def _filmed(video: Path, phone: dict[str, Any]) -> AsyncIterator[BrowserContext]:
    executable = chromium()
    with tempfile.TemporaryDirectory(prefix="zbb-") as profile:
        async with async_playwright() as driver:
            context = await driver.chromium.launch_persistent_context(
                profile,
                executable_path=executable,
                args=[*FLAGS, f"--use-file-for-fake-video-capture={video}"],
                **phone,
            )
            try:
                yield context
            finally:
                await context.close()


class _Run:
    """The run's browser, started when the first one asks and again where it was lost."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()
        self._browser: Browser | None = None

    async def browser(self) -> Browser:
        if self._browser is None or not self._browser.is_connected():
            await self.close()
            driver = await self._stack.enter_async_context(async_playwright())
            flags = [flag for flag in FLAGS if flag != "--headless"]
            self._browser = await driver.chromium.launch(executable_path=chromium(), args=flags)
            self._stack.push_async_callback(self._browser.close)
        return self._browser

    async def close(self) -> None:
        await self._stack.aclose()
        self._browser = None


_run = _Run()


@pytest.fixture(scope="session", autouse=True)
async def one_browser() -> AsyncIterator[None]:
    """Whatever browser the run has opened is closed at its end."""
    yield
    await _run.close()
