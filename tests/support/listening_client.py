"""A client that listens for logout tokens, well or badly behaved."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import jwt
from aiohttp import web

HEARD_AT = "/backchannel-logout"


@dataclass
class ListeningClient:
    """``statuses``: what it answers first, in order; 200 after those. ``silent``: it hangs."""

    root: str = ""
    statuses: list[int] = field(default_factory=list)
    silent: bool = False
    heard: list[str] = field(default_factory=list, repr=False)
    paths: list[str] = field(default_factory=list)
    news: asyncio.Condition = field(default_factory=asyncio.Condition, repr=False)

    @property
    def address(self) -> str:
        return self.root + HEARD_AT

    @property
    def claims(self) -> list[dict[str, Any]]:
        """Of every token that came; its signature is judged where a test asks for it."""
        return [jwt.decode(one, options={"verify_signature": False}) for one in self.heard]

    async def until(self, true: Callable[[], bool], patience: float = 30.0) -> None:
        """Wait for what is to be heard. Raises TimeoutError."""
        async with asyncio.timeout(patience), self.news:
            await self.news.wait_for(true)

    async def serve(self, request: web.Request) -> web.Response:
        self.paths.append(request.path)
        form = await request.post()
        async with self.news:
            self.heard.append(str(form.get("logout_token", "")))
            self.news.notify_all()
        if self.silent:
            await asyncio.sleep(3600)
        status = self.statuses.pop(0) if self.statuses else 200
        headers = {"Location": f"{self.root}/elsewhere"} if status == 302 else {}
        return web.Response(status=status, headers=headers)


@asynccontextmanager
async def listening() -> AsyncIterator[ListeningClient]:
    """One on a free port of this machine."""
    client = ListeningClient()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", client.serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        client.root = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield client
    finally:
        await runner.cleanup()
