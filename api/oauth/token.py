"""The token endpoint (RFC 6749 §3.2)."""

from api.ask import Ask
from api.oauth.answers import message, told
from api.replies import Reply
from api.routes import Access, Routes

routes = Routes("oauth")


@routes.post(
    "/oauth/token",
    Access.CLIENT,
    "Tokens for a code, a refresh token, a client's own credentials, or another's token",
    parameters=True,
)
async def token(ask: Ask[None, None]) -> Reply:
    return told(await ask.parts.partners.token.answer(message(ask)))
