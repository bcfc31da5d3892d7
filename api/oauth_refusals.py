"""Any exception → the error of RFC 6749 §5.2, for routes that take OAuth parameters."""

import json
from email.utils import formatdate

from sanic import HTTPResponse

from api import problems
from api.replies import JSON, Sent
from config import logs
from config.errors import Problem, Throttled, Unauthenticated, Unavailable
from identity.dpop import DpopNonceNeeded, DpopProofInvalid
from identity.oauth.refusals import (
    InvalidDpopProof,
    InvalidRequest,
    InvalidToken,
    OAuthRefused,
    ServerError,
    TemporarilyUnavailable,
    TooManyRequests,
    UseDpopNonce,
)

log = logs.get("oauth")
_SAME: tuple[tuple[type[Problem], type[OAuthRefused]], ...] = (
    (DpopNonceNeeded, UseDpopNonce),
    (DpopProofInvalid, InvalidDpopProof),
    (Throttled, TooManyRequests),
    (Unavailable, TemporarilyUnavailable),
    (Unauthenticated, InvalidToken),
)


def as_refusal(fault: BaseException) -> OAuthRefused:
    """The refusal that this exception is; what nobody foresaw is logged with its places."""
    if isinstance(fault, OAuthRefused):
        return fault
    problem = problems.as_problem(fault)
    for theirs, ours in _SAME:
        if isinstance(problem, theirs):
            return ours(problem.cause or problem.code, headers=problem.headers)
    kind = InvalidRequest if problem.status < Problem.status else ServerError
    return kind(problem.cause or problem.code)


def answer(fault: BaseException) -> HTTPResponse:
    """Error and description for the partner's programmer; the private cause goes to the log."""
    refusal = as_refusal(fault)
    log.info("refused", error=refusal.error, status=refusal.status, cause=refusal.cause)
    told = {"error": refusal.error, "error_description": refusal.told}
    headers = {"cache-control": "no-store"}
    headers |= {name.lower(): value for name, value in refusal.headers.items()}
    if refusal.status == Unauthenticated.status:
        headers.setdefault("date", formatdate(usegmt=True))  # a wrong clock is put right by it
        challenge = f'DPoP error="{refusal.error}", algs="ES256"'
        headers.setdefault("www-authenticate", challenge)
    return Sent(json.dumps(told), refusal.status, headers, JSON)
