"""A real browser with a face before its camera; skips loudly only where no browser is installed."""

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, async_playwright

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


def chromium() -> str:
    """Where the browser is; skips, saying so, where there is none."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    pytest.skip("NO BROWSER: install chromium; nothing was tried in a browser")


@asynccontextmanager
async def browsing(video: Path | None = None, scale: float = 1) -> AsyncIterator[BrowserContext]:
    """A Chinese phone with an empty profile; ``video`` is what its camera sees, in a loop."""
    camera = [f"--use-file-for-fake-video-capture={video}"] if video else []
    executable = chromium()
    with tempfile.TemporaryDirectory(prefix="zbb-") as profile:
        async with async_playwright() as driver:
            context = await driver.chromium.launch_persistent_context(
                profile,
                executable_path=executable,
                args=[*FLAGS, *camera],
                viewport=PHONE,  # type: ignore[arg-type]
                device_scale_factor=scale,
                locale="zh-CN",
                timezone_id="Asia/Shanghai",
                permissions=["camera"],
            )
            context.set_default_timeout(60_000)
            try:
                yield context
            finally:
                await context.close()
