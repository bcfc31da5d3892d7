"""Where a client sends a browser whose resident signs out there (RP-Initiated Logout 1.0 §2)."""

from html import escape

from api.ask import Ask
from api.oauth.answers import message
from api.replies import Reply
from api.routes import Access, Routes
from api.static import page
from config import logs
from config.errors import BAD_REQUEST
from config.texts import OFFERED, preferred, text
from identity.oauth.logout import LoggedOut
from identity.oauth.message import Parameters
from identity.oauth.refusals import InvalidRequest

routes = Routes("oauth")
log = logs.get("oauth")

HTML = "text/html; charset=utf-8"
SEE_OTHER = 303
_PRIVATE = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "form-action 'none'"
    ),
}
_SUMMARY = "Sign out at a client's wish"
_SIGN_INS = "/#/pages/consents/consents"  # the resident's own page that lists and ends them


@routes.get(
    "/oauth/logout", Access.CLIENT, _SUMMARY, parameters=True, shown=True, content_type=HTML
)
async def logout(ask: Ask[None, None]) -> Reply:
    return await _answered(ask)


@routes.post(
    "/oauth/logout", Access.CLIENT, _SUMMARY, parameters=True, shown=True, content_type=HTML
)
async def logout_by_form(ask: Ask[None, None]) -> Reply:
    return await _answered(ask)


async def _answered(ask: Ask[None, None]) -> Reply:
    """Back to the client where that is allowed; else a page that says how things stand."""
    sent = message(ask)
    locale = _locale(sent.parameters, ask.locale)
    try:
        done = await ask.parts.partners.logout.asked(sent)
    except InvalidRequest as refused:
        log.info("refused", error=refused.error, status=BAD_REQUEST, cause=refused.cause)
        return _page("refused", locale, status=BAD_REQUEST)
    if done.known and done.back:
        return Reply(b"", HTML, SEE_OTHER, {"cache-control": "no-store", "location": done.back})
    return _page("done" if done.known else "unclear", locale, done)


def _locale(asked: Parameters, otherwise: str) -> str:
    """§2 ``ui_locales``: the client knows what its user reads."""
    wanted = asked.words("ui_locales")
    found = preferred(",".join(wanted)) if wanted else otherwise
    return found if found in OFFERED else otherwise


def _page(
    how: str, locale: str, done: LoggedOut | None = None, *, status: int | None = None
) -> Reply:
    client = done.client.metadata.name.said(locale) if done and done.client else ""
    lines = [f'<p class="lead">{escape(text(f"logout.{how}", locale))}</p>']
    if client:
        lines.append(f"<p>{escape(text('logout.client', locale, client=client))}</p>")
    lines.append(_link(_SIGN_INS, text("logout.sign-ins", locale)))
    if done and done.back:
        lines.append(_link(done.back, text("logout.back", locale, client=client)))
    title = escape(text(f"logout.{how}.title", locale))
    return Reply(page(title, "".join(lines), locale).encode(), HTML, status, _PRIVATE)


def _link(address: str, words: str) -> str:
    return f'<p><a href="{escape(address, quote=True)}">{escape(words)}</a></p>'
