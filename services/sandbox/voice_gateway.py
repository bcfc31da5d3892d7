"""The gateway that relays calls, and a telephone to try it with (/telephone).

A relay is a number of the gateway and an extension that ring one telephone for a while. Who rings
is shown the gateway's number, and so is who is rung: what each telephone saw stands at /messages.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sanic import HTTPResponse, Request, Sanic
from sanic.response import html
from sanic.response import json as json_response

from config.texts import text
from services.sandbox.faults import Faults
from services.sandbox.messages import Messages
from services.sandbox.requests import locale_of, read
from services.sandbox.sheets import sheet
from services.sandbox.signatures import Gatekeeper, NotSigned, by_headers

ID = "voice-gateway"
RELAY = "02095100114"
MOST = 5_000
_PRIVATE = {"Cache-Control": "no-store", "Vary": "Accept-Language"}


class RelayWanted(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    callee: str = Field(pattern=r"^[0-9]{11}$")
    expires_in: int = Field(ge=60, le=3600)
    reference: str = Field(min_length=1, max_length=64)


class CallMade(BaseModel):
    """What somebody dials on a telephone of their own."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    caller: str = Field(pattern=r"^[0-9]{5,12}$")
    relay: str = Field(max_length=16)
    extension: str = Field(max_length=8)


@dataclass
class _Relay:
    callee: str = field(repr=False)
    extension: str
    until: float


class Switchboard:
    """Every relay of the sandbox, in memory."""

    def __init__(self, messages: Messages, now: Callable[[], float] = time.time):
        self._messages = messages
        self._now = now
        self._relays: dict[str, _Relay] = {}

    def relay(self, wanted: RelayWanted) -> str:
        """The extension for this callee; a repeated reference has the same one."""
        for old in [name for name, one in self._relays.items() if one.until < self._now()]:
            del self._relays[old]
        if wanted.reference not in self._relays:
            until = self._now() + wanted.expires_in
            self._relays[wanted.reference] = _Relay(wanted.callee, self._free(), until)
        return self._relays[wanted.reference].extension

    def ring(self, call: CallMade) -> bool:
        """Whether the other telephone rings; both see the relay's number and no other."""
        for one in self._relays.values():
            if call.relay == RELAY and one.extension == call.extension and one.until > self._now():
                self._messages.send(one.callee, f"来电 {RELAY}", sender="电话")
                self._messages.send(call.caller, f"已接通 {RELAY}", sender="电话")
                return True
        return False

    def _free(self) -> str:
        taken = {one.extension for one in self._relays.values()}
        while (drawn := f"{secrets.randbelow(10**4):04d}") in taken and len(taken) < MOST:
            continue
        return drawn


class _Desk:
    def __init__(self, gatekeeper: Gatekeeper, board: Switchboard, faults: Faults):
        self._gatekeeper, self._board, self._faults = gatekeeper, board, faults

    async def bind(self, request: Request[Any, Any]) -> HTTPResponse:
        try:
            self._gatekeeper.check(request.method, request.path, request.headers, request.body)
        except NotSigned as reason:
            return json_response({"error": "unsigned", "detail": str(reason)}, status=401)
        if struck := await self._struck():
            return struck
        try:
            wanted = RelayWanted.model_validate_json(request.body)
        except ValidationError:
            return json_response({"error": "unreadable"}, status=400)
        given = {"relay": RELAY, "extension": self._board.relay(wanted)}
        return json_response(given, status=201)

    async def ring(self, request: Request[Any, Any]) -> HTTPResponse:
        return json_response({"rings": self._board.ring(read(request, CallMade))})

    async def page(self, request: Request[Any, Any]) -> HTTPResponse:
        shown = _page(locale_of(request), _dialled(request), self._board)
        return html(shown, headers=_PRIVATE)

    async def _struck(self) -> HTTPResponse | None:
        """What a fault makes of the answer; half of a good one for ``malformed``."""
        fault = self._faults.take(ID)
        if fault is None:
            return None
        await fault.delay()
        if fault.kind == "malformed":
            return HTTPResponse('{"relay": "02', status=201, content_type="application/json")
        if fault.kind in ("error", "closed"):
            return HTTPResponse("Internal Server Error", status=500)
        return None


def open_voice_gateway(
    app: Sanic[Any, Any], key: bytes, faults: Faults, messages: Messages
) -> None:
    desk = _Desk(Gatekeeper(by_headers, key), Switchboard(messages), faults)
    app.add_route(desk.bind, f"/{ID}/relays", methods=["POST"], name="voice_gateway")
    app.add_route(desk.ring, f"/{ID}/play/calls", methods=["POST"], name="voice_gateway_play")
    app.add_route(desk.page, "/telephone", methods=["GET", "POST"], name="telephone")


def _dialled(request: Request[Any, Any]) -> CallMade | None:
    names = ("caller", "relay", "extension")
    form = request.form
    said = {name: (form.get(name) if form else "") or "" for name in names}
    try:
        return CallMade(**said)
    except ValidationError:
        return None


def _page(locale: str, call: CallMade | None, board: Switchboard) -> str:
    told = ""
    if call is not None:
        state = "rings" if board.ring(call) else "silent"
        words = text(f"sandbox.telephone.{state}", locale)
        told = f'<p id="told" data-state="{state}">{escape(words)}</p>'
    return sheet("telephone", locale, told=told)
