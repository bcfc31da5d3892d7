"""What verification calls. Imports no engine: a web worker stays light."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import aiohttp

from config.errors import Problem
from config.settings import FaceSettings
from identity.faces.address import socket_path, tls
from identity.faces.errors import (
    BY_CODE,
    FacesUnavailable,
    ImageTooLarge,
    PromptsNotFollowed,
    ReferenceUnusable,
)
from identity.faces.limits import FRAME_BYTES, FRAMES, REFERENCE_BYTES
from identity.faces.wire import Malformed, pack, unpack

_SECONDS = 25.0
_PAUSE = 0.5  # a killed face process is back in about 0.35 s
_BROKEN = (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError)


class _Gone(FacesUnavailable):
    """Refused or reset: worth one more try, unlike a timeout."""


@dataclass(frozen=True)
class Frame:
    """One picture of a challenge: what was asked (prompts.py), JPEG or PNG bytes."""

    prompt: str
    image: bytes = field(repr=False)


class Capture:
    """What inspect made of the frames. Biometric: keep it in memory, for one verification only."""

    __slots__ = ("_parts",)

    def __init__(self, parts: Sequence[bytes]) -> None:
        self._parts = tuple(parts)

    def __repr__(self) -> str:
        return "Capture(…)"

    def __reduce__(self) -> str:
        raise TypeError("a capture is never stored")


class Faces:
    """The face process, on its Unix socket or by mutual TLS. Use as an async context manager."""

    def __init__(self, settings: FaceSettings) -> None:
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None
        self._root = "http://faces"

    async def __aenter__(self) -> Self:
        path = socket_path(self._settings)
        connector: aiohttp.BaseConnector
        if path:
            connector = aiohttp.UnixConnector(str(path), limit=64)
        else:
            self._root = self._settings.faces_address.rstrip("/")
            connector = aiohttp.TCPConnector(ssl=tls(self._settings, server=False), limit=64)
        self._session = aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(total=_SECONDS, connect=5),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session:
            await self._session.close()

    async def inspect(self, frames: Sequence[Frame], prompts: Sequence[str]) -> Capture:
        """Judge quality and liveness of ordered frames against the ordered prompts.

        Raises the leaves of identity.faces.errors; FacesBusy and FacesUnavailable are no fault of
        the person.
        """
        if len(frames) > FRAMES:
            raise PromptsNotFollowed("number of frames")
        for frame in frames:
            if len(frame.image) > FRAME_BYTES:
                raise ImageTooLarge("frame bytes", prompt=frame.prompt)
        head = {"labels": [frame.prompt for frame in frames], "prompts": list(prompts)}
        _, parts = await self._ask("/inspect", pack(head, [frame.image for frame in frames]))
        return Capture(parts)

    async def match(self, capture: Capture, reference: bytes | None) -> bool:
        """Whether the capture shows the reference's face (JPEG or PNG, at most 1 MB).

        None: a decoy is judged with the same work, and the answer is False. Scores stay in the
        face process. Raises ReferenceUnusable, FacesBusy, FacesUnavailable.
        """
        if reference is not None and len(reference) > REFERENCE_BYTES:
            raise ReferenceUnusable("reference bytes")
        first = [] if reference is None else [reference]
        body = pack({"reference": reference is not None}, [*first, *capture._parts])
        head, _ = await self._ask("/match", body)
        return reference is not None and head.get("match") is True

    async def ready(self) -> bool:
        """Whether a worker has loaded its models."""
        try:
            return (await self._send("GET", "/ready", None))[0] == 200
        except FacesUnavailable:
            return False

    async def numbers(self) -> dict[str, Any]:
        """Queue and timing for the metrics page. Raises FacesUnavailable."""
        _, body = await self._send("GET", "/numbers", None)
        answer: dict[str, Any] = json.loads(body)
        return answer

    async def _ask(self, path: str, body: bytes) -> tuple[dict[str, Any], list[bytes]]:
        try:
            answer = await self._send("POST", path, body)
        except _Gone:
            await asyncio.sleep(_PAUSE)
            answer = await self._send("POST", path, body)
        try:
            head, parts = unpack(answer[1])
        except Malformed as fault:
            raise FacesUnavailable(f"status {answer[0]}") from fault
        if "malformed" in head:
            raise FacesUnavailable("the face process did not understand us")
        if "problem" in head:
            raise _problem(head)
        return head, parts

    async def _send(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        if self._session is None:
            raise RuntimeError("use Faces as an async context manager")
        try:
            async with self._session.request(method, self._root + path, data=body) as answer:
                return answer.status, await answer.read()
        except TimeoutError as fault:
            raise FacesUnavailable("timeout") from fault
        except _BROKEN as fault:
            raise _Gone(type(fault).__name__) from fault


def _problem(head: dict[str, Any]) -> Problem:
    leaf = BY_CODE.get(head["problem"])
    if leaf is None:
        return FacesUnavailable("unknown code")
    return leaf(head.get("cause", ""), **head.get("facts", {}))
