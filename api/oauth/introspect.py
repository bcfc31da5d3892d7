"""The introspection endpoint (RFC 7662)."""

from api.ask import Ask
from api.oauth.answers import message, told
from api.replies import Reply
from api.routes import Access, Routes

routes = Routes("oauth")


@routes.post(
    "/oauth/introspect",
    Access.CLIENT,
    "Whether a token lives, and what it says, for whom it concerns",
    parameters=True,
)
async def introspect(ask: Ask[None, None]) -> Reply:
    return told(await ask.parts.partners.introspection.answer(message(ask)))
