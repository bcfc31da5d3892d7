"""``POST /control/faults``: make an office slow, silent, broken or closed, behind a key."""

import hmac
from datetime import time
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sanic import HTTPResponse, Request, Sanic
from sanic.response import json as json_response

from services.sandbox.errors import SandboxControlDenied, SandboxRequestUnreadable
from services.sandbox.faults import FORGERIES, OPENS, Fault, Faults, Kind
from services.sandbox.requests import read

EVERY_OFFICE = "all"
FORGERS = {"network-identity", "card-reader"}  # those that sign statements


class FaultWanted(BaseModel):
    """``opens`` (HH:MM, China) is for ``closed``; ``office`` may be ``all``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    office: str
    fault: Kind
    seconds: float | None = Field(None, ge=0, le=3600)
    times: int | None = Field(None, ge=1, le=1000)
    opens: time = OPENS


def open_control(app: Sanic[Any, Any], key: bytes, offices: set[str], faults: Faults) -> None:
    async def set_fault(request: Request[Any, Any]) -> HTTPResponse:
        given = request.headers.get("x-control-key", "")
        if not hmac.compare_digest(given.encode(), key.hex().encode()):
            raise SandboxControlDenied()
        wanted = read(request, FaultWanted)
        _put(wanted, offices, faults)
        return json_response({"office": wanted.office, "fault": wanted.fault})

    app.add_route(set_fault, "/control/faults", methods=["POST"], name="control_faults")


def _put(wanted: FaultWanted, offices: set[str], faults: Faults) -> None:
    if wanted.office not in offices | {EVERY_OFFICE}:
        raise SandboxRequestUnreadable("no such office", field="office")
    if wanted.fault in FORGERIES and wanted.office not in FORGERS:
        raise SandboxRequestUnreadable("hands out no tokens", field="fault")
    fault = Fault(wanted.fault, wanted.seconds, wanted.times, wanted.opens)
    for office in offices if wanted.office == EVERY_OFFICE else {wanted.office}:
        faults.put(office, fault)
