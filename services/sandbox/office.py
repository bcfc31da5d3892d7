"""The counter every office shares: fault, signature, JSON, answer, in the office's envelope."""

import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sanic import HTTPResponse, Request, Sanic
from sanic.response import json as json_response
from sanic.response import text as text_response

from config.errors import Unavailable
from services.sandbox.faults import Fault, Faults
from services.sandbox.residents import Known, Residents
from services.sandbox.signatures import Gatekeeper, NotSigned, Scheme

MAX_BODY = 4 * 1024 * 1024


class Unreadable(Exception):
    """The question lacks a field or holds one of another form; the office says which."""


@dataclass(frozen=True)
class Asking:
    """A question in hand: the body's members, and the resident if the number is known."""

    body: Mapping[str, Any]
    resident: Known | None

    @property
    def named_rightly(self) -> bool:
        return self.resident is not None and self.resident.is_called(text_of(self.body, "name"))


Answer = Callable[[Asking], Awaitable[dict[str, Any]]]


@dataclass(frozen=True)
class Office:
    """One office of the outside world, described by its own file.

    ``refuse`` wraps the words unsigned, unreadable and unavailable in the office's envelope;
    ``closed`` does the same for the night, given the next opening.
    """

    id: str
    scheme: Scheme
    answers: Mapping[str, Answer]
    refuse: Callable[[str, str], dict[str, Any]]
    closed: Callable[[datetime], HTTPResponse]


def text_of(body: Mapping[str, Any], field: str) -> str:
    """A member that must be a non-empty string. Raises Unreadable."""
    value = body.get(field)
    if not isinstance(value, str) or not value.strip():
        raise Unreadable(field)
    return value


def open_office(
    app: Sanic[Any, Any], office: Office, key: bytes, residents: Residents, faults: Faults
) -> None:
    """Give each of the office's answers a route ``POST /<office>/<answer>``."""
    gatekeeper = Gatekeeper(office.scheme, key)
    for name, answer in office.answers.items():
        app.add_route(
            _counter(office, answer, gatekeeper, residents, faults),
            f"/{office.id}/{name}",
            methods=["POST"],
            name=f"{office.id}_{name}",
        )


def _counter(
    office: Office, answer: Answer, gatekeeper: Gatekeeper, residents: Residents, faults: Faults
) -> Callable[[Request[Any, Any]], Coroutine[Any, Any, HTTPResponse]]:
    async def serve(request: Request[Any, Any]) -> HTTPResponse:
        try:
            gatekeeper.check(request.method, request.path, request.headers, request.body)
        except NotSigned as reason:
            return json_response(office.refuse("unsigned", str(reason)), status=401)
        fault = faults.take(office.id)
        if fault is not None:
            await fault.delay()
            if fault.kind in ("error", "closed"):
                return _struck(office, fault)
        response = await _answered(office, answer, residents, request.body)
        if fault is not None and fault.kind == "malformed":
            return _cut(response)
        return response

    return serve


async def _answered(
    office: Office, answer: Answer, residents: Residents, raw: bytes
) -> HTTPResponse:
    try:
        body = _read(raw)
        asking = Asking(body, await residents.find(text_of(body, "number").upper()))
        return json_response(await answer(asking))
    except Unreadable as fault:
        return json_response(office.refuse("unreadable", str(fault)), status=400)
    except Unavailable:
        return json_response(office.refuse("unavailable", ""), status=503)


def _read(raw: bytes) -> Mapping[str, Any]:
    try:
        body = json.loads(raw[:MAX_BODY])
    except (ValueError, RecursionError) as fault:
        raise Unreadable("body") from fault
    if not isinstance(body, dict):
        raise Unreadable("body")
    return body


def _struck(office: Office, fault: Fault) -> HTTPResponse:
    if fault.kind == "closed":
        return office.closed(fault.opens_at(datetime.now(UTC)))
    return text_response("Internal Server Error", status=500)


def _cut(response: HTTPResponse) -> HTTPResponse:
    """The first half of a good answer: it says application/json, and is not."""
    body = response.body or b"{"
    return HTTPResponse(body[: len(body) // 2], content_type="application/json")
