"""A JSON body as a pydantic model, and any Problem as RFC 9457 JSON in the reader's language."""

from typing import Any, TypeVar
from uuid import uuid4

from pydantic import BaseModel, ValidationError
from sanic import HTTPResponse, Request, Sanic
from sanic.exceptions import NotFound, PayloadTooLarge, SanicException
from sanic.response import json as json_response

from config import logs
from config.errors import Problem
from config.texts import preferred, text
from services.sandbox.errors import (
    SandboxPageMissing,
    SandboxPictureTooLarge,
    SandboxRequestUnreadable,
)
from services.sandbox.portrait import MAX_BYTES, MAX_PIXELS

M = TypeVar("M", bound=BaseModel)
_log = logs.get("sandbox")


def read(request: Request[Any, Any], model: type[M]) -> M:
    """The body as ``model``. Raises SandboxRequestUnreadable naming the first wrong field.

    Only application/json is read: a form of another site cannot send that without being asked.
    """
    if request.content_type.partition(";")[0].strip().lower() != "application/json":
        raise SandboxRequestUnreadable("not application/json", field="content-type")
    try:
        return model.model_validate_json(request.body)
    except ValidationError as fault:
        place = fault.errors(include_input=False, include_context=False)[0]["loc"]
        raise SandboxRequestUnreadable(field=str(place[0]) if place else "body") from None


def locale_of(request: Request[Any, Any]) -> str:
    return preferred(request.headers.get("accept-language"))


def answer_problems(app: Sanic[Any, Any]) -> None:
    app.error_handler.add(Problem, _problem)
    app.error_handler.add(SanicException, _refused)
    app.error_handler.add(Exception, _fault)


def _problem(request: Request[Any, Any], problem: Problem) -> HTTPResponse:
    locale = locale_of(request)
    body = {
        "type": f"/problems/{problem.code}",
        "title": text(f"problem.{problem.code}.title", locale, **problem.facts),
        "status": problem.status,
        "detail": text(f"problem.{problem.code}.detail", locale, **problem.facts),
        "instance": f"urn:uuid:{uuid4()}",
        "code": problem.code,
        **problem.facts,
    }
    return json_response(
        body, problem.status, problem.headers, content_type="application/problem+json"
    )


def _refused(request: Request[Any, Any], refused: SanicException) -> HTTPResponse:
    """What Sanic itself refuses: unknown address, another method, a body over the limit."""
    if isinstance(refused, PayloadTooLarge):
        return _problem(
            request,
            SandboxPictureTooLarge(limit_mb=MAX_BYTES // 1024**2, limit_mp=MAX_PIXELS // 10**6),
        )
    if isinstance(refused, NotFound):
        return _problem(request, SandboxPageMissing())
    body = {"type": "about:blank", "title": "refused", "status": refused.status_code}
    return json_response(
        body, refused.status_code, refused.headers, content_type="application/problem+json"
    )


def _fault(request: Request[Any, Any], fault: Exception) -> HTTPResponse:
    """A fault of our own. Its message may hold a person's data: the log takes its place only."""
    _log.fault("sandbox-fault", fault)
    body = {"type": "about:blank", "title": "Internal Server Error", "status": 500}
    return json_response(body, 500, content_type="application/problem+json")
