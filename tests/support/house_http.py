"""A running house as partners' programs reach it: requests with their answers, nothing shared."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import jwt
from multidict import CIMultiDict

from tests.support.bills import SCOPE, Hospital
from tests.support.house import House
from tests.support.http import Answer
from tests.support.outside_clients import registered
from tests.support.partner_app import PartnerApp
from tests.support.partner_codes import TOKEN, remember
from tests.support.sandbox import Sandbox


@dataclass
class HouseHttp:
    """What tests.support.partner_app asks of an ``Api``: to send, and to be answered."""

    url: str
    http: aiohttp.ClientSession

    async def send(self, method: str, path: str, token: str = "", **given: Any) -> Answer:
        headers = CIMultiDict(given.pop("headers", {}))
        if token:
            headers["Authorization"] = f"Bearer {token}"
        async with self.http.request(method, self.url + path, headers=headers, **given) as answer:
            raw = await answer.read()
            body = json.loads(raw) if raw else None
            return Answer(answer.status, answer.headers, raw, body)


@asynccontextmanager
async def sandbox_of(house: House) -> AsyncIterator[Sandbox]:
    """Its sandbox, by somebody who knows its keys."""
    lines = (house.data / "keys.env").read_text().splitlines()
    keys = dict(line.split("=", 1) for line in lines if line)
    async with aiohttp.ClientSession() as http:
        yield Sandbox(house.sandbox_url, keys["SANDBOX_KEY"], "", http)


@asynccontextmanager
async def a_hospital_of(house: House) -> AsyncIterator[Hospital]:
    """Registered over HTTP, approved by command, with a token of its own credentials."""
    client = await registered(
        house,
        environment="production",
        scope=SCOPE,
        grant_types=["client_credentials"],
        redirect_uris=[],
        post_logout_redirect_uris=[],
        response_types=[],
        organisation={"zh": "示范医院", "en": "Demo Hospital"},
    )
    private: Any = jwt.PyJWK(client.key).key
    app = PartnerApp(house.url, client.id, private=private, kid=client.key["kid"])
    async with aiohttp.ClientSession() as http:
        api: Any = HouseHttp(house.url, http)
        given = remember(await app.post(api, TOKEN, grant_type="client_credentials"))
        assert given.status == 200, given.body
        yield Hospital(api, app, given.body["access_token"])
