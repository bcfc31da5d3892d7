"""The population register: a person's reference portrait, or its own verdict on a photograph.

Requests are signed with HMAC-SHA256 over method, path, time, nonce and body. Whatever goes
wrong on the way is RegisterUnavailable: no fault of the resident, and no try is spent.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from config import logs
from config.outbound import Outbound, OutboundFailed, Reply
from config.settings import Settings
from identity.errors import RegisterUnavailable
from identity.person import IdNumber, Person, Photo

OFFICE = "population-register"
APP = "zhiban"
SECONDS = 6.0  # of the thirty a challenge lives
log = logs.get("register")


class Verdict(StrEnum):
    """What the register says of a name, a number and a photograph. Private: never told on."""

    MATCH = "match"
    UNKNOWN = "unknown"
    NAME_DIFFERS = "name-differs"
    DECEASED = "deceased"
    FACE_DIFFERS = "face-differs"


@dataclass(frozen=True)
class Answer:
    """``portrait`` comes with MATCH in portrait mode only."""

    verdict: Verdict
    portrait: Photo | None = None


class Register:
    """One office, two ways to ask it (REGISTER_MODE)."""

    def __init__(self, outbound: Outbound, settings: Settings):
        self._outbound = outbound
        self._root = (settings.register_url or f"{settings.sandbox_url}/{OFFICE}").rstrip("/")
        self._key = _key(settings)
        self.remote = settings.register_mode == "remote"

    async def portrait(self, name: str, number: IdNumber) -> Answer:
        """Name and number judged, with the portrait to match here. Raises RegisterUnavailable."""
        said = await self._ask("portrait", _question(name, number))
        verdict = _verdict(said)
        if verdict is not Verdict.MATCH:
            return Answer(verdict)
        return Answer(verdict, Photo(_bytes(said.get("portrait"))))

    async def name_and_number(self, name: str, number: IdNumber) -> Verdict:
        """Name and number alone, for who looks at the person. Raises RegisterUnavailable."""
        return _verdict(await self._ask("identity", _question(name, number)))

    async def compare(self, name: str, number: IdNumber, photo: Photo) -> Answer:
        """The register's own verdict, face included. Raises RegisterUnavailable."""
        encoded = base64.b64encode(photo.jpeg).decode()
        question = _question(name, number) | {"photo": encoded}
        return Answer(_verdict(await self._ask("comparison", question)))

    async def is_guardian(self, guardian: Person, name: str, number: IdNumber) -> bool:
        """Whether ``guardian`` is on record for the person of this name and number.

        False too when nobody has that number, or another name. Raises RegisterUnavailable.
        """
        question = {"name": name, "number": number.value}
        asking = {"guardian_name": guardian.name, "guardian_number": guardian.number.value}
        said = (await self._ask("guardianship", question | asking)).get("guardian")
        if not isinstance(said, bool):
            raise RegisterUnavailable("no verdict on a guardianship")
        return said

    async def _ask(self, what: str, question: Mapping[str, str]) -> dict[str, Any]:
        url = f"{self._root}/{what}"
        body = json.dumps(question, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json"} | self._signature(url, body)
        began = time.monotonic()
        try:
            reply = await self._outbound.send(
                "POST", url, body=body, headers=headers, timeout=SECONDS
            )
        except OutboundFailed as fault:
            raise RegisterUnavailable(fault.reason) from fault
        ms = round((time.monotonic() - began) * 1000)
        log.info("register-answered", what=what, status=reply.status, ms=ms)
        return _read(reply)

    def _signature(self, url: str, body: bytes) -> dict[str, str]:
        stamp, nonce = str(int(time.time())), secrets.token_hex(16)
        lines = ["POST", urlsplit(url).path, stamp, nonce, hashlib.sha256(body).hexdigest()]
        signature = hmac.new(self._key, "\n".join(lines).encode(), hashlib.sha256).hexdigest()
        return {
            "X-App": APP,
            "X-Timestamp": stamp,
            "X-Nonce": nonce,
            "X-Signature": signature,
        }


def _question(name: str, number: IdNumber) -> dict[str, str]:
    return {"name": name, "number": number.value, "kind": number.kind}


def _key(settings: Settings) -> bytes:
    given = settings.register_key.get_secret_value()
    return given.encode() if given else settings.sandbox_secret(OFFICE)


def _read(reply: Reply) -> dict[str, Any]:
    """The JSON object of a 200; anything else is RegisterUnavailable, its content unquoted."""
    if reply.status != 200:
        raise RegisterUnavailable(f"status {reply.status}")
    try:
        said = json.loads(reply.body)
    except (ValueError, RecursionError):
        raise RegisterUnavailable("not JSON") from None  # the message would quote the body
    if not isinstance(said, dict):
        raise RegisterUnavailable("not an object")
    return said


def _verdict(said: Mapping[str, Any]) -> Verdict:
    try:
        return Verdict(said.get("verdict", ""))
    except ValueError:
        raise RegisterUnavailable("no such verdict") from None


def _bytes(encoded: object) -> bytes:
    try:
        picture = base64.b64decode(encoded if isinstance(encoded, str) else "", validate=True)
    except (binascii.Error, ValueError):
        raise RegisterUnavailable("portrait is not base64") from None
    if not picture:
        raise RegisterUnavailable("no portrait")
    return picture
