"""The resident's journey over HTTP alone: challenge, verification, answers, signing out.

Every call takes the address of a house and says nothing about how that house is run. A refusal
raises Refused with the problem as it was sent; whoever expects one reads its code.
"""

import asyncio
import base64
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from identity.faces.client import Frame
from tests.support.faces import OBAMA, OBAMA_AGAIN, challenge_frames, portrait
from tests.support.log_capture import personal
from tests.support.sandbox import Sandbox, SandboxResident

CONSENT = {"purpose": "identity-verification", "version": "2026-12"}
Film = Callable[[Sequence[str]], Sequence[Frame]]


class Refused(Exception):
    """An answer that is no success: ``status``, ``code`` and the whole ``problem`` (RFC 9457)."""

    def __init__(self, status: int, problem: Any):
        self.status, self.problem = status, problem
        self.code = problem.get("code", "") if isinstance(problem, dict) else ""
        super().__init__(f"{status} {self.code}")


@dataclass(frozen=True)
class Tokens:
    """What a verification or a refresh gives; ``resident`` is empty after a refresh."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    acr: str
    resident: Mapping[str, Any] = field(default_factory=dict, repr=False)


async def send(base_url: str, method: str, path: str, *, token: str = "", json: Any = None) -> Any:
    """The JSON of a good answer, None where there is no body. Raises Refused."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        aiohttp.ClientSession(base_url, headers=headers) as http,
        http.request(method, path, json=json) as reply,
    ):
        body = await reply.json(content_type=None) if await reply.read() else None
        if reply.status >= 400:
            raise Refused(reply.status, body)
        return body


def new_device() -> str:
    """The random id that a client keeps."""
    return secrets.token_hex(16)


async def challenge(base_url: str, device: str) -> dict[str, Any]:
    """A one-time challenge: ``id``, ``prompts``, ``expires_at``, ``seconds``."""
    issued: dict[str, Any] = await send(base_url, "POST", "/v1/challenges", json={"device": device})
    return issued


async def verify(
    base_url: str,
    name: str,
    number: str,
    person: str = OBAMA,
    *,
    film: Film | None = None,
    device: str = "",
    token: str = "",
) -> Tokens:
    """Be ``person`` (a name of tests.support.faces) before the camera, or give frames by ``film``.

    Filming takes longer than a request, so it happens on a thread. Raises Refused.
    """
    device = device or new_device()
    issued = await challenge(base_url, device)
    take = film or (lambda prompts: challenge_frames(person, prompts, None))
    frames = await asyncio.to_thread(take, issued["prompts"])
    wanted = claim(name, number, issued["id"], device, frames)
    return tokens_of(await send(base_url, "POST", "/v1/verifications", token=token, json=wanted))


def claim(
    name: str, number: str, challenge_id: str, device: str, frames: Sequence[Frame]
) -> dict[str, Any]:
    """The body of POST /v1/verifications."""
    shown = [
        {"prompt": one.prompt, "image": base64.b64encode(one.image).decode()} for one in frames
    ]
    return {
        "name": name,
        "id_number": number,
        "document_type": "resident-id",
        "challenge": challenge_id,
        "device": device,
        "frames": shown,
        "consent": CONSENT,
    }


async def refresh(base_url: str, refresh_token: str) -> Tokens:
    """The next pair. Raises Refused."""
    given = {"refresh_token": refresh_token}
    return tokens_of(await send(base_url, "POST", "/v1/tokens", json=given))


async def me(base_url: str, token: str, path: str = "") -> dict[str, Any]:
    """The resident's own record, or a part of it: "/activity", "/sessions". Raises Refused."""
    shown: dict[str, Any] = await send(base_url, "GET", f"/v1/me{path}", token=token)
    return shown


async def answer(
    base_url: str, token: str, service: str, question: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """What the service answers: ``answer``, ``answered_by``, ``answered_at``. Raises Refused."""
    path = f"/v1/services/{service}/answers"
    asked = dict(question or {})
    answered: dict[str, Any] = await send(base_url, "POST", path, token=token, json=asked)
    return answered


async def sign_out(base_url: str, token: str, session: str = "current") -> None:
    """End a session. Raises Refused."""
    await send(base_url, "DELETE", f"/v1/me/sessions/{session}", token=token)


async def new_resident(
    sandbox_url: str, picture: bytes | None = None, **details: str
) -> SandboxResident:
    """Somebody to be, known to the sandbox at this address; OBAMA_AGAIN's portrait by default."""
    async with aiohttp.ClientSession() as http:
        sandbox = Sandbox(sandbox_url, "", "", http)
        made = await sandbox.new_resident(picture or portrait(OBAMA_AGAIN), **details)
    personal(made.name)
    personal(made.number)
    return made


def tokens_of(body: Mapping[str, Any]) -> Tokens:
    access, refreshing = personal(body["access_token"]), personal(body["refresh_token"])
    return Tokens(access, refreshing, body["acr"], body.get("resident", {}))
