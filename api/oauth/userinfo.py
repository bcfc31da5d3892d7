"""The userinfo endpoint (OpenID Connect Core §5.3.1): GET and POST, the token in the header."""

from api.ask import Ask
from api.replies import Reply
from api.routes import Access, Routes

routes = Routes("oauth")

_SUMMARY = "What the resident lets this client know of them"


@routes.get("/oauth/userinfo", Access.SIGNED_IN, _SUMMARY)
async def read(ask: Ask[None, None]) -> Reply:
    return await _told(ask)


@routes.post("/oauth/userinfo", Access.SIGNED_IN, _SUMMARY)
async def post(ask: Ask[None, None]) -> Reply:
    return await _told(ask)


async def _told(ask: Ask[None, None]) -> Reply:
    """Proofs of bound tokens need our nonce: the next one comes along (RFC 9449 §8.2)."""
    told = await ask.parts.partners.userinfo.answer(ask.caller)
    headers = {"cache-control": "no-store"}
    if ask.caller.key:
        headers["dpop-nonce"] = ask.parts.core.nonces.current()
    return Reply(told.body, told.content_type, headers=headers)
