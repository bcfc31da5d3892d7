"""A house for benchmarks: real engines, sandbox and web process, residents signed in.

The web process and its empty peer each get the first core; the load runs on the last.
"""

import asyncio
import base64
import io
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from PIL import Image

from config import database
from config.settings import Settings
from tests.benchmarks.load import Measured
from tests.conftest import settings_on
from tests.support import engines as engines_room
from tests.support.people import Admitted, admit
from tests.support.sandbox import Sandbox, free_port, started
from tests.support.session_parts import a_worker

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"
LAST_CORE = (os.cpu_count() or 1) - 1
PATIENCE = 30.0


@dataclass(frozen=True)
class House:
    """What a benchmark may use; ``tokens`` are bearer tokens of different residents."""

    settings: Settings
    sandbox: Sandbox
    people: Sequence[Admitted]
    tokens: Sequence[str]
    web: asyncio.subprocess.Process
    empty_port: int

    @property
    def port(self) -> int:
        return self.settings.port


@asynccontextmanager
async def running(people: int, **others: object) -> AsyncIterator[House]:
    """Everything up, with one web worker; ended and gone afterwards."""
    async with AsyncExitStack() as stack:
        folder = await stack.enter_async_context(engines_room.short_folder())
        engines = await stack.enter_async_context(engines_room.running(folder / "e"))
        address = await stack.enter_async_context(engines_room.fresh_database(engines))
        sandbox = await stack.enter_async_context(started(engines.database_url))
        ports = {"port": free_port(), "sandbox_port": urlsplit(sandbox.url).port}
        given = ports | {"sandbox_key": sandbox.key, "web_workers": 1} | others
        house = settings_on(address, engines.redis_url, folder, **given)
        await stack.enter_async_context(database.opened(database.tortoise_config(house)))
        residents = [await _resident(sandbox, house) for _ in range(people)]
        tokens = await _signed_in(house, residents)
        web = await stack.enter_async_context(_process(("-m", "api.serve"), environment(house)))
        await _until_ready(house.port)
        empty = await stack.enter_async_context(empty_peer())
        yield House(house, sandbox, residents, tokens, web, empty)


@asynccontextmanager
async def empty_peer() -> AsyncIterator[int]:
    """The port of a handler that does nothing."""
    port = free_port()
    async with _process(("-m", "tests.benchmarks.empty", str(port)), dict(os.environ)):
        await _until_ready(port)
        yield port


async def load(port: int, requests: Sequence[bytes], **given: Any) -> Measured:
    """One run of the generator on the last core; see tests.benchmarks.load."""
    work = {"port": port, "core": LAST_CORE, "connections": 64, "seconds": 3.0} | given
    work["requests"] = [base64.b64encode(one).decode() for one in requests]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.benchmarks.load",
        cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, _ = await process.communicate(json.dumps(work).encode())
    return Measured(**json.loads(said))


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()


def post(path: str, token: str = "", body: bytes = b"{}") -> bytes:
    """A JSON request, signed in when a token is given."""
    head = f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\n"
    head += f"Authorization: Bearer {token}\r\n" if token else ""
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def environment(house: Settings) -> dict[str, str]:
    """What makes a process read these settings."""
    secrets = ("database_url", "redis_url", "seal_keys", "index_keys", "sandbox_key")
    given = {name.upper(): getattr(house, name).get_secret_value() for name in secrets}
    plain = ("data_folder", "port", "sandbox_port", "web_workers", "log_level", "face_workers")
    return os.environ | given | {name.upper(): str(getattr(house, name)) for name in plain}


async def _resident(sandbox: Sandbox, house: Settings) -> Admitted:
    picture = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((240, 320)).save(picture, "JPEG")
    made = await sandbox.new_resident(picture.getvalue(), born="1985-05-05")
    return await admit(house, made.name, made.number)


async def _signed_in(house: Settings, residents: Sequence[Admitted]) -> list[str]:
    async with a_worker(house) as parts:
        opened = [await parts.sign_in(one.resident) for one in residents]
        return [(await parts.tokens.issue(one.session)).value for one in opened]


@asynccontextmanager
async def _process(
    command: Sequence[str], variables: dict[str, str]
) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, cwd=ROOT, env=variables, preexec_fn=_on_the_first_core,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _on_the_first_core() -> None:
    if LAST_CORE:
        os.sched_setaffinity(0, set(range(LAST_CORE)))


async def _until_ready(port: int) -> None:
    until = time.monotonic() + PATIENCE
    async with aiohttp.ClientSession() as http:
        while time.monotonic() < until:
            try:
                async with http.get(f"http://{HOST}:{port}/"):
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)
    raise TimeoutError(f"nothing answers on port {port}")
