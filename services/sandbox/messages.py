"""What telephones in the sandbox received: SMS and WeChat messages, kept a day, read at /messages.

A telephone shows its own messages only: whoever wants to read them names the number (or the
WeChat user), in a body and never in an address.
"""

import hmac
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from html import escape
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sanic import HTTPResponse, Request, Sanic
from sanic.response import html
from sanic.response import json as json_response

from config.texts import text as words_of
from services.sandbox.errors import SandboxControlDenied
from services.sandbox.faults import CHINA
from services.sandbox.requests import locale_of, read
from services.sandbox.sheets import sheet

Channel = Literal["sms", "wechat"]
KEPT_SECONDS = 24 * 3600
MOST = 5_000
_LONGEST = 64
_PRIVATE = {"Cache-Control": "no-store", "Vary": "Accept-Language"}


@dataclass(frozen=True)
class Message:
    """``to``: a telephone number or a WeChat user; ``sender``: whose name stands above it."""

    channel: Channel
    to: str = field(repr=False)
    text: str = field(repr=False)
    sender: str = ""
    link: str = field(default="", repr=False)
    at: float = 0.0
    id: str = ""


class Messages:
    """Every telephone of the sandbox, in memory."""

    def __init__(self, now: Callable[[], float] = time.time):
        self._now = now
        self._all: deque[tuple[str, Message]] = deque(maxlen=MOST)

    def send(
        self, to: str, text: str, *, channel: Channel = "sms",
        sender: str = "", link: str = "", reference: str = "",
    ) -> str:  # fmt: skip
        """Deliver; returns the message's id. A ``reference`` that was used before for this
        telephone is the same message again, and is delivered once.
        """
        for seen, message in self._all:
            if reference and seen == reference and message.to == to:
                return message.id
        made = Message(channel, to, text, sender, link, self._now(), secrets.token_hex(8))
        self._all.append((reference, made))
        return made.id

    def list(self, to: str) -> list[Message]:
        """What this telephone shows, newest first."""
        oldest = self._now() - KEPT_SECONDS
        found = [one for _, one in self._all if one.to == to and one.at >= oldest]
        return found[::-1]


class MessagesWanted(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    to: str = Field(min_length=1, max_length=_LONGEST)


def open_messages(app: Sanic[Any, Any], messages: Messages, key: bytes) -> None:
    """The page ``/messages``, and ``POST /control/messages`` for programs that hold ``key``."""

    async def page(request: Request[Any, Any]) -> HTTPResponse:
        named = (request.form.get("phone") if request.form else "") or ""
        return _page(locale_of(request), messages, named.strip()[:_LONGEST])

    async def told(request: Request[Any, Any]) -> HTTPResponse:
        given = request.headers.get("x-control-key", "")
        if not hmac.compare_digest(given.encode(), key.hex().encode()):
            raise SandboxControlDenied()
        shown = [asdict(one) for one in messages.list(read(request, MessagesWanted).to)]
        return json_response({"messages": shown}, headers=_PRIVATE)

    app.add_route(page, "/messages", methods=["GET", "POST"], name="messages")
    app.add_route(told, "/control/messages", methods=["POST"], name="control_messages")


def _page(locale: str, messages: Messages, phone: str) -> HTTPResponse:
    found = messages.list(phone) if phone else []
    rows = "".join(_row(one) for one in found)
    none = (
        "" if rows or not phone else f"<p>{escape(words_of('sandbox.messages.none', locale))}</p>"
    )
    shown = f'<ul class="messages">{rows}</ul>' if rows else none
    made = sheet("messages", locale, phone=escape(phone, quote=True), rows=shown)
    return html(made, headers=_PRIVATE)


def _row(message: Message) -> str:
    at = datetime.fromtimestamp(message.at, CHINA).strftime("%m-%d %H:%M")
    link = ""
    if message.link:
        link = f'<p><a href="{escape(message.link, quote=True)}">{escape(message.link)}</a></p>'
    sender = f"<b>{escape(message.sender)}</b> " if message.sender else ""
    return f"<li><time>{at}</time> {sender}<p>{escape(message.text)}</p>{link}</li>"
