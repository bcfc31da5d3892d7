"""A provider that a test lays out: it answers what it is told to, and remembers what it heard."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import ECKey

from tests.support.relying_party import fresh_key

DISCOVERY = "/.well-known/openid-configuration"


@dataclass
class HostileProvider:
    """``replies``: body (JSON or bytes) and status by path; what is absent is answered rightly."""

    issuer: str = ""
    key: ECKey = field(default_factory=lambda: fresh_key("first"), repr=False)
    replies: dict[str, tuple[Any, int]] = field(default_factory=dict)
    heard: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)

    def description(self, **others: Any) -> dict[str, Any]:
        found = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "pushed_authorization_request_endpoint": f"{self.issuer}/par",
            "jwks_uri": f"{self.issuer}/jwks",
        } | others
        return {name: value for name, value in found.items() if value is not None}

    def form(self, path: str) -> dict[str, str]:
        """The last form that came here."""
        return next(form for where, form in reversed(self.heard) if where == path)

    def id_token(self, **claims: Any) -> str:
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, claims, self.key)

    async def serve(self, request: web.Request) -> web.Response:
        self.asked[request.path] += 1
        self.heard.append((request.path, dict(parse_qsl(await request.text()))))
        right: Mapping[str, tuple[Any, int]] = {
            DISCOVERY: (self.description(), 200),
            "/jwks": ({"keys": [self.key.as_dict(private=False)]}, 200),
            "/par": ({"request_uri": "urn:x", "expires_in": 60}, 201),
        }
        said, status = (dict(right) | self.replies)[request.path]
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        headers = {"Location": f"{self.issuer}/elsewhere"} if status == 302 else {}
        return web.Response(
            body=body, status=status, content_type="application/json", headers=headers
        )


@asynccontextmanager
async def opened() -> AsyncIterator[HostileProvider]:
    """One on a free port of this machine."""
    provider = HostileProvider()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", provider.serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        provider.issuer = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield provider
    finally:
        await runner.cleanup()
