"""Where residents sign in with their network identity: confirm and refuse, equally large."""

from html import escape
from typing import Any
from urllib.parse import urlsplit

from sanic import HTTPResponse, Request
from sanic.response import html

from config.texts import text
from services.sandbox.requests import locale_of
from services.sandbox.sheets import sheet
from services.sandbox.upstream_requests import Pushed

_HEADERS = {"Cache-Control": "no-store", "Vary": "Accept-Language"}


def show(
    request: Request[Any, Any], pushed: Pushed, name: str, wrong: bool = False
) -> HTTPResponse:
    """``name`` is the request's; ``wrong``: number and PIN did not fit together."""
    locale = locale_of(request)
    notice = _notice("wrong", locale, left=pushed.tries) if wrong else ""
    compared = "compared" if pushed.digest else "plain"
    page = sheet(
        "upstream",
        locale,
        notice=notice,
        request=escape(name, quote=True),
        client=escape(urlsplit(pushed.client.id).netloc),
        what=escape(text(f"sandbox.upstream.what-{compared}", locale)),
    )
    return html(page, headers=_HEADERS | {"Content-Security-Policy": _policy(pushed)})


def unknown(request: Request[Any, Any]) -> HTTPResponse:
    """A request that is not known here leads nowhere: its address may be somebody's lure."""
    locale = locale_of(request)
    page = sheet("upstream-unknown", locale, notice=_notice("unknown", locale))
    return html(page, status=400, headers=_HEADERS)


def _notice(code: str, locale: str, **facts: int) -> str:
    said = escape(text(f"sandbox.upstream.{code}", locale, **facts))
    return f'<p class="notice" role="alert">{said}</p>'


def _policy(pushed: Pushed) -> str:
    """The answer to the form leads on to the client, which ``form-action`` has to allow."""
    client = urlsplit(pushed.client.id)
    return (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action 'self' {client.scheme}://{client.netloc}"
    )
