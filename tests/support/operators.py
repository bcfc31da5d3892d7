"""An operator of a running house, over HTTP alone: hired, set up, signed in, giving codes."""

import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import aiohttp
import pyotp

from tests.support.house import House
from tests.support.log_capture import personal
from tests.support.staff_pages import PASSWORD, first_administrator

_HEADERS = {"X-Staff-Page": "1"}


@dataclass
class Operator:
    """One browser's worth of cookies at the staff door."""

    http: aiohttp.ClientSession
    url: str
    cookie: str = field(default="", repr=False)

    async def send(self, method: str, path: str, body: Any = None) -> Any:
        """The answer's JSON, None where there is none; AssertionError at a refusal."""
        headers = _HEADERS | ({"Cookie": self.cookie} if self.cookie else {})
        async with self.http.request(method, self.url + path, json=body, headers=headers) as reply:
            said = await reply.json() if reply.status != 204 else None
            assert reply.status < 300, said
            if "Set-Cookie" in reply.headers:
                self.cookie = reply.headers["Set-Cookie"].partition(";")[0]
            return said

    async def set_up(self, login: str, one_time: str) -> "Operator":
        """From the one-time password to being signed in."""
        known = {"login": login, "one_time_password": one_time}
        secret = (await self.send("POST", "/staff/enrolments", known))["secret"]
        totp = pyotp.TOTP(secret.replace(" ", ""))
        more = {"password": PASSWORD, "code": totp.at(time.time())}
        await self.send("POST", "/staff/enrolments/completion", known | more)
        code = totp.at(time.time() + 30)  # the present one is used
        await self.send(
            "POST", "/staff/sessions", {"login": login, "password": PASSWORD, "code": code}
        )
        return self

    async def kiosk_code(self, site: str, address: str, region: str = "440104") -> str:
        wanted = {"site": site, "address": address, "region": region}
        return personal(str((await self.send("POST", "/staff/kiosks/codes", wanted))["code"]))


async def an_operator_of(house: House, http: aiohttp.ClientSession) -> Operator:
    """Hired by an administrator who was made by command."""
    boss, login = f"b{uuid4().hex[:8]}", f"o{uuid4().hex[:8]}"
    chief = await Operator(http, house.url).set_up(boss, await first_administrator(house, boss))
    wanted = {"login": login, "name": "周敏", "roles": ["operator"], "region": "44"}
    made = await chief.send("POST", "/staff/accounts", wanted)
    return await Operator(http, house.url).set_up(login, made["one_time_password"])
