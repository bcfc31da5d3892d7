"""One request from arrival to answer: id, gate, parser, handler, renderer, log line."""

import asyncio
import random
import time
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from typing import Any

from sanic import HTTPResponse
from sanic.exceptions import RequestCancelled
from sanic.handlers import ErrorHandler

from api import cors, oauth_refusals, problems, staff_door
from api.ask import Ask
from api.errors import AnswerOverdue
from api.gate import Shown, admit
from api.measures import Measures
from api.oauth import refusal_page
from api.once import once
from api.parsing import (
    HttpRequest,
    address_of,
    check_path,
    locale_of,
    read_body,
    read_parameters,
    read_query,
)
from api.replies import HARDENED, Sent, render
from api.routes import Route
from api.uploads import Uploads
from api.ways import keep_offered
from api.wiring import Parts
from config import logs
from config.errors import Unavailable
from identity.caller import NOBODY, Caller
from identity.oauth.message import Message, Parameters
from identity.staff.roles import Member

log = logs.get("access")
_ids = random.Random()  # seeded by the system; an id is no secret, and this asks the kernel once
_UNROUTED = "unrouted"
_HUNG_UP = 499  # as proxies count who left before the answer; nobody reads it
_ONLY_HTTPS = ("strict-transport-security", "max-age=31536000; includeSubDomains")


def serves(route: Route) -> Callable[..., Coroutine[Any, Any, HTTPResponse]]:
    """The Sanic handler of one declared route."""
    shared = cors.headers(route)

    async def handle(request: HttpRequest, **path: str) -> HTTPResponse:
        begin(request)
        request.ctx.template = route.path
        try:
            response = await _answered(request, route, path)
        except Exception as fault:
            response = _refusal_of(route)(request, fault)
        if route.parameters and request.method == "POST":
            _give_nonce(request, response)
        response.headers.update(shared)
        return finish(request, response, route.path)

    return handle


async def _answered(request: HttpRequest, route: Route, path: Mapping[str, str]) -> HTTPResponse:
    parts: Parts = request.app.ctx.parts
    headers = request.headers
    caller, key, member = await _who(request, route, parts)
    check_path(path)
    address = address_of(request, parts.settings.trusted_proxies)
    await parts.partners.pace.keep(caller, address)
    locale = locale_of(headers.get("accept-language"))
    query = read_query(request, route, locale)
    async with _room(request, route, caller, address):
        body = await read_body(request, route, locale)
        ask = Ask(
            parts=parts,
            caller=caller,
            query=query,
            body=body,
            path=path,
            locale=locale,
            address=address,
            user_agent=headers.get("user-agent") or "",
            key=key,
            cookies={name: found[0] for name, found in request.cookies.items()},
            member=member,
            accept=headers.get("accept") or "",
            message=await _message(request, route, address),
            once=once(route, caller, headers, path, query, body),
            heard={name: headers.get(name) or "" for name in route.heard},
        )
        made = await route.handler(ask)
    return render(made, route.status, headers.get("if-none-match"))


def _room(
    request: HttpRequest, route: Route, caller: Caller, address: str
) -> AbstractAsyncContextManager[None]:
    """A place for a file, before its first byte is read; nothing where none is taken."""
    if not route.takes:
        return nullcontext()
    uploads: Uploads = request.app.ctx.uploads
    return uploads.place(str(caller.resident or address))


async def _message(request: HttpRequest, route: Route, address: str) -> Message | None:
    """What an OAuth endpoint judges. Raises InvalidRequest."""
    if not route.in_oauth:
        return None
    shown = Shown.by(request)
    parameters = await read_parameters(request, route) if route.parameters else Parameters({})
    return Message(parameters, shown.method, shown.path, shown.authorization, shown.proofs, address)


