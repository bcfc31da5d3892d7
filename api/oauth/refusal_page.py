"""What a person reads whose browser a client sent here with a request that cannot be judged.

They did nothing wrong and can do little: they are told to go back and begin again. The code and
the request's id are for the client's programmer; what exactly is wrong stands in our log.
"""

from html import escape

from sanic import HTTPResponse

from api.oauth_refusals import as_refusal
from api.replies import Sent
from api.static import page
from config import logs
from config.errors import Throttled, Unavailable
from config.texts import text
from identity.oauth.refusals import OAuthRefused

HTML = "text/html; charset=utf-8"
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "form-action 'none'"
    ),
}
log = logs.get("oauth")


def answer(fault: BaseException, locale: str, request_id: str) -> HTTPResponse:
    """A page without script or form, and without a word of what the request held."""
    refusal = as_refusal(fault)
    log.info("refused", error=refusal.error, status=refusal.status, cause=refusal.cause)
    headers = _HEADERS | {"content-language": locale}
    if wait := refusal.headers.get("Retry-After"):
        headers["retry-after"] = wait
    return Sent(_document(refusal, locale, request_id), refusal.status, headers, HTML)


def _document(refusal: OAuthRefused, locale: str, request_id: str) -> str:
    later = refusal.status in (Throttled.status, Unavailable.status)
    which = "later" if later else "begin-again"
    lines = [
        f'<p class="lead">{escape(text(f"authorize.{which}", locale))}</p>',
        f"<p>{escape(text('authorize.nothing-happened', locale))}</p>",
        f"<dl><dt>{escape(text('authorize.code', locale))}</dt>"
        f"<dd><code>{escape(refusal.error)}</code></dd>"
        f"<dt>{escape(text('authorize.request', locale))}</dt>"
        f"<dd><code>{escape(request_id)}</code></dd></dl>",
        f'<p><a href="/">{escape(text("authorize.home", locale))}</a></p>',
    ]
    return page(escape(text("authorize.title", locale)), "".join(lines), locale)
