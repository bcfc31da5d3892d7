"""Any exception → RFC 9457 problem details, in one place."""

import json
from collections.abc import Mapping
from typing import Any

from sanic import HTTPResponse
from sanic import exceptions as sanic_faults

from api.errors import (
    AnswerOverdue,
    BodyTooLarge,
    HeadTooLarge,
    MethodNotAllowed,
    RequestInvalid,
    RequestMalformed,
    RequestSlow,
    RouteUnknown,
)
from api.routes import FRAMES_BODY
from config import logs
from config.cache import reaching_cache
from config.database import reaching_database
from config.errors import Problem, Unauthenticated, Unavailable
from config.texts import text, words
from identity.errors import SignInNeeded

CONTENT_TYPE = "application/problem+json"
log = logs.get("problems")

_ONLY_IN_WORDS = {"problems", "opens"}  # facts that fill the text and say nothing to a program
_HEAD_KB = 8  # what the server reads of an address and its headers
_SAME: tuple[tuple[type[sanic_faults.SanicException], type[Problem]], ...] = (
    (sanic_faults.NotFound, RouteUnknown),
    (sanic_faults.RequestTimeout, RequestSlow),
    (sanic_faults.ServiceUnavailable, AnswerOverdue),
)


def as_problem(fault: BaseException) -> Problem:
    """The Problem that this exception is; what nobody foresaw is logged with its places."""
    if isinstance(fault, Problem):
        return fault
    if isinstance(fault, sanic_faults.SanicException):
        return _of_sanic(fault)
    try:
        with reaching_cache(), reaching_database():
            raise fault
    except Unavailable as away:
        return away
    except BaseException as unforeseen:
        return _unforeseen(unforeseen)


def answer(problem: Problem, locale: str, request_id: str) -> HTTPResponse:
    """The problem as the caller reads it."""
    body = json.dumps(told(problem, locale, request_id), ensure_ascii=False)
    headers = {"content-language": locale, "cache-control": "no-store"}
    headers |= {name.lower(): value for name, value in problem.headers.items()}
    if isinstance(problem, Unauthenticated):
        headers.setdefault("www-authenticate", _challenge(problem))
    return HTTPResponse(body, problem.status, headers, CONTENT_TYPE)


def told(problem: Problem, locale: str, request_id: str) -> dict[str, Any]:
    """Its document; the private cause goes to the log."""
    write = log.error if problem.status >= Problem.status else log.info
    write("problem", code=problem.code, status=problem.status, cause=problem.cause)
    return document(problem, locale, request_id)


def document(problem: Problem, locale: str, request_id: str) -> dict[str, Any]:
    """The members (RFC 9457 §3.1), and the public facts as extensions (§3.2)."""
    standard: dict[str, Any] = {
        "type": f"/problems/{problem.code}",
        "title": said(problem.code, "title", locale, problem.facts),
        "status": problem.status,
        "detail": said(problem.code, "detail", locale, problem.facts),
        "instance": f"urn:request:{request_id}",
        "code": problem.code,
    }
    if isinstance(problem, RequestInvalid):
        standard["errors"] = problem.errors
    facts = {k: v for k, v in problem.facts.items() if v is not None and k not in _ONLY_IN_WORDS}
    return standard | {name: fact for name, fact in facts.items() if name not in standard}


def said(code: str, part: str, locale: str, facts: Mapping[str, Any]) -> str:
    """A text of the problem; one that lacks a fact is replaced by the general text, and logged."""
    known = words(locale)
    try:
        return text(f"problem.{code}.{part}", locale, **facts)
    except KeyError:
        log.warning("text-incomplete", code=code, part=part)
        return known[f"problem.{Problem.code}.{part}"]


def _of_sanic(fault: sanic_faults.SanicException) -> Problem:
    cause = type(fault).__name__
    if isinstance(fault, sanic_faults.MethodNotAllowed):
        return MethodNotAllowed(headers={"Allow": fault.headers.get("Allow", "")})
    if isinstance(fault, sanic_faults.PayloadTooLarge) and "header" in str(fault):
        return HeadTooLarge(limit_kb=_HEAD_KB)
    if isinstance(fault, sanic_faults.PayloadTooLarge):
        return BodyTooLarge(limit_kb=FRAMES_BODY // 1024)
    for theirs, ours in _SAME:
        if isinstance(fault, theirs):
            return ours(cause)
    return RequestMalformed(cause) if fault.status_code < Problem.status else _unforeseen(fault)


def _unforeseen(fault: BaseException) -> Problem:
    log.fault("unforeseen", fault)
    return Problem(type(fault).__name__)


def _challenge(problem: Problem) -> str:
    """RFC 6750 §3.1: no error code for who showed no token at all."""
    if isinstance(problem, SignInNeeded):
        return 'Bearer realm="zhiban"'
    return 'Bearer realm="zhiban", error="invalid_token"'
