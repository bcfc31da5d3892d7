"""The page "get a sandbox ID": one form, its style and its script, and a way back.

Everything is served from here under a policy that runs no script but our own file.
"""

import re
from functools import cache
from html import escape
from ipaddress import ip_address
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlsplit

from sanic import HTTPResponse, Request, Sanic
from sanic.response import BaseHTTPResponse, html

from config.texts import words
from services.sandbox.requests import locale_of

_STATIC = Path(__file__).parent / "static"
_PREFIX = "sandbox.page."
_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_SAFETY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        "media-src 'self' blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def open_page(app: Sanic[Any, Any], home: str) -> None:
    """``home`` is the public address of the main pages, where the page leads back to."""

    async def page(request: Request[Any, Any]) -> HTTPResponse:
        back = way_back(request.args.get("back"), home)
        headers = {"Cache-Control": "no-store", "Vary": "Accept-Language"}
        return html(rendered(locale_of(request), back), headers=headers)

    async def static(request: Request[Any, Any], name: str) -> HTTPResponse:
        return HTTPResponse(
            (_STATIC / name).read_bytes(),
            headers={"Cache-Control": "no-cache"},
            content_type=_TYPES[name.rpartition(".")[2]],
        )

    async def harden(request: Request[Any, Any], response: BaseHTTPResponse) -> None:
        for name, value in _SAFETY.items():
            response.headers.setdefault(name, value)

    app.add_route(page, "/", methods=["GET"], name="page")
    names = "|".join(re.escape(f.name) for f in _STATIC.iterdir() if f.suffix[1:] in _TYPES)
    app.add_route(static, rf"/static/<name:({names})>", methods=["GET"], name="static")
    app.register_middleware(harden, "response")


def rendered(locale: str, back: str) -> str:
    """The page in one language."""
    ours = {
        code.removeprefix(_PREFIX).replace("-", "_"): escape(said)
        for code, said in words(locale).items()
        if code.startswith(_PREFIX)
    }
    return _template().substitute(ours, lang=locale, back=escape(back, quote=True))


def way_back(wanted: str | None, home: str) -> str:
    """``wanted`` if it leads to the main pages or to this machine, else ``home``.

    Anything else would make this page a stepping stone to somebody's imitation of ours.
    """
    if wanted is None or any(c in wanted for c in "\\\r\n\t "):
        return home
    try:
        parts = urlsplit(wanted)
        origin = urlsplit(home)
        same = (parts.scheme, parts.netloc) == (origin.scheme, origin.netloc)
        here = parts.scheme in ("http", "https") and _loopback(parts.hostname)
    except ValueError:
        return home
    return wanted if (same or here) and parts.username is None else home


def _loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


@cache
def _template() -> Template:
    return Template((_STATIC / "page.html").read_text(encoding="utf-8"))
