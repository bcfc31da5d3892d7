"""A robot that signs a test resident in, so that a partner's tests need no browser and nobody.

It does what the pages do and nothing else: it opens the authorization address, keeps the cookie,
takes the challenge with a face before the camera, and answers the consent page. It goes to this
house only, and to its public API. For a few minutes it stays signed in, as residents do.
"""

import asyncio
import base64
import secrets
import time
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp

from services.sandbox import test_residents
from services.sandbox.errors import SandboxRobotRefused, SandboxRobotSentAway
from services.sandbox.test_residents import TestResident

AUTHORIZE = "/oauth/authorize"
CONSENT = "identity-verification"
_PATIENCE = aiohttp.ClientTimeout(total=60)
_SEE_OTHER, _CREATED, _GOOD = 303, 201, 200
_STAYS = 300.0  # seconds; shorter than a token lives
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Wish:
    """``url``: the authorization address; ``give``: scopes to agree to, None for all of them;
    ``refuse``: to everything.
    """

    url: str = field(repr=False)
    resident: TestResident
    give: tuple[str, ...] | None = None
    refuse: bool = False


@dataclass(frozen=True)
class Kept:
    """A resident's token, ``until`` a time of the monotonic clock."""

    token: str = field(repr=False)
    until: float


class Robot:
    """One visit to one house. ``house`` is its public address, ``signed_in`` who still is."""

    def __init__(self, house: str, signed_in: MutableMapping[int, Kept]):
        self._house = house.rstrip("/")
        self._signed_in = signed_in
        self._token = ""

    async def sign_in(self, wish: Wish) -> str:
        """Where the house sends the browser: the partner's address, with a code or an error.

        Raises SandboxRobotSentAway, SandboxRobotRefused or SandboxPortraitsMissing.
        """
        self._check_address(wish.url)
        jar = aiohttp.CookieJar(unsafe=True)  # also of a house that has no name, only an address
        async with aiohttp.ClientSession(timeout=_PATIENCE, cookie_jar=jar) as http:
            try:
                return await self._walk(http, wish)
            except (aiohttp.ClientError, TimeoutError) as fault:
                kind = type(fault).__name__
                raise SandboxRobotRefused(kind, step="the house", why="unreachable") from fault

    def _check_address(self, url: str) -> None:
        """The robot is no way around anybody's address guard."""
        try:
            there, here = urlsplit(url), urlsplit(self._house)
        except ValueError:
            raise SandboxRobotSentAway() from None
        if (there.scheme, there.netloc, there.path) != (here.scheme, here.netloc, AUTHORIZE):
            raise SandboxRobotSentAway()

    async def _walk(self, http: aiohttp.ClientSession, wish: Wish) -> str:
        async with http.get(wish.url, allow_redirects=False) as reply:
            back = reply.headers.get("Location", "")
            if reply.status != _SEE_OTHER:
                raise _refused(f"GET {AUTHORIZE}", reply.status, await _said(reply))
        interaction = _interaction(back)
        if not interaction:
            return back  # refused, and told to the client
        page = f"/v1/interactions/{interaction}"
        shown = await self._shown(http, page, wish.resident)
        answer = _answer(shown, wish)
        return str((await self._ask(http, page, answer))["redirect_to"])

    async def _shown(self, http: aiohttp.ClientSession, page: str, resident: TestResident) -> Json:
        """The consent page, seen by the resident with all the proof it asks for."""
        kept = self._signed_in.get(resident.n)
        if kept and kept.until > time.monotonic():
            self._token = kept.token
            shown = await self._ask(http, page)
            if shown["signed_in"] and not shown["step_up"]:
                return shown
        self._token = ""
        verified = await self._ask(http, "/v1/verifications", await self._claim(http, resident))
        self._token = str(verified["access_token"])
        self._signed_in[resident.n] = Kept(self._token, time.monotonic() + _STAYS)
        return await self._ask(http, page)

    async def _claim(self, http: aiohttp.ClientSession, resident: TestResident) -> Json:
        """The body of a verification: the challenge taken before the camera."""
        device = secrets.token_hex(16)
        agreed = await self._ask(http, f"/v1/consents/{CONSENT}")
        challenge = await self._ask(http, "/v1/challenges", {"device": device})
        poses = [step["pose"] for step in challenge["steps"]]
        still = await test_residents.before_the_camera()
        frames = await asyncio.to_thread(_filmed, still, poses)
        return {
            "name": resident.person.name,
            "id_number": resident.person.number,
            "challenge": challenge["id"],
            "device": device,
            "frames": [
                {"prompt": step["prompt"], "image": base64.b64encode(image).decode()}
                for step, image in zip(challenge["steps"], frames, strict=True)
            ],
            "consent": {"purpose": agreed["purpose"], "version": agreed["version"]},
        }

    async def _ask(self, http: aiohttp.ClientSession, path: str, body: Json | None = None) -> Json:
        """GET, or POST with a body. Raises SandboxRobotRefused."""
        headers = {"Accept-Language": "en"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        method = "GET" if body is None else "POST"
        url = self._house + path
        async with http.request(method, url, json=body, headers=headers) as reply:
            said = await _said(reply)
            if reply.status not in (_GOOD, _CREATED):
                raise _refused(f"{method} {_route(path)}", reply.status, said)
            return said


def _answer(shown: Json, wish: Wish) -> Json:
    """What the consent page would send."""
    if wish.refuse:
        return {"decision": "refuse", "scopes": []}
    if shown["silent"]:
        return {"decision": "silent", "scopes": []}
    asked = [scope["id"] for scope in shown["scopes"]]
    return {"decision": "allow", "scopes": asked if wish.give is None else list(wish.give)}


def _filmed(still: bytes, poses: list[str]) -> list[bytes]:
    from services.sandbox.camera import film  # noqa: PLC0415  # brings OpenCV: not at every start

    return film(still, poses)


def _interaction(location: str) -> str:
    """The id in the address of our own consent page; empty for another address."""
    page = urlsplit(location).fragment
    return parse_qs(urlsplit(page).query).get("interaction", [""])[0] if page else ""


def _route(path: str) -> str:
    """Without the ids."""
    return "/".join(path.split("/")[:3])


async def _said(reply: aiohttp.ClientResponse) -> Json:
    try:
        said = await reply.json(content_type=None)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _refused(step: str, status: int, said: Json) -> SandboxRobotRefused:
    why = str(said.get("code") or said.get("error") or status)[:60]
    return SandboxRobotRefused(why, step=step, why=why)
