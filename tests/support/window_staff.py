"""Two members of staff at a window of a running house, over HTTP as their pages do it."""

import re
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import pyotp

from tests.support.house import House
from tests.support.log_capture import personal

PASSWORD = "a long sentence of nobody"
REGION = "44"
_OUR_PAGE = {"X-Staff-Page": "1"}


@dataclass
class Colleague:
    """Signed in, with a cookie jar of their own."""

    http: aiohttp.ClientSession

    async def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The JSON of a good answer; AssertionError with what was refused."""
        async with self.http.post(f"/staff/{path}", json=body) as reply:
            said = await reply.json(content_type=None) if await reply.read() else None
            assert reply.status < 300, said
            return said


@dataclass
class Window:
    """A clerk, who looks at documents, and a supervisor, who confirms."""

    clerk: Colleague
    supervisor: Colleague

    async def serve(self, code: str, name: str, number: str) -> str:
        """Take the request that shows ``code``, compare the document, confirm: the verdict."""
        taken = await self.clerk.post("window-requests/find", {"code": code})
        place = f"window-requests/{taken['id']}"
        seen = await self.clerk.post(f"{place}/check", {"id_number": number, "name": name})
        await self.supervisor.post(f"{place}/confirm")
        return str(seen["verdict"])

    async def close(self) -> None:
        for one in (self.clerk, self.supervisor):
            await one.http.close()


async def at_work(house: House) -> Window:
    """The house's first administrator by command, who then makes the two accounts."""
    login, one_time = _by_command(house)
    administrator = await _enrolled(house, login, one_time)
    try:
        clerk = await _hired(house, administrator, ["clerk"])
        return Window(clerk, await _hired(house, administrator, ["supervisor"]))
    finally:
        await administrator.http.close()


def _by_command(house: House) -> tuple[str, str]:
    login = f"a{secrets.token_hex(5)}"
    made = house.run("identity.staff", "create-administrator", login, "--another")
    assert made.returncode == 0, made.stderr
    found = re.search(r"^one-time password\s+(.+)$", made.stdout, re.MULTILINE)
    assert found
    return login, personal(found[1].strip())


async def _hired(house: House, administrator: Colleague, roles: Sequence[str]) -> Colleague:
    own = {"document_type": "passport", "country": "CN", "id_number": _passport()}
    wanted = {
        "login": f"m{secrets.token_hex(5)}",
        "name": personal("林测试"),
        "roles": list(roles),
        "region": REGION,
        "document": own,
    }
    handed = await administrator.post("accounts", wanted)
    return await _enrolled(house, handed["login"], handed["one_time_password"])


async def _enrolled(house: House, login: str, one_time: str) -> Colleague:
    """Both factors set up, and signed in: a code counts once, so the older one goes first."""
    jar = aiohttp.CookieJar(unsafe=True)  # the house is reached by a number, not a name
    one = Colleague(aiohttp.ClientSession(house.url, headers=_OUR_PAGE, cookie_jar=jar))
    begun = {"login": login, "one_time_password": one_time}
    secret = (await one.post("enrolments", begun))["secret"]
    own = {**begun, "password": PASSWORD, "code": _code(secret, -30)}
    await one.post("enrolments/completion", own)
    await one.post("sessions", {"login": login, "password": PASSWORD, "code": _code(secret, 0)})
    return one


def _code(secret: str, later: int) -> str:
    return pyotp.TOTP(secret).at(time.time() + later)


def _passport() -> str:
    return personal(f"E{secrets.randbelow(10**8):08}")
