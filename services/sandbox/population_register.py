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

from services.sandbox.cards import kind_of
from services.sandbox.changes import Deaths
from services.sandbox.comparison import Comparison
from services.sandbox.errors import SandboxPictureTooLarge, SandboxPictureUnreadable
from services.sandbox.guardianships import Guardianships
from services.sandbox.office import Asking, Office, Unreadable, text_of
from services.sandbox.portrait import normalise
from services.sandbox.residences import registered_at
from services.sandbox.residents import Residents
from services.sandbox.signatures import by_headers

ID = "population-register"


def office(
    comparison: Comparison, residents: Residents, guardianships: Guardianships, deaths: Deaths
) -> Office:
    register = _Register(comparison, residents, guardianships, deaths)
    return Office(
        ID,
        by_headers,
        {
            "portrait": register.portrait,
            "comparison": register.compare,
            "identity": register.identity,
            "guardianship": register.guardianship,
            "residence": register.residence,
        },
        _refuse,
        _closed,
    )


class _Register:
    def __init__(
        self,
        comparison: Comparison,
        residents: Residents,
        guardianships: Guardianships,
        deaths: Deaths,
    ):
        self._comparison = comparison
        self._deaths = deaths
        self._residents = residents
        self._guardianships = guardianships

    async def portrait(self, asking: Asking) -> dict[str, Any]:
        verdict = await self._verdict(asking)
        if verdict or asking.resident is None:
            return {"verdict": verdict}
        portrait = base64.b64encode(asking.resident.portrait).decode()
        return {"verdict": "match", "portrait": portrait}

    async def identity(self, asking: Asking) -> dict[str, Any]:
        """Name and number alone."""
        return {"verdict": await self._verdict(asking) or "match"}

    async def compare(self, asking: Asking) -> dict[str, Any]:
        photo = _photo(text_of(asking.body, "photo"))
        verdict = await self._verdict(asking)
        if verdict or asking.resident is None:
            return {"verdict": verdict}
        try:
            upright = await asyncio.to_thread(normalise, photo)
        except (SandboxPictureUnreadable, SandboxPictureTooLarge) as fault:
            raise Unreadable("photo") from fault
        same = await self._comparison.same_person(asking.resident.portrait, upright)
        return {"verdict": "match" if same else "face-differs"}

    async def guardianship(self, asking: Asking) -> dict[str, Any]:
        """``name`` and ``number`` are the ward's. A yes or a no, and never why not."""
        ward = text_of(asking.body, "number").upper()
        number = text_of(asking.body, "guardian_number").upper()
        name = text_of(asking.body, "guardian_name")
        guardian = await self._residents.find(number)
        known = guardian is not None and guardian.is_called(name)
        on_record = await self._guardianships.holds(ward, number)
        return {"guardian": on_record and known and not await self._verdict(asking)}

    async def residence(self, asking: Asking) -> dict[str, Any]:
        """A yes or a no to a region, and never where else."""
        region, number = text_of(asking.body, "region"), text_of(asking.body, "number").upper()
        there = registered_at(number).startswith(region)
        return {"resides": there and not await self._verdict(asking)}

    async def _verdict(self, asking: Asking) -> str:
        """Why there is nobody to show; empty when name and number are of a living resident."""
        if wrong := _mismatch(asking):
            return wrong
        dead = await self._deaths.knows(text_of(asking.body, "number").upper())
        return "deceased" if dead else ""


def _mismatch(asking: Asking) -> str:
    """Why this is nobody's name and number. A ``kind`` that is given must be the document's."""
    rightly = asking.named_rightly  # asked first: a question without a name is unreadable
    if asking.resident is None:
        text_of(asking.body, "name")
        return "unknown"
    if asking.body.get("kind", kind := kind_of(asking.resident.person.number)) != kind:
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