async def _who(
    request: HttpRequest, route: Route, parts: Parts
) -> tuple[Caller, str, Member | None]:
    """The caller, the key they proved to hold, and at the staff door the member of staff."""
    if route.access in staff_door.STAFF:
        member = await staff_door.admit(request, route, parts)
        return (member.caller if member else NOBODY), "", member
    caller, key = await admit(route.access, Shown.by(request), parts.tokens, parts.core.proofs)
    return caller, key, None


def _refused(request: HttpRequest, fault: BaseException) -> HTTPResponse:
    _leave_unsent(request)
    locale = locale_of(request.headers.get("accept-language"))
    problem = keep_offered(problems.as_problem(fault), request.app.ctx.settings)
    return problems.answer(problem, locale, request.ctx.id)


def _refusal_of(route: Route) -> Callable[[HttpRequest, BaseException], HTTPResponse]:
    if route.shown:
        return _refused_to_a_person
    return _refused_in_oauth if route.in_oauth else _refused


def _refused_to_a_person(request: HttpRequest, fault: BaseException) -> HTTPResponse:
    _leave_unsent(request)
    locale = locale_of(request.headers.get("accept-language"))
    return refusal_page.answer(fault, locale, request.ctx.id)


def _refused_in_oauth(request: HttpRequest, fault: BaseException) -> HTTPResponse:
    _leave_unsent(request)
    return oauth_refusals.answer(fault)


def _give_nonce(request: HttpRequest, response: HTTPResponse) -> None:
    """A fresh one with every answer (RFC 9449 §8.2), so that a client rarely has to ask twice."""
    parts: Parts = request.app.ctx.parts
    with suppress(Unavailable):
        response.headers["dpop-nonce"] = parts.core.nonces.current()


def _leave_unsent(request: HttpRequest) -> None:
    """Who waits for leave to send a body (RFC 9110 §10.1.1) is refused without being given it."""
    stream: Any = request.stream
    if getattr(stream, "expecting_continue", False):
        stream.expecting_continue = stream.keep_alive = False
        stream.request_body = None


class Refusals(ErrorHandler):
    """What goes wrong outside a declared handler: unknown addresses, methods, broken HTTP, callers
    who hang up, and a house that closes while they wait.
    """

    def response(self, request: HttpRequest | None, exception: Exception) -> HTTPResponse:
        if request is None:  # not even a request line was understood
            return problems.answer(problems.as_problem(exception), locale_of(None), fresh_id())
        if not hasattr(request.ctx, "id"):
            begin(request)
        template = getattr(request.ctx, "template", _UNROUTED)
        if isinstance(exception, RequestCancelled):  # their doing, and no fault of ours
            return finish(request, HTTPResponse(status=_HUNG_UP), template)
        if isinstance(exception, asyncio.CancelledError):
            exception = AnswerOverdue("the house is closing")
        return finish(request, _refused(request, exception), template)


def begin(request: HttpRequest) -> None:
    """Give the request its id, for every log line and the answer."""
    request.ctx.id = fresh_id()
    request.ctx.began = time.perf_counter()
    logs.request_id.set(request.ctx.id)


def finish(request: HttpRequest, response: HTTPResponse, template: str) -> HTTPResponse:
    """Harden the answer and write its one log line: template, status, milliseconds."""
    headers = response.headers
    if not isinstance(response, Sent):  # a page: it may have a policy of its own
        for name, value in HARDENED.items():
            headers.setdefault(name, value)
    headers["x-request-id"] = request.ctx.id
    headers.setdefault("vary", "accept-language")
    if request.app.ctx.secure:
        headers.setdefault(*_ONLY_HTTPS)
    seconds = time.perf_counter() - request.ctx.began
    measures: Measures = request.app.ctx.measures
    measures.count(request.method, template, response.status, seconds)
    log.info(
        "request",
        method=request.method,
        route=template,
        status=response.status,
        ms=round(seconds * 1000, 1),
    )
    return response


def fresh_id() -> str:
    """Ours, never the caller's: an id that a caller chose could forge a log."""
    return f"{_ids.getrandbits(64):016x}"
