"""The population register: the reference portrait of a person, or its own 1:1 verdict.

Its answers say which of name and number did not fit, as the real one does to an entitled asker;
what a resident is told is for the asker to decide.
"""

import asyncio
import base64
import binascii
from datetime import datetime
from typing import Any

from sanic import HTTPResponse
from sanic.response import json as json_response

from services.sandbox.comparison import Comparison
from services.sandbox.errors import SandboxPictureTooLarge, SandboxPictureUnreadable
from services.sandbox.office import Asking, Office, Unreadable, text_of
from services.sandbox.portrait import normalise
from services.sandbox.signatures import by_headers

ID = "population-register"


def office(comparison: Comparison) -> Office:
    register = _Register(comparison)
    return Office(
        ID,
        by_headers,
        {"portrait": register.portrait, "comparison": register.compare},
        _refuse,
        _closed,
    )


class _Register:
    def __init__(self, comparison: Comparison):
        self._comparison = comparison

    async def portrait(self, asking: Asking) -> dict[str, Any]:
        verdict = _verdict(asking)
        if verdict or asking.resident is None:
            return {"verdict": verdict}
        portrait = base64.b64encode(asking.resident.portrait).decode()
        return {"verdict": "match", "portrait": portrait}

    async def compare(self, asking: Asking) -> dict[str, Any]:
        photo = _photo(text_of(asking.body, "photo"))
        verdict = _verdict(asking)
        if verdict or asking.resident is None:
            return {"verdict": verdict}
        try:
            upright = await asyncio.to_thread(normalise, photo)
        except (SandboxPictureUnreadable, SandboxPictureTooLarge) as fault:
            raise Unreadable("photo") from fault
        same = await self._comparison.same_person(asking.resident.portrait, upright)
        return {"verdict": "match" if same else "face-differs"}


def _verdict(asking: Asking) -> str:
    """Why there is nobody to show; empty when name and number are of one resident."""
    rightly = asking.named_rightly  # asked first: a question without a name is unreadable
    if asking.resident is None:
        text_of(asking.body, "name")
        return "unknown"
    return "" if rightly else "name-differs"


def _photo(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise Unreadable("photo") from fault


def _refuse(kind: str, detail: str) -> dict[str, Any]:
    return {"error": kind, "detail": detail}


def _closed(opens: datetime) -> HTTPResponse:
    return json_response({"error": "closed", "opens_at": opens.isoformat()}, status=503)
