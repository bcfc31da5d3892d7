"""Vehicles of the sandbox's people: everybody over eighteen has one, which follows from the number.

What was sold, bought or given another plate since is remembered among the office's deeds.
"""

import hmac
from dataclasses import asdict, dataclass
from typing import Any
from uuid import uuid4

from pydantic import BaseModel, ConfigDict
from sanic import HTTPResponse, Request, Sanic
from sanic.response import json as json_response

from services.sandbox.errors import SandboxControlDenied, SandboxResidentMissing
from services.sandbox.fiction import birth_date
from services.sandbox.life import Dice
from services.sandbox.office import Asking
from services.sandbox.premises import Premises
from services.sandbox.requests import read
from services.sandbox.residents import Residents

OFFICE, DEED = "transport", "vehicle-change"
_OF_AGE = 18
_PLATE = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"  # no I, no O (GA 36)
_FRAME = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"  # no I, O, Q (ISO 3779)


@dataclass(frozen=True)
class Vehicle:
    plate: str
    frame: str


class ChangeWanted(BaseModel):
    """What happens to every vehicle of the resident with this number: sold to another resident or
    to nobody we know (``sold``), or given a new ``plate``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    number: str
    sold: bool = False
    buyer: str = ""
    plate: str = ""


class Vehicles:
    """Who has which."""

    def __init__(self, premises: Premises):
        self._premises = premises

    async def of(self, number: str) -> list[Vehicle]:
        """Raises DatabaseUnavailable."""
        held = {one.frame: one for one in self._born_with(number)}
        for fact in await self._premises.deeds.of(OFFICE, DEED, number):
            if fact["gone"]:
                held.pop(fact["frame"], None)
            else:
                held[fact["frame"]] = Vehicle(fact["plate"], fact["frame"])
        return list(held.values())

    async def change(self, wanted: ChangeWanted) -> None:
        for one in await self.of(wanted.number):
            plate = wanted.plate or one.plate
            await self._note(wanted.number, Vehicle(plate, one.frame), gone=wanted.sold)
            if wanted.buyer:
                await self._note(wanted.buyer, Vehicle(plate, one.frame), gone=False)

    def _born_with(self, number: str) -> list[Vehicle]:
        if self._premises.today().year - birth_date(number).year <= _OF_AGE:
            return []
        dice = Dice(self._premises.key, number)
        tail = "".join(dice.pick(f"plate {n}", _PLATE) for n in range(5))
        frame = "".join(dice.pick(f"frame {n}", _FRAME) for n in range(14))
        return [Vehicle(f"粤A{tail}", f"LZB{frame}")]

    async def _note(self, number: str, vehicle: Vehicle, *, gone: bool) -> None:
        asking = Asking({"number": number, "key": str(uuid4())}, None)

        async def do() -> dict[str, Any]:
            return asdict(vehicle) | {"gone": gone}

        await self._premises.deeds.once(OFFICE, DEED, asking, do)


def open_vehicles(
    app: Sanic[Any, Any], key: bytes, residents: Residents, premises: Premises
) -> None:
    """``POST /control/vehicles`` behind the control key: sales and new plates."""
    vehicles = Vehicles(premises)

    async def change(request: Request[Any, Any]) -> HTTPResponse:
        given = request.headers.get("x-control-key", "")
        if not hmac.compare_digest(given.encode(), key.hex().encode()):
            raise SandboxControlDenied()
        wanted = read(request, ChangeWanted)
        for number in filter(None, (wanted.number, wanted.buyer)):
            if await residents.find(number) is None:
                raise SandboxResidentMissing()
        await vehicles.change(wanted)
        held = await vehicles.of(wanted.number)
        return json_response({"plates": [one.plate for one in held]})

    app.add_route(change, "/control/vehicles", methods=["POST"], name="control_vehicles")
