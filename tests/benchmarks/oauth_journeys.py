"""Whole sign-ins at a partner, one after another on many browsers: PAR, authorize, the resident's
answer, code and PKCE for tokens. ``python -m tests.benchmarks.oauth_journeys`` reads what to do as
JSON and prints one JSON line; it runs on the load's core.
"""

import asyncio
import base64
import hashlib
import json
import os
import secrets
import sys
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp

from tests.benchmarks.oauth_requests import Requests

CALLBACK = "https://hospital.example/callback"
SCOPE = "openid profile:over-18"
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Browser:
    """One resident's: signed in already, and asked for the same thing again and again."""

    def __init__(self, http: aiohttp.ClientSession, url: str, requests: Requests, token: str):
        self._http, self._url, self._requests = http, url, requests
        self._own = {"Authorization": f"Bearer {token}"}

    async def sign_in(self) -> None:
        """Raises AssertionError when any step is refused."""
        verifier = secrets.token_urlsafe(32)
        asked = {"client_id": self._requests.client, "request_uri": await self._pushed(verifier)}
        where = f"{self._url}/oauth/authorize"
        async with self._http.get(where, params=asked, allow_redirects=False) as answer:
            assert answer.status == 303, await answer.text()
            interaction = answer.headers["Location"].partition("?interaction=")[2]
            cookie = answer.headers["Set-Cookie"].partition(";")[0]
        said = {"decision": "allow", "scopes": ["profile:over-18"]}
        where = f"{self._url}/v1/interactions/{interaction}"
        headers = self._own | {"Cookie": cookie}
        async with self._http.post(where, json=said, headers=headers) as answer:
            told = await answer.json()
            assert answer.status == 200, told
        code = parse_qs(urlsplit(told["redirect_to"]).query)["code"][0]
        given = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
        await self._post("/oauth/token", given | {"redirect_uri": CALLBACK}, 200)

    async def _pushed(self, verifier: str) -> str:
        digest = hashlib.sha256(verifier.encode()).digest()
        wish = {
            "response_type": "code",
            "redirect_uri": CALLBACK,
            "scope": SCOPE,
            "state": "s",
            "nonce": "n",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return str((await self._post("/oauth/par", wish, 201))["request_uri"])

    async def _post(self, path: str, given: dict[str, str], wanted: int) -> dict[str, Any]:
        """By the partner, with assertion and proof; again when it is given a nonce."""
        while True:
            headers = _FORM | {"DPoP": self._requests.proof("POST", path)}
            form = self._requests.form(given)
            async with self._http.post(self._url + path, data=form, headers=headers) as answer:
                said: dict[str, Any] = await answer.json()
                nonce = answer.headers.get("DPoP-Nonce", "")
            again = said.get("error") == "use_dpop_nonce"
            self._requests.nonce = nonce or self._requests.nonce
            if not again:
                assert answer.status == wanted, said
                return said


async def main(given: dict[str, Any]) -> dict[str, float]:
    os.sched_setaffinity(0, {given["core"]})
    requests = Requests(given["root"], given["client"], given["pem"])
    url = f"http://127.0.0.1:{given['port']}"
    connector = aiohttp.TCPConnector(limit=0)
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(connector=connector, cookie_jar=jar) as http:
        browsers = [Browser(http, url, requests, token) for token in given["tokens"]]
        await asyncio.gather(*(browser.sign_in() for browser in browsers))
        began = time.perf_counter()
        await asyncio.gather(*(_again(browser, given["each"]) for browser in browsers))
        seconds = time.perf_counter() - began
    return {"rate": len(browsers) * given["each"] / seconds}


async def _again(browser: Browser, times: int) -> None:
    for _ in range(times):
        await browser.sign_in()


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(json.loads(sys.stdin.read())))))
