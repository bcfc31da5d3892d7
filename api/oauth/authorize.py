"""The authorization endpoint (RFC 6749 §3.1): a browser comes in, and is sent on to our own page.

With 303, so that a form sent here is not sent on (RFC 9700 §4.12).
"""

from api.ask import Ask
from api.oauth.answers import message
from api.oauth.browser import kept, stale
from api.oauth.refusal_page import HTML
from api.replies import Reply
from api.routes import Access, Routes
from identity.oauth.authorize import ToClient

routes = Routes("oauth")

PAGE = "/#/pages/consent/consent?interaction="
_SEE_OTHER = 303
_SUMMARY = "Ask the resident at this browser"


@routes.get(
    "/oauth/authorize",
    Access.CLIENT,
    _SUMMARY,
    status=_SEE_OTHER,
    parameters=True,
    shown=True,
    content_type=HTML,
)
async def authorize(ask: Ask[None, None]) -> Reply:
    return await _answered(ask)


@routes.post(
    "/oauth/authorize",
    Access.CLIENT,
    _SUMMARY,
    status=_SEE_OTHER,
    parameters=True,
    shown=True,
    content_type=HTML,
)
async def authorize_by_form(ask: Ask[None, None]) -> Reply:
    """OpenID Connect Core §3.1.2.1 asks for both."""
    return await _answered(ask)


async def _answered(ask: Ask[None, None]) -> Reply:
    public_url = ask.parts.settings.public_url
    begun = await ask.parts.partners.front.authorize.begin(message(ask))
    if isinstance(begun, ToClient):
        return _to(begun.address)
    cookies = (kept(begun, public_url), *stale(ask.cookies, public_url))
    return _to(PAGE + begun.id, cookies)  # on the host that has the cookie


def _to(address: str, cookies: tuple[str, ...] = ()) -> Reply:
    headers = {"cache-control": "no-store", "location": address}
    return Reply(b"", HTML, headers=headers, cookies=cookies)
