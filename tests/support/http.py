"""The whole application on a free loopback port: real engines, real sandbox, real faces.

``api`` lives for one test file; the files do not see each other's residents.
"""

import asyncio
import base64
import json
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import pytest
from multidict import CIMultiDict
from tortoise.transactions import in_transaction

from api.app import App, create_app
from api.wiring import Parts
from config import cache as cache_room
from config.settings import FaceSettings, Settings
from identity import consent
from tests.conftest import settings_on
from tests.support import engines as engines_room
from tests.support import faces as pictures
from tests.support.engines import Engines
from tests.support.log_capture import personal
from tests.support.people import admit
from tests.support.sandbox import Sandbox, SandboxResident, free_port
from tests.support.session_parts import a_resident
from tests.support.verification_parts import fresh_frames

LOOPBACK = "127.0.0.1"
CONSENT = {"purpose": consent.VERIFICATION, "version": consent.VERSIONS[consent.VERIFICATION]}


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; ``body`` is its JSON, or None where there is none."""

    status: int
    headers: Mapping[str, str]
    raw: bytes = field(repr=False)
    body: Any = field(repr=False)

    @property
    def code(self) -> str | None:
        return self.body.get("code") if isinstance(self.body, dict) else None


@dataclass(frozen=True)
class SignedIn:
    """What a client keeps after a verification."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    session: UUID
    resident: UUID


@dataclass
class Api:
    """The served application, and the ways of a client."""

    url: str
    settings: Settings
    http: aiohttp.ClientSession
    app: App
    sandbox: Sandbox

    @property
    def parts(self) -> Parts:
        parts: Parts = self.app.ctx.parts
        return parts

    async def send(self, method: str, path: str, token: str = "", **given: Any) -> Answer:
        """``heads``: further headers as pairs, for those that are sent twice."""
        headers = CIMultiDict(given.pop("headers", {}))
        headers.extend(given.pop("heads", ()))
        if token:
            headers["Authorization"] = f"Bearer {token}"
        async with self.http.request(method, self.url + path, headers=headers, **given) as answer:
            raw = await answer.read()
            return Answer(answer.status, answer.headers, raw, _json(raw))

    async def get(self, path: str, token: str = "", **given: Any) -> Answer:
        return await self.send("GET", path, token, **given)

    async def post(self, path: str, body: Any, token: str = "", **given: Any) -> Answer:
        return await self.send("POST", path, token, json=body, **given)

    async def sign_in(
        self, *, resident: UUID | None = None, acr: str = "4", key: str = "", device: str = ""
    ) -> SignedIn:
        """A session without a verification, for what is not about faces; ``key`` binds it."""
        resident = resident or await a_resident()
        async with in_transaction() as connection:
            opened = await self.parts.sessions.open(
                connection,
                resident,
                device=device or uuid4().hex * 2,
                device_name="",
                acr=acr,
                amr=["face"],
                key=key,
            )
        token = await self.parts.tokens.issue(opened.session)
        session = UUID(str(opened.session.id))
        return SignedIn(personal(token.value), personal(opened.refresh_token), session, resident)

    async def new_resident(self, face: str = pictures.OBAMA) -> SandboxResident:
        """Somebody new in the sandbox's population register, with this face."""
        made = await self.sandbox.new_resident(pictures.portrait(face))
        personal(made.name), personal(made.number)
        return made

    async def claim(self, person: SandboxResident, face: str, **others: Any) -> dict[str, Any]:
        """The body of an honest verification with a challenge of its own."""
        device = others.get("device") or secrets.token_hex(8)
        issued = await self.post("/v1/challenges", {"device": device})
        assert issued.status == 201, issued.body
        honest = {
            "name": person.name,
            "id_number": person.number,
            "document_type": "resident-id",
            "challenge": issued.body["id"],
            "device": device,
            "frames": await asyncio.to_thread(frames_sent, face, issued.body["prompts"]),
            "consent": CONSENT,
        }
        return honest | others

    async def verify(
        self, person: SandboxResident, face: str = pictures.OBAMA, token: str = "", **others: Any
    ) -> Answer:
        """A whole verification; ``others`` replace members of its body."""
        return await self.post("/v1/verifications", await self.claim(person, face, **others), token)

    async def registered(self) -> SignedIn:
        """Somebody new whom register and offices know, for what is not about faces either."""
        made = await self.new_resident()
        admitted = await admit(self.settings, made.name, made.number)
        return await self.sign_in(resident=admitted.resident)

    async def signed_in(self, face: str = pictures.OBAMA) -> SignedIn:
        """Somebody new who has verified, and come again where the house was busy."""
        person = await self.new_resident(face)
        for _ in range(5):
            if (done := await self.verify(person, face)).status != 503:
                break
        assert done.status == 201, done.body
        return await self.remember(done.body)

    async def remember(self, body: Mapping[str, Any]) -> SignedIn:
        """What the client keeps of an answer with tokens."""
        personal(body["access_token"]), personal(body["refresh_token"])
        caller = await self.parts.tokens.read(body["access_token"])
        assert caller.session and caller.resident
        return SignedIn(
            body["access_token"], body["refresh_token"], caller.session, caller.resident
        )


