"""The description of the API: for programs at /openapi.json, for people at /docs."""

import json
from collections.abc import Iterable
from html import escape

from api.ask import Ask
from api.openapi import describe
from api.replies import JSON, Reply
from api.routes import Access, Route, Routes
from api.static import file, page
from config.texts import text

HTML = "text/html; charset=utf-8"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'none'"
)
_CACHED = {"cache-control": "public, max-age=300"}
_PAGE = _CACHED | {"vary": "accept-language", "content-security-policy": _POLICY}

routes = Routes("operator")


@routes.get("/docs", Access.PUBLIC, "The API for people to read", content_type=HTML)
async def show(ask: Ask[None, None]) -> Reply:
    title = escape(text("docs.title", ask.locale))
    failed = escape(text("docs.failed", ask.locale), quote=True)
    loading = escape(text("docs.loading", ask.locale))
    lead = escape(text("docs.lead", ask.locale))
    body = (
        f'<p class="lead">{lead}</p><p><a href="/openapi.json">openapi.json</a> · '
        f'<a href="/problems">/problems</a></p>'
        f'<div id="routes" aria-live="polite" data-failed="{failed}">{loading}</div>'
    )
    head = '<script type="module" src="/docs/docs.js"></script>'
    return Reply(page(title, body, ask.locale, head).encode(), HTML, headers=_PAGE)


@routes.get("/docs/docs.js", Access.PUBLIC, "The script of /docs", content_type="text/javascript")
async def script(ask: Ask[None, None]) -> Reply:
    return Reply(file("docs.js"), "text/javascript; charset=utf-8", headers=_CACHED)


@routes.get("/docs/page.css", Access.PUBLIC, "The style of /docs", content_type="text/css")
async def style(ask: Ask[None, None]) -> Reply:
    return Reply(file("page.css"), "text/css; charset=utf-8", headers=_CACHED)


def description_route(others: Iterable[Route], address: str) -> Route:
    """``GET /openapi.json``, prepared once, describing ``others`` and itself."""
    prepared: dict[str, bytes] = {}

    async def openapi(ask: Ask[None, None]) -> Reply:
        return Reply(prepared["body"], JSON, headers=_CACHED)

    route = Route("GET", "/openapi.json", Access.PUBLIC, openapi, "This description", "operator")
    whole = describe([*others, route], address)
    prepared["body"] = json.dumps(whole, ensure_ascii=False).encode()
    return route
