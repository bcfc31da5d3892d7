"""The SMS gateway: signed requests, 202, and the message is on the telephone (/messages)."""

import json
from datetime import UTC, datetime
from typing import Any

from sanic import HTTPResponse, Request, Sanic
from sanic.response import json as json_response

from services.sandbox.faults import Faults
from services.sandbox.messages import Messages
from services.sandbox.signatures import Gatekeeper, NotSigned, by_headers

ID = "sms-gateway"
_MEMBERS = ("to", "text", "reference")
_LONGEST = 500  # characters: seven parts of an SMS in Chinese


def open_sms_gateway(app: Sanic[Any, Any], key: bytes, faults: Faults, messages: Messages) -> None:
    gatekeeper = Gatekeeper(by_headers, key)

    async def take(request: Request[Any, Any]) -> HTTPResponse:
        try:
            gatekeeper.check(request.method, request.path, request.headers, request.body)
        except NotSigned as reason:
            return json_response({"error": "unsigned", "detail": str(reason)}, status=401)
        fault = faults.take(ID)
        if fault is not None:
            await fault.delay()
            if fault.kind == "closed":
                opens = fault.opens_at(datetime.now(UTC)).isoformat()
                return json_response({"error": "closed", "opens": opens}, status=503)
            if fault.kind in ("error", "malformed"):
                return HTTPResponse("Internal Server Error", status=500)
        said = _read(request.body)
        if said is None:
            return json_response({"error": "unreadable"}, status=400)
        taken = messages.send(said["to"], said["text"], sender="指办", reference=said["reference"])
        return json_response({"id": taken}, status=202)

    app.add_route(take, f"/{ID}/messages", methods=["POST"], name="sms_gateway")


def _read(raw: bytes) -> dict[str, str] | None:
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or set(said) != set(_MEMBERS):
        return None
    whole = all(isinstance(said[name], str) and said[name] for name in _MEMBERS)
    return said if whole and len(said["text"]) <= _LONGEST else None
