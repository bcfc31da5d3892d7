"""The revocation endpoint (RFC 7009)."""

from api.ask import Ask
from api.oauth.answers import message
from api.replies import Reply
from api.routes import Access, Routes

routes = Routes("oauth")


@routes.post("/oauth/revoke", Access.CLIENT, "End a token of one's own", parameters=True)
async def revoke(ask: Ask[None, None]) -> Reply:
    """Status 200 and nothing else, whatever the token was (RFC 7009 §2.2)."""
    await ask.parts.partners.revocation.answer(message(ask))
    return Reply(b"")
