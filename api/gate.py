"""Who may pass: the access a route declares, held against the token that was shown.

A route that declares no access stops the start.
"""

from typing import Any

from sanic import Sanic

from api.routes import Access
from identity.caller import NOBODY, OWN_APP, Caller
from identity.errors import OwnAppOnly, SignInNeeded, TokenInvalid
from identity.tokens import Tokens

_SCHEME = "bearer"
_NEEDED = {Access.SIGNED_IN, Access.OWN_APP}


class UndeclaredRoute(Exception):
    """A route does not say who may pass; the message names it."""


async def admit(access: Access, authorization: str | None, tokens: Tokens) -> Caller:
    """The caller, let through this access.

    Raises SignInNeeded, TokenInvalid, TokenExpired, SessionEnded or OwnAppOnly.
    """
    if access is Access.PUBLIC:
        return NOBODY
    if authorization is None:
        if access in _NEEDED:
            raise SignInNeeded()
        return NOBODY
    caller = await tokens.read(bearer(authorization))
    if access is Access.OWN_APP and caller.client != OWN_APP:
        raise OwnAppOnly()
    return caller


def bearer(authorization: str) -> str:
    """The token of an Authorization header (RFC 6750 §2.1); another scheme is TokenInvalid."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != _SCHEME or not token or not token.isascii():
        raise TokenInvalid(cause="not a bearer token")
    return token.strip()


def check_declared(app: Sanic[Any, Any]) -> None:
    """Every registered route says who may pass. Raises UndeclaredRoute."""
    for route in app.router.routes:
        if not isinstance(getattr(route.ctx, "access", None), Access):
            raise UndeclaredRoute(f"/{route.path} ({', '.join(sorted(route.methods))})")
