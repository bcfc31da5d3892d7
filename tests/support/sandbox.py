"""A real sandbox process for tests, and a person who knows its keys.

``sandbox`` is session-scoped and shared: make residents of your own and heal the faults you set
(the fixture ``healthy_sandbox`` does it for you).
"""

import asyncio
import base64
import json
import os
import secrets
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import pytest
from pydantic import SecretStr

from config.settings import SandboxSettings
from services.sandbox.signatures import sign
from tests.support.engines import Engines, renamed
from tests.support.workers import free_port

ROOT = Path(__file__).parents[2]
BUREAU = "social-insurance"
_PATIENCE = 60.0


@dataclass(frozen=True)
class SandboxResident:
    """Somebody to be. ``portrait`` is what was handed in, not what is kept."""

    id: str
    name: str
    number: str
    delete_token: str = field(repr=False)
    portrait: bytes = field(repr=False)
    pin: str = field(default="", repr=False)
    card: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)


@dataclass(frozen=True)
class Reply:
    """One HTTP answer; ``body`` is the JSON, or None when it is not JSON."""

    status: int
    headers: Mapping[str, str]
    raw: bytes
    body: Any


@dataclass
class Sandbox:
    """A running sandbox: its address, its keys and its ways."""

    url: str
    key: str
    database_url: str
    http: aiohttp.ClientSession

    def secret(self, purpose: str) -> bytes:
        """What ``settings.sandbox_secret(purpose)`` gives a process that shares the key."""
        return SandboxSettings(
            _env_file=None,
            sandbox_key=SecretStr(self.key),
        ).sandbox_secret(purpose)

    async def send(self, method: str, path: str, **given: Any) -> Reply:
        async with self.http.request(method, self.url + path, **given) as answer:
            raw = await answer.read()
            return Reply(answer.status, answer.headers, raw, _json(raw))

    async def new_resident(self, portrait: bytes, **details: str) -> SandboxResident:
        """``details``: name, sex, born (ISO), kind, as the page would send them."""
        wanted = {"portrait": base64.b64encode(portrait).decode(), **details}
        reply = await self.send("POST", "/residents", json=wanted)
        assert reply.status == 201, reply.body
        return SandboxResident(**reply.body, portrait=portrait)

    async def delete(self, resident: SandboxResident) -> Reply:
        headers = {"X-Delete-Token": resident.delete_token}
        return await self.send("DELETE", f"/residents/{resident.id}", headers=headers)

    async def fault(self, office: str, kind: str, **options: Any) -> None:
        """``options``: seconds, times, opens. ``await sandbox.heal()`` undoes all."""
        headers = {"X-Control-Key": self.secret("control").hex()}
        wanted = {"office": office, "fault": kind, **options}
        reply = await self.send("POST", "/control/faults", json=wanted, headers=headers)
        assert reply.status == 200, reply.body

    async def change(self, number: str, *, name: str = "", deceased: bool = False) -> None:
        """What happens to people: a new name, a death."""
        headers = {"X-Control-Key": self.secret("control").hex()}
        wanted = {"number": number, "name": name, "deceased": deceased}
        reply = await self.send("POST", "/control/residents", json=wanted, headers=headers)
        assert reply.status == 200, reply.body

    async def heal(self) -> None:
        await self.fault("all", "none")

    async def ask(self, office: str, path: str, body: Mapping[str, Any], **given: Any) -> Reply:
        """A signed question: ``await sandbox.ask("provident-fund", "account", {...})``."""
        raw = json.dumps(body).encode()
        route = f"/{office}/{path}"
        headers = self.signature(office, route, raw)
        return await self.send("POST", route, data=raw, headers=headers, **given)

    async def until_live(self, process: asyncio.subprocess.Process) -> None:
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            assert process.returncode is None, f"the sandbox ended with {process.returncode}"
            try:
                await self.send("GET", "/health/live")
                return
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)
        raise AssertionError("the sandbox did not answer")

    def signature(
        self, office: str, route: str, raw: bytes, *, app: str = "zhiban", **given: str
    ) -> dict[str, str]:
        """The headers of a genuine request; ``timestamp`` and ``nonce`` may be given."""
        timestamp = given.get("timestamp", str(int(time.time())))
        nonce = given.get("nonce", secrets.token_hex(16))
        mac = sign(self.secret(office), ("POST", route, timestamp, nonce), raw)
        if office == BUREAU:
            encoded = base64.b64encode(mac).decode()
            value = f"SB-HMAC-SHA256 app={app},ts={timestamp},nonce={nonce},sign={encoded}"
            return {"Authorization": value}
        names = ("X-App", "X-Timestamp", "X-Nonce", "X-Signature")
        return dict(zip(names, (app, timestamp, nonce, mac.hex()), strict=True))


@pytest.fixture(scope="session")
async def sandbox(engines: Engines) -> AsyncIterator[Sandbox]:
    """One sandbox for the run, in a process and a database of its own. Nothing of it is needed
    afterwards: it is killed, for ending well takes it seconds while connections are open.
    """
    async with started(engines.database_url, gently=False) as running:
        yield running


@pytest.fixture
async def healthy_sandbox(sandbox: Sandbox) -> AsyncIterator[Sandbox]:
    """The shared sandbox, healed before and after."""
    await sandbox.heal()
    yield sandbox
    await sandbox.heal()


@asynccontextmanager
async def started(
    server: str, *, port: int = 0, gently: bool = True, **environment: str
) -> AsyncIterator[Sandbox]:
    """A sandbox on any PostgreSQL server; its database is dropped at the end."""
    url = renamed(server, f"zb_sandbox_{secrets.token_hex(4)}")
    key, port = secrets.token_urlsafe(32), port or free_port()
    given = {"SANDBOX_DATABASE_URL": url, "SANDBOX_KEY": key, "SANDBOX_PORT": str(port)}
    process = await run(given | environment)
    async with aiohttp.ClientSession() as http:
        sandbox = Sandbox(f"http://127.0.0.1:{port}", key, url, http)
        try:
            await sandbox.until_live(process)
            yield sandbox
        finally:
            await (end(process) if gently else killed(process))
            await _drop(url)


async def run(
    environment: Mapping[str, str], *, listen: bool = False
) -> asyncio.subprocess.Process:
    """``python -m services.sandbox`` with these settings and no others."""
    ours = ("PATH", "HOME", "LANG", "SYSTEMROOT")
    plain = {name: value for name, value in os.environ.items() if name in ours}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "services.sandbox"),
        cwd=ROOT,
        env=plain | {"ENVIRONMENT": "sandbox"} | dict(environment),
        stderr=asyncio.subprocess.PIPE if listen else None,
    )


async def end(process: asyncio.subprocess.Process) -> None:
    """Ask it to stop; kill it if it does not: Sanic misses a request that comes as it starts."""
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), 15)
    except TimeoutError:
        await killed(process)


async def killed(process: asyncio.subprocess.Process) -> None:
    process.kill()
    await process.wait()


async def _drop(url: str) -> None:
    connection = await asyncpg.connect(renamed(url, "postgres"))
    try:
        name = url.partition("?")[0].rpartition("/")[2]
        await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    finally:
        await connection.close()


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None
