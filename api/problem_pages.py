"""``/problems/<code>``: what a problem means, for people, from the problem's own texts."""

import re
from functools import cache
from html import escape
from string import Template

from api.ask import Ask
from api.errors import RouteUnknown
from api.replies import Reply
from api.routes import Access, Routes
from api.static import page
from config.errors import Problem
from config.texts import words

routes = Routes("operator")

HTML = "text/html; charset=utf-8"
_CACHED = {
    "cache-control": "public, max-age=300",
    "vary": "accept-language",
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "form-action 'none'"
    ),
}
_GAP = re.compile(r"{\w+}")


@routes.get("/problems", Access.PUBLIC, "Every problem there is", content_type=HTML)
async def index(ask: Ask[None, None]) -> Reply:
    return _reply(_index(ask.locale))


@routes.get("/problems/{code}", Access.PUBLIC, "What one problem means", content_type=HTML)
async def show(ask: Ask[None, None]) -> Reply:
    code = ask.path["code"]
    if code not in known():
        raise RouteUnknown()
    return _reply(_one(code, ask.locale))


@cache
def known() -> dict[str, type[Problem]]:
    """Every code, with the class that carries it; the sandbox's are not ours."""
    leaves = [
        leaf for leaf in Problem.leaves() if not leaf.__module__.startswith("services.sandbox")
    ]
    return {Problem.code: Problem} | {leaf.code: leaf for leaf in leaves}


def spoken(code: str, part: str, locale: str) -> str:
    """The text, an ellipsis where a fact would stand."""
    return _GAP.sub("…", words(locale)[f"problem.{code}.{part}"])


@cache
def _one(code: str, locale: str) -> str:
    title = escape(spoken(code, "title", locale))
    body = Template(
        '<p class="lead">$detail</p>'
        "<dl><dt>$code_name</dt><dd><code>$code</code></dd>"
        "<dt>$status_name</dt><dd>$status</dd></dl>"
        '<p><a href="/problems">$all</a></p>'
    ).substitute(
        detail=escape(spoken(code, "detail", locale)),
        code=code,
        status=known()[code].status,
        code_name=escape(words(locale)["problems.code"]),
        status_name=escape(words(locale)["problems.status"]),
        all=escape(words(locale)["problems.all"]),
    )
    return page(title, body, locale)


@cache
def _index(locale: str) -> str:
    rows = [
        f'<li><a href="/problems/{code}">{escape(spoken(code, "title", locale))}</a>'
        f" <code>{code}</code></li>"
        for code in sorted(known())
    ]
    title = escape(words(locale)["problems.title"])
    return page(title, f"<ul>{''.join(rows)}</ul>", locale)


def _reply(html: str) -> Reply:
    return Reply(html.encode(), HTML, headers=_CACHED)
