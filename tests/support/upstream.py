"""A resident's browser at the network identity, and what they read on their telephone."""

import html
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from config import cache as cache_room
from identity import consent
from tests.support import engines as engines_room
from tests.support.device_key import DeviceKey
from tests.support.engines import Engines
from tests.support.faces_service import face_settings
from tests.support.http import Answer, Api, served, settings_for
from tests.support.log_capture import personal
from tests.support.sandbox import Sandbox, SandboxResident

AGREED = {"purpose": consent.NETWORK, "version": consent.VERSIONS[consent.NETWORK]}
OFFICE = "network-identity"


@dataclass
class Browser:
    """One browser: its cookies for us, and the device id that its pages keep."""

    api: Api
    device: str = field(default_factory=lambda: secrets.token_hex(12))
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def headers(self) -> dict[str, str]:
        pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": pairs} if pairs else {}

    async def begin(
        self, person: SandboxResident | None = None, key: DeviceKey | None = None, **others: Any
    ) -> Answer:
        """Ask for a login; without a person by a linked identity; ``key`` is the browser's."""
        wanted: dict[str, Any] = {"device": self.device, "consent": AGREED}
        if person is not None:
            wanted |= {"name": person.name, "id_number": person.number}
        path = "/v1/outside-logins"
        headers = self.headers | (key.headers("POST", path) if key else {})
        answer = await self.api.post(path, wanted | others, headers=headers)
        for line in answer.headers.getall("Set-Cookie", []):  # type: ignore[attr-defined]
            self.cookies |= {name: one.value for name, one in SimpleCookie(line).items()}
        if answer.status == 201:
            personal(answer.body["secret"])
        return answer

    async def confirm(self, url: str, person: SandboxResident, **others: str) -> str:
        """Sign in at the provider; the address that it sends the browser back to."""
        page = await fetched(self.api, "GET", url)
        assert page.status == 200, page.raw
        named = re.search(rb'name="request_uri" value="([^"]+)"', page.raw)
        assert named
        form = {
            "request_uri": html.unescape(named[1].decode()),
            "number": person.number,
            "pin": person.pin,
            "answer": "confirm",
        }
        back = await fetched(self.api, "POST", url.partition("?")[0], data=form | others)
        assert back.status == 303, back.raw
        return personal(back.headers["Location"])

    async def bring(self, where: str, **others: str) -> Answer:
        """Follow the provider's redirect to us; ``others`` replace parameters, "" drops one."""
        given = dict(parse_qsl(urlsplit(where).query)) | others
        query = {name: value for name, value in given.items() if value}
        return await fetched(
            self.api, "GET", self.api.url + "/v1/outside-logins/callback",
            params=query, headers=self.headers,
        )  # fmt: skip

    async def finish(self, begun: Any, token: str = "", **others: Any) -> Answer:
        wanted = {"secret": begun["secret"], "device": self.device} | others
        return await self.api.post(f"/v1/outside-logins/{begun['id']}/tokens", wanted, token)

    async def confirmed(
        self, person: SandboxResident | None, who: SandboxResident, key: DeviceKey | None = None
    ) -> Any:
        """Begun for ``person`` and confirmed by ``who``: what ``finish`` takes."""
        begun = await self.begin(person, key)
        assert begun.status == 201, begun.body
        landed = await self.bring(await self.confirm(begun.body["url"], who))
        assert landed.headers["Location"].endswith(f"?outside={begun.body['id']}")
        return begun.body


@asynccontextmanager
async def without_faces(engines: Engines, folder: Path, sandbox: Sandbox) -> AsyncIterator[Api]:
    """The application where no face process runs: these ways must not need one."""
    own = folder / secrets.token_hex(3)
    own.mkdir(mode=0o700)
    async with engines_room.fresh_database(engines) as address:
        made = settings_for(address, engines.redis_url, own, sandbox, face_settings(own))
        client = cache_room.connect(made)
        await client.flushdb()
        await client.aclose()
        async with served(made, sandbox) as running:
            yield running


async def fetched(api: Api, method: str, url: str, **given: Any) -> Answer:
    """One request to any address, without following where it leads."""
    async with api.http.request(method, url, allow_redirects=False, **given) as answer:
        return Answer(answer.status, answer.headers, await answer.read(), None)


async def messages(sandbox: Sandbox, phone: str) -> list[str]:
    """What this telephone received, newest first."""
    key = {"X-Control-Key": sandbox.secret("control").hex()}
    reply = await sandbox.send("POST", "/control/messages", json={"to": phone}, headers=key)
    assert reply.status == 200, reply.body
    return [one["text"] for one in reply.body["messages"]]
