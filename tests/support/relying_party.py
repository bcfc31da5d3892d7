"""A second relying party, made with another JOSE library than ours: what it hears is no echo."""

import base64
import hashlib
import html
import re
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
from aiohttp import web
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from tests.support.sandbox import Reply, Sandbox, SandboxResident, free_port

ISSUER_PATH = "/network-identity"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def fresh_key(kid: str = "client-key", curve: str = "P-256") -> ECKey:
    return ECKey.generate_key(curve, {"kid": kid, "use": "sig"})


def pkce(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass
class RelyingParty:
    """``id`` is its own address, where its keys are published."""

    sandbox: Sandbox
    id: str
    key: ECKey = field(repr=False)
    http: aiohttp.ClientSession

    @property
    def issuer(self) -> str:
        return self.sandbox.url + ISSUER_PATH

    @property
    def redirect_uri(self) -> str:
        return f"{self.id}/v1/outside-logins/callback"

    def assertion(self, key: ECKey | None = None, **others: Any) -> str:
        now = int(time.time())
        claims = {
            "iss": self.id,
            "sub": self.id,
            "aud": self.issuer,
            "jti": secrets.token_hex(8),
            "iat": now,
            "exp": now + 60,
        } | others
        return jwt.encode({"alg": "ES256", "kid": "client-key"}, claims, key or self.key)

    def wanted(self, verifier: str = "v" * 43, **others: str) -> dict[str, str]:
        """The members of a good request; "" drops one."""
        good = {
            "response_type": "code",
            "redirect_uri": self.redirect_uri,
            "scope": "openid",
            "state": "state",
            "nonce": "nonce",
            "code_challenge": pkce(verifier),
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in (good | others).items() if value}

    async def post(self, path: str, form: dict[str, str]) -> Reply:
        """As this client; members that are given already stay."""
        known = {
            "client_id": self.id,
            "client_assertion_type": ASSERTION,
            "client_assertion": self.assertion(),
        }
        return await self.sandbox.send("POST", ISSUER_PATH + path, data=known | form)

    async def pushed(self, **others: str) -> str:
        reply = await self.post("/par", self.wanted(**others))
        assert reply.status == 201, reply.body
        return str(reply.body["request_uri"])

    async def page(self, request_uri: str, client_id: str = "") -> Reply:
        query = {"client_id": client_id or self.id, "request_uri": request_uri}
        return await self.sandbox.send("GET", f"{ISSUER_PATH}/authorize", params=query)

    async def answer(self, request_uri: str, person: SandboxResident, **others: str) -> Reply:
        form = {"request_uri": request_uri, "number": person.number, "pin": person.pin}
        return await self.sandbox.send(
            "POST", f"{ISSUER_PATH}/authorize",
            data=form | {"answer": "confirm"} | others, allow_redirects=False,
        )  # fmt: skip

    async def code(self, person: SandboxResident, **others: str) -> str:
        """A code for somebody who confirmed."""
        back = await self.answer(await self.pushed(**others), person)
        return told(back)["code"]

    async def exchanged(self, code: str, **others: str) -> Reply:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": "v" * 43,
        }
        return await self.post("/token", form | others)

    async def claims(self, token: str) -> dict[str, Any]:
        """What an ID token says, its signature checked by joserfc with the published keys."""
        keys = KeySet.import_key_set((await self.sandbox.send("GET", f"{ISSUER_PATH}/jwks")).body)
        found = jwt.decode(token, keys, algorithms=["ES256"])
        registry = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.id},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": "nonce"},
        )
        registry.validate(found.claims)
        return dict(found.claims)


def told(back: Reply) -> dict[str, str]:
    """What the provider sends the browser back with."""
    assert back.status == 303, back.raw
    return {
        name: value for name, (value,) in parse_qs(urlsplit(back.headers["Location"]).query).items()
    }


def named_request(page: bytes) -> str:
    """The request that the page's form answers."""
    found = re.search(rb'name="request_uri" value="([^"]+)"', page)
    assert found
    return html.unescape(found[1].decode())


@asynccontextmanager
async def relying_party(sandbox: Sandbox) -> AsyncIterator[RelyingParty]:
    """One with keys of its own, on a port of its own."""
    key, port = fresh_key(), free_port()

    async def keys(_request: web.Request) -> web.Response:
        return web.json_response({"keys": [key.as_dict(private=False)]})

    app = web.Application()
    app.router.add_get("/oauth/jwks", keys)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        async with aiohttp.ClientSession() as http:
            yield RelyingParty(sandbox, f"http://127.0.0.1:{port}", key, http)
    finally:
        await runner.cleanup()
