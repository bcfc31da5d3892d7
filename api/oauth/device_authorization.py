"""Where a kiosk begins a hand-off to a telephone (RFC 8628 §3.1)."""

import json
from dataclasses import asdict

from api.ask import Ask
from api.replies import Reply
from api.routes import Access, Routes

routes = Routes("oauth")


@routes.post(
    "/oauth/device_authorization",
    Access.CLIENT,
    "A QR code for one minute, for enrolled kiosks only",
    parameters=True,
)
async def begin(ask: Ask[None, None]) -> Reply:
    """RFC 8628 §3.2."""
    assert ask.message is not None  # the door gives one where parameters are taken
    begun = await ask.parts.partners.device_authorization.begin(ask.message)
    headers = {"cache-control": "no-store", "DPoP-Nonce": ask.parts.core.nonces.current()}
    return Reply(json.dumps(asdict(begun)).encode(), headers=headers)
