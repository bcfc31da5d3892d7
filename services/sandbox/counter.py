"""Where a person becomes a resident of the sandbox, and stops being one: the JSON API."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sanic import HTTPResponse, Request, Sanic
from sanic.response import empty
from sanic.response import json as json_response

from services.sandbox.belongings import belongings
from services.sandbox.cards import Kind
from services.sandbox.errors import (
    SandboxBirthDateUnusable,
    SandboxGuardianUnknown,
    SandboxNameUnusable,
    SandboxResidentMissing,
    SandboxSexUnknown,
)
from services.sandbox.fiction import Sex
from services.sandbox.guardianships import Guardianships
from services.sandbox.portrait import Darkroom
from services.sandbox.requests import read
from services.sandbox.residents import Residents

_SHORTEST_NAME, _LONGEST_NAME = 2, 50
_BETWEEN = " ·-'’."
_EARLIEST = date(1900, 1, 1)
_CHINA_AHEAD = timedelta(hours=8)


class ResidentWanted(BaseModel):
    """``portrait`` is base64 of a JPEG, PNG or WebP; what else is absent is made up.

    ``kind``: the document they have. ``guardian``: the number of a resident who is on record as
    this one's guardian.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    portrait: str
    name: str | None = None
    sex: str | None = None
    born: str | None = None
    kind: Kind = "resident-id"
    guardian: str | None = None


def open_counter(
    app: Sanic[Any, Any],
    residents: Residents,
    guardianships: Guardianships,
    darkroom: Darkroom,
    carried: bytes,
) -> None:
    """``carried``: the key from which a resident's PIN, bank card and telephone follow."""

    async def admit(request: Request[Any, Any]) -> HTTPResponse:
        wanted = read(request, ResidentWanted)
        name, sex, born = _name(wanted.name), _sex(wanted.sex), _born(wanted.born)
        guardian = await _guardian(wanted.guardian, residents)
        portrait = await darkroom.develop(wanted.portrait)
        admitted = await residents.admit(portrait, name, sex, born, kind=wanted.kind)
        if guardian:
            await guardianships.keep(admitted.person.number, guardian)
        own = belongings(carried, admitted.person.number)
        answer = {
            "id": str(admitted.id),
            "name": admitted.person.name,
            "number": admitted.person.number,
            "pin": own.pin,
            "card": own.card,
            "phone": own.phone,
            "delete_token": admitted.delete_token,
        }
        return json_response(answer, status=201, headers={"Cache-Control": "no-store"})

    async def delete(request: Request[Any, Any], resident: str) -> HTTPResponse:
        try:
            wanted = UUID(resident)
        except ValueError as fault:
            raise SandboxResidentMissing() from fault
        await residents.delete(wanted, request.headers.get("x-delete-token", ""))
        return empty()

    app.add_route(admit, "/residents", methods=["POST"], name="admit")
    app.add_route(delete, "/residents/<resident:str>", methods=["DELETE"], name="delete")


def _name(given: str | None) -> str | None:
    """Letters and Chinese characters with single separators. Raises SandboxNameUnusable."""
    name = " ".join((given or "").split())
    if not name:
        return None
    letters = "".join(c for c in name if c not in _BETWEEN)
    if not (
        len(letters) >= _SHORTEST_NAME
        and len(name) <= _LONGEST_NAME
        and all(map(_is_letter, letters))
    ):
        raise SandboxNameUnusable(longest=_LONGEST_NAME)
    return name


def _is_letter(character: str) -> bool:
    return character.isalpha() or character == "〇"  # a numeral to Unicode, a name to its bearer


def _sex(given: str | None) -> Sex | None:
    if not given:
        return None
    if given == "female":
        return "female"
    if given == "male":
        return "male"
    raise SandboxSexUnknown()


async def _guardian(given: str | None, residents: Residents) -> str | None:
    """The number of a resident of the sandbox. Raises SandboxGuardianUnknown."""
    number = "".join((given or "").split()).upper()
    if number and await residents.find(number) is None:
        raise SandboxGuardianUnknown()
    return number or None


def _born(given: str | None) -> date | None:
    """An ISO date from 1900 to today in China. Raises SandboxBirthDateUnusable."""
    if not given:
        return None
    try:
        born = date.fromisoformat(given)
    except ValueError as fault:
        raise SandboxBirthDateUnusable() from fault
    if not _EARLIEST <= born <= (datetime.now(UTC) + _CHINA_AHEAD).date():
        raise SandboxBirthDateUnusable()
    return born