def frames_sent(face: str, prompts: Sequence[str]) -> list[dict[str, str]]:
    return [
        {"prompt": frame.prompt, "image": base64.b64encode(frame.image).decode()}
        for frame in fresh_frames(face, prompts)
    ]


@asynccontextmanager
async def served(
    settings: Settings, sandbox: Sandbox, departments: Sequence[Path] = ()
) -> AsyncIterator[Api]:
    """The application in this process. One at a time: Tortoise is one for the process."""
    app = create_app(settings, departments, name=f"test-{secrets.token_hex(4)}")
    app.config.TOUCHUP = False  # Sanic rewrites itself at a start, which works once a process
    server = await app.create_server(
        LOOPBACK, settings.port, return_asyncio_server=True, access_log=False
    )
    assert server
    await server.startup()
    await server.before_start()
    await server.after_start()
    try:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
            yield Api(f"http://{LOOPBACK}:{settings.port}", settings, http, app, sandbox)
    finally:
        await server.before_stop()
        closing = server.close()
        if closing:
            await closing
        for connection in list(server.connections):
            connection.abort()
        await server.after_stop()


def settings_for(
    database_url: str, redis_url: str, folder: Path, sandbox: Sandbox, faces: FaceSettings,
    **others: object,
) -> Settings:  # fmt: skip
    """Settings of a whole web process: every part of the run, a port of its own."""
    port = free_port()
    values: dict[str, Any] = {
        "sandbox_key": sandbox.key,
        "sandbox_port": int(sandbox.url.rpartition(":")[2]),
        "faces_url": faces.faces_address,
        "port": port,
        "public_url": f"http://{LOOPBACK}:{port}",
        "requests_per_address": 10_000,
    }
    return settings_on(database_url, redis_url, folder, **(values | others))


@pytest.fixture(scope="module")
async def api_settings(
    engines: Engines, run_folder: Path, sandbox: Sandbox, faces_service: FaceSettings
) -> AsyncIterator[Settings]:
    """Settings for one test file, with a database of its own."""
    folder = run_folder / secrets.token_hex(3)
    folder.mkdir(mode=0o700)
    async with engines_room.fresh_database(engines) as address:
        made = settings_for(address, engines.redis_url, folder, sandbox, faces_service)
        client = cache_room.connect(made)
        await client.flushdb()
        await client.aclose()
        yield made


@pytest.fixture(scope="module")
async def api(api_settings: Settings, sandbox: Sandbox) -> AsyncIterator[Api]:
    """The application of one test file."""
    async with served(api_settings, sandbox) as running:
        yield running


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None
