"""``POST /control/residents``: what happens to people, behind the control key.

A new name, as after a marriage, or a death. The register's answers follow.
"""

import hmac
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict
from sanic import HTTPResponse, Request, Sanic
from sanic.response import json as json_response

from services.sandbox.database import Database
from services.sandbox.errors import SandboxControlDenied, SandboxResidentMissing
from services.sandbox.models import SandboxDeath
from services.sandbox.requests import read
from services.sandbox.residents import KEPT, Residents
from services.sandbox.sealing import Seal


class ChangeWanted(BaseModel):
    """Of the resident with this number; ``name`` empty leaves it as it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: str
    name: str = ""
    deceased: bool = False


class Deaths:
    """Who has died, by the digests of their numbers; forgotten with the others."""

    def __init__(self, database: Database, seal: Seal):
        self._database = database
        self._seal = seal

    async def keep(self, number: str) -> None:
        """Raises DatabaseUnavailable."""
        now = datetime.now(UTC)
        async with self._database.reached():
            await SandboxDeath.filter(created_at__lt=now - KEPT).delete()
            await SandboxDeath.get_or_create(
                number_index=self._seal.index(number), defaults={"created_at": now}
            )

    async def knows(self, number: str) -> bool:
        """Whether this resident has died. Raises DatabaseUnavailable."""
        async with self._database.reached():
            return await SandboxDeath.exists(number_index=self._seal.index(number))


def open_changes(app: Sanic[Any, Any], key: bytes, residents: Residents, deaths: Deaths) -> None:
    async def change(request: Request[Any, Any]) -> HTTPResponse:
        given = request.headers.get("x-control-key", "")
        if not hmac.compare_digest(given.encode(), key.hex().encode()):
            raise SandboxControlDenied()
        wanted = read(request, ChangeWanted)
        if await residents.find(wanted.number) is None:
            raise SandboxResidentMissing()
        if wanted.name:
            await residents.rename(wanted.number, wanted.name)
        if wanted.deceased:
            await deaths.keep(wanted.number)
        return json_response({"name": bool(wanted.name), "deceased": wanted.deceased})

    app.add_route(change, "/control/residents", methods=["POST"], name="control_residents")
