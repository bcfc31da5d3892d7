"""What other programs need to check our tokens: the public keys (RFC 7517)."""

import json

from api.ask import Ask
from api.replies import Reply
from api.routes import Access, Routes

routes = Routes("oauth")

JWKS = "application/jwk-set+json"
_CACHED = {"cache-control": "public, max-age=60"}  # new keys are published five minutes early


@routes.get(
    "/oauth/jwks",
    Access.PUBLIC,
    "The public keys that tokens are signed with",
    content_type=JWKS,
)
async def jwks(ask: Ask[None, None]) -> Reply:
    keys = json.dumps(await ask.parts.ground.keys.jwks()).encode()
    return Reply(keys, JWKS, headers=_CACHED)
