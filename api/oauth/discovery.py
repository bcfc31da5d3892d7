"""Where programs read what this provider can do: the same document for OpenID and for OAuth."""

from api.ask import Ask
from api.replies import Reply
from api.routes import Access, Routes

routes = Routes("oauth")

_CACHED = {"cache-control": "public, max-age=300"}


@routes.get("/.well-known/openid-configuration", Access.PUBLIC, "What this provider can do")
async def openid_configuration(ask: Ask[None, None]) -> Reply:
    """OpenID Connect Discovery 1.0 §4."""
    return _told(ask)


@routes.get("/.well-known/oauth-authorization-server", Access.PUBLIC, "The same, for OAuth")
async def authorization_server(ask: Ask[None, None]) -> Reply:
    """RFC 8414 §3."""
    return _told(ask)


def _told(ask: Ask[None, None]) -> Reply:
    found = ask.parts.partners.discovery
    return Reply(found.body, headers=_CACHED, etag=found.etag)
