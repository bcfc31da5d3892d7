"""``make demo``: a person of the outside world walks the journey, over HTTP alone.

They get a sandbox ID with one portrait, verify with another, ask the provident fund and social
insurance, see who read what, watch somebody else be refused in their name, and sign out. Anything
unexpected ends the walk with exit code 1.
"""

import asyncio
import base64
import secrets
import sys
from collections.abc import Mapping
from typing import Any

import aiohttp
from rich.console import Console

from config.house import public_url
from config.settings import RefusedToStart, Settings
from services.sandbox import drawn
from services.sandbox.camera import film
from services.sandbox.portraits import NoPortraits, portrait

REFERENCE, CAMERA, SOMEBODY_ELSE = "obama2.jpg", "obama.jpg", "biden.jpg"
SERVICES = (
    "provident-fund-balance",
    "provident-fund-records",
    "social-insurance-status",
    "social-insurance-contributions",
)
CONSENT = "identity-verification"
BORN = "1984-08-04"  # old enough for many years of work
CREATED, GOOD = 201, 200
_PATIENCE = aiohttp.ClientTimeout(total=60)


class Surprise(Exception):
    """The house did not do what the demonstration promises; the message says what it did."""


class Walk:
    """One person before one house. ``device`` is the random id that their app keeps."""

    def __init__(self, http: aiohttp.ClientSession, house: str, console: Console):
        self._http, self._house, self._console = http, house, console
        self._device = secrets.token_hex(16)
        self._token = ""

    async def walk(self) -> None:
        """The whole journey. Raises Surprise, NoPortraits or aiohttp.ClientError."""
        name, number = await self._get_an_id()
        await self._verify(name, number)
        for service in SERVICES:
            await self._ask(service)
        await self._see_who_read()
        await self._be_refused(name, number)
        await self._sign_out()

    async def _get_an_id(self) -> tuple[str, str]:
        self._say(1, "领取沙盒身份", "Getting a sandbox ID, with one portrait")
        where = (await self._expect(GOOD, "GET", "/v1/environment")).get("sandbox_url")
        if not where:
            raise Surprise("this house has no sandbox")
        picture = base64.b64encode(await asyncio.to_thread(portrait, REFERENCE)).decode()
        given = {"portrait": picture, "born": BORN}
        person = await self._expect(CREATED, "POST", f"{where}/residents", given)
        known = [("姓名 Name", person["name"]), ("号码 Number", person["number"])]
        self._console.print(drawn.pairs("虚构身份 · A fictional identity", known))
        return person["name"], person["number"]

    async def _verify(self, name: str, number: str) -> None:
        self._say(2, "实名认证", "Verifying, with another portrait before the camera")
        done = await self._expect(*await self._shown(name, number, CAMERA, CREATED))
        self._token = done["access_token"]
        resident = done["resident"]
        lines = [
            ("姓名 Name", resident["name"]),
            ("号码 Number", resident["id_number"]),
            ("认证级别 Assurance", f"{resident['proofed']}"),
            ("有效期至 Until", resident["proofed_until"][:10]),
        ]
        self._console.print(drawn.pairs("已认证居民 · The verified resident, masked", lines))

    async def _ask(self, service: str) -> None:
        about = await self._expect(GOOD, "GET", f"/v1/services/{service}")
        self._say(3, about["title"], service)
        given = await self._expect(GOOD, "POST", f"/v1/services/{service}/answers", {})
        by = given["answered_by"]["title"]
        panel = drawn.answer(about["title"], about["answer"], given["answer"], by)
        self._console.print(panel)

    async def _see_who_read(self) -> None:
        self._say(4, "查看访问记录", "Seeing who read the resident's data")
        events = (await self._expect(GOOD, "GET", "/v1/me/activity"))["events"]
        if len(events) <= len(SERVICES):
            raise Surprise(f"{len(events)} events are recorded, fewer than were caused")
        self._console.print(drawn.activity(events))

    async def _be_refused(self, name: str, number: str) -> None:
        self._say(5, "换一张脸", "Somebody else tries, with the right name and number")
        token, self._token = self._token, ""
        refused = await self._expect(*await self._shown(name, number, SOMEBODY_ELSE, 403))
        self._token = token
        self._must_be(refused, "identity-not-matched")

    async def _sign_out(self) -> None:
        self._say(6, "退出登录", "Signing out; the token is dead at once")
        await self._expect(204, "DELETE", "/v1/me/sessions/current")
        self._must_be(await self._expect(401, "GET", "/v1/me"), "session-ended")

    async def _shown(
        self, name: str, number: str, face: str, status: int
    ) -> tuple[int, str, str, Mapping[str, Any]]:
        """Take the challenge with ``face`` before the camera: what to send, and what to expect."""
        agreed = await self._expect(GOOD, "GET", f"/v1/consents/{CONSENT}")
        wanted = {"device": self._device}
        challenge = await self._expect(CREATED, "POST", "/v1/challenges", wanted)
        still = await asyncio.to_thread(portrait, face)
        poses = [step["pose"] for step in challenge["steps"]]
        frames = await asyncio.to_thread(film, still, poses)
        claim = {
            "name": name,
            "id_number": number,
            "challenge": challenge["id"],
            "device": self._device,
            "frames": [
                {"prompt": step["prompt"], "image": base64.b64encode(image).decode()}
                for step, image in zip(challenge["steps"], frames, strict=True)
            ],
            "consent": {"purpose": agreed["purpose"], "version": agreed["version"]},
        }
        return status, "POST", "/v1/verifications", claim

    async def _expect(
        self, status: int, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The JSON of an answer with this status. Raises Surprise at any other."""
        url = path if path.startswith("http") else self._house + path
        headers = {"Accept-Language": "zh-CN"}
        if self._token and url.startswith(self._house):
            headers["Authorization"] = f"Bearer {self._token}"
        async with self._http.request(method, url, json=body, headers=headers) as reply:
            said = await reply.json(content_type=None) if await reply.read() else {}
        if reply.status != status:
            code = said.get("code", "") if isinstance(said, dict) else ""
            raise Surprise(f"{method} {path} answered {reply.status} {code}, not {status}")
        return dict(said)

    def _must_be(self, problem: Mapping[str, Any], code: str) -> None:
        if problem.get("code") != code:
            raise Surprise(f"refused as {problem.get('code')}, not as {code}")
        lines = [("代码 Code", code), (problem["title"], problem["detail"])]
        self._console.print(drawn.pairs("按预期被拒绝 · Refused, as it should be", lines))

    def _say(self, step: int, chinese: str, english: str) -> None:
        self._console.print(f"\n[bold cyan]{step}  {chinese}[/bold cyan]  [dim]{english}[/dim]")


async def demonstrate(house: str, console: Console) -> int:
    """0 after the whole walk; 1 with one line when something is not as promised."""
    async with aiohttp.ClientSession(timeout=_PATIENCE) as http:
        try:
            async with http.get(f"{house}/health/live"):
                pass
        except (aiohttp.ClientError, TimeoutError):
            console.print(f"Nothing answers at {house}: run [bold]make run[/bold] first.")
            return 1
        try:
            await Walk(http, house, console).walk()
        except (Surprise, NoPortraits, aiohttp.ClientError, TimeoutError) as fault:
            console.print(f"[bold red]✗[/bold red] {fault or type(fault).__name__}")
            return 1
    console.print("\n[bold green]✓ 全程如期完成 · The whole journey went as promised[/bold green]")
    return 0


def main(arguments: list[str]) -> int:
    """``python -m services.sandbox.demo [address]``; without one, PUBLIC_URL or our own port."""
    try:
        house = arguments[0] if arguments else public_url(Settings())
    except RefusedToStart as refused:
        print(f"demo: {refused}", file=sys.stderr)
        return 1
    return asyncio.run(demonstrate(house.rstrip("/"), drawn.console()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
