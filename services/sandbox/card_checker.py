"""The card checker: does a name, a number, a bank card and a telephone belong to one person?

It sends a code to the telephone first and says nothing before that code came back, so that
nobody learns of a card without holding its owner's telephone.
"""

import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sanic import HTTPResponse
from sanic.response import json as json_response

from services.sandbox.belongings import belongings
from services.sandbox.messages import Messages
from services.sandbox.office import Asking, Office, text_of
from services.sandbox.signatures import by_headers

ID = "card-checker"
SECONDS = 300
TRIES = 3
MOST = 10_000


@dataclass
class _Check:
    """A check that waits for its code."""

    asking: Asking = field(repr=False)
    code: str = field(repr=False)
    until: float
    left: int = TRIES


def office(key: bytes, messages: Messages, now: Callable[[], float] = time.time) -> Office:
    """``key`` is what residents' cards and telephones follow from."""
    checker = _Checker(key, messages, now)
    return Office(
        ID, by_headers, {"begin": checker.begin, "verdict": checker.judge}, _refuse, _closed
    )


class _Checker:
    def __init__(self, key: bytes, messages: Messages, now: Callable[[], float]):
        self._key, self._messages, self._now = key, messages, now
        self._open: OrderedDict[str, _Check] = OrderedDict()

    async def begin(self, asking: Asking) -> dict[str, Any]:
        """Send a code to whatever telephone was named, so that it tells nothing of who exists."""
        for member in ("name", "card", "phone"):
            text_of(asking.body, member)
        code, check = f"{secrets.randbelow(10**6):06d}", secrets.token_urlsafe(18)
        self._open[check] = _Check(asking, code, self._now() + SECONDS)
        while len(self._open) > MOST:
            self._open.popitem(last=False)
        words = (
            f"验证码 {code}，5 分钟内有效，请勿转告他人。Code {code}, for 5 minutes: tell nobody."
        )
        self._messages.send(text_of(asking.body, "phone"), words, sender="沙盒银行卡核对")
        return {"check": check, "expires_in": SECONDS}

    async def judge(self, asking: Asking) -> dict[str, Any]:
        """match, differs, wrong-code (with the tries left) or expired; the first two once only."""
        name, code = text_of(asking.body, "check"), text_of(asking.body, "code")
        check = self._open.get(name)
        if check is None or check.until < self._now() or check.left < 1:
            self._open.pop(name, None)
            return {"verdict": "expired"}
        if not hmac.compare_digest(check.code.encode(), code.strip().encode()):
            check.left -= 1
            return {"verdict": "wrong-code", "left": check.left}
        del self._open[name]
        return {"verdict": "match" if self._belong(check.asking) else "differs"}

    def _belong(self, asking: Asking) -> bool:
        if asking.resident is None or not asking.named_rightly:
            return False
        own = belongings(self._key, asking.resident.person.number)
        card, phone = text_of(asking.body, "card"), text_of(asking.body, "phone")
        return (card, phone) == (own.card, own.phone)


def _refuse(kind: str, detail: str) -> dict[str, Any]:
    return {"error": kind, "detail": detail}


def _closed(opens: datetime) -> HTTPResponse:
    return json_response({"error": "closed", "opens_at": opens.isoformat()}, status=503)
