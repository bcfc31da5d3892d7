"""A partner's program (openid-client) that a test leads step by step, and its page in a browser."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from playwright.async_api import BrowserContext, Page, Route

from tests.support.front_end import node
from tests.support.log_capture import personal
from tests.support.outside_clients import CALLBACK, FOLDER, OutsideClient


@dataclass
class PartnerProgram:
    """One node process; it answers every command with one line."""

    process: asyncio.subprocess.Process

    async def tell(self, command: str, **facts: Any) -> dict[str, Any]:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps({"do": command, **facts}).encode() + b"\n")
        await self.process.stdin.drain()
        line = await asyncio.wait_for(self.process.stdout.readline(), 60)
        assert line, await self._last_words()
        told: dict[str, Any] = json.loads(line)
        return told

    async def sign_in(self, scope: str, **more: str) -> str:
        """The address that it sends the resident's browser to."""
        url: str = (await self.tell("sign-in", scope=scope, **more))["url"]
        return url

    async def back(self, page: Page) -> dict[str, Any]:
        """What it learns when the browser has come back."""
        await page.wait_for_url(f"{CALLBACK}?**")
        personal(page.url.partition("code=")[2].partition("&")[0])
        return await self.tell("back", url=page.url)

    async def _last_words(self) -> str:
        assert self.process.stderr
        return (await self.process.stderr.read()).decode()[-3000:]


@asynccontextmanager
async def a_program(client: OutsideClient) -> AsyncIterator[PartnerProgram]:
    process = await asyncio.create_subprocess_exec(
        node(),
        str(FOLDER / "partner.mjs"),
        json.dumps(client.settings()),
        cwd=FOLDER,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield PartnerProgram(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def partner_page(context: BrowserContext) -> None:
    """The partner's own site in this browser: a page that says nothing."""

    async def show(route: Route) -> None:
        body = "<!doctype html><title>Demo Clinic</title><p>Welcome back"
        await route.fulfill(body=body, content_type="text/html")

    await context.route(f"{CALLBACK}*", show)
