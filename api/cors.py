"""What programs in a browser may ask from another site (CORS): a short list, without cookies.

Public clients live in browsers (OAuth 2.0 for Browser-Based Applications). Every origin is let in
and none is given credentials, so a page learns nothing that it could not have asked for by itself.
Never on the list: /v1/me, /v1/interactions and /staff, which belong to our own pages.
"""

from collections.abc import Iterable

from api.ask import Ask
from api.replies import NO_CONTENT, Reply
from api.routes import Access, Handler, Route

SHARED = frozenset(
    {
        "/.well-known/oauth-authorization-server",
        "/.well-known/openid-configuration",
        "/oauth/jwks",
        "/oauth/par",
        "/oauth/revoke",
        "/oauth/token",
        "/oauth/userinfo",
    }
)
_SHOWN = ("DPoP-Nonce", "WWW-Authenticate", "Retry-After", "x-request-id")
_SENT = ("Accept", "Authorization", "Content-Type", "DPoP")
OPEN = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": ", ".join(_SHOWN),
}
_REMEMBERED = "7200"  # seconds; browsers keep it no longer


def headers(route: Route) -> dict[str, str]:
    """What answers of this route say to browsers; nothing for most."""
    return OPEN if route.path in SHARED else {}


def preflights(routes: Iterable[Route]) -> list[Route]:
    """An OPTIONS route for each shared address (Fetch standard, "CORS-preflight request")."""
    methods: dict[str, list[str]] = {}
    for route in routes:
        if route.path in SHARED:
            methods.setdefault(route.path, []).append(route.method)
    return [_preflight(path, sorted(named)) for path, named in methods.items()]


def _preflight(path: str, methods: list[str]) -> Route:
    told = {
        "access-control-allow-methods": ", ".join(methods),
        "access-control-allow-headers": ", ".join(_SENT),
        "access-control-max-age": _REMEMBERED,
    }
    summary = "What browsers may send from another site"
    return Route(
        "OPTIONS", path, Access.PUBLIC, _telling(told), summary, "oauth", status=NO_CONTENT
    )


def _telling(told: dict[str, str]) -> Handler:
    async def tell(ask: Ask[None, None]) -> Reply:
        return Reply(b"", headers=told)

    return tell
