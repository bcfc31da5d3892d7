"""The pushed authorization request endpoint (RFC 9126 §2)."""

from api.ask import Ask
from api.oauth.answers import message, told
from api.replies import Reply
from api.routes import Access, Routes

routes = Routes("oauth")


@routes.post(
    "/oauth/par",
    Access.CLIENT,
    "Push what a resident is to be asked; send their browser on with the name it gets",
    status=201,
    parameters=True,
)
async def push(ask: Ask[None, None]) -> Reply:
    pushed = await ask.parts.partners.front.pushed.push(message(ask))
    return told({"request_uri": pushed.request_uri, "expires_in": pushed.expires_in})
