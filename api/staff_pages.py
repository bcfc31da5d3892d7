"""Serves the staff pages at ``/desk/``: who visits, whether a form is from a page of ours, and what
leaves. What a page shows and asks is its own affair (``mobile_ui.staff``).

Against forged requests of other sites stand the cookie's SameSite=Strict, the Origin that browsers
send with every form, and a token in the form that only a page of the same session holds.
"""

import hashlib
import hmac
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode

from sanic import Blueprint, HTTPResponse
from sanic.exceptions import NotFound
from sanic.response import html, redirect

from api.errors import BodyTooLarge, ContentTypeUnknown, RouteUnknown
from api.parsing import FORM, HttpRequest, address_of, content_type_of, locale_of, received
from api.routes import USUAL_BODY, Route
from api.staff_asking import Asker, Declared, declared, refused
from api.staff_door import cookie_name, ours
from api.wiring import Parts
from identity.staff.errors import StaffRequestForged
from mobile_ui.pages import FOR_EVER, SECURITY
from mobile_ui.staff import assets, drawing, site
from mobile_ui.staff.page import Goes, Page, Refused, Shown, Visit
from mobile_ui.staff.words import LOCALES, in_words

LANGUAGE = "staff-locale"
TOKEN = "form-token"
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors "
)
# The Origin of a form is only sent where the referrer's policy lets a page say whence it comes.
_HEADERS = {**SECURITY, "referrer-policy": "same-origin", "cache-control": "no-store"}
_OURS = re.compile(r"/desk/[\w/-]*(\?[\w=&.%+~-]*)?")  # where a change of language leads back to
_GRACE = 10  # seconds after a session's end
_MOST_FIELDS = 2000  # an item has up to 400 editions, each with a few fields
_MOST_ASKED = 32
_YEAR = 365 * 24 * 3600
_BEGIN = Page(site.ROOT, "fault", roles=("nobody",), narrow=True)  # all are led on from there
Visited = Callable[[HttpRequest, str], Awaitable[HTTPResponse]]


def staff_pages(routes: list[Route]) -> Blueprint:
    """The blueprint: pages that ask ``routes``, and the files of their style."""
    asked = declared(routes)
    tree, files = assets.prepare()
    blueprint = Blueprint("mobile-staff", strict_slashes=True)

    @blueprint.get("/staff", name="way")
    @blueprint.get("/staff/", name="old")
    @blueprint.get("/desk", name="home")
    async def lead(_request: HttpRequest) -> HTTPResponse:
        return redirect(site.ROOT, status=308)

    @blueprint.get("/desk/assets/<version:str>/<name:str>", name="assets")
    async def give(request: HttpRequest, version: str, name: str) -> HTTPResponse:
        if version != tree or name not in files:
            raise NotFound("no such file in this version")
        return files[name].answer(request, FOR_EVER)

    desk = Desk(asked, f"/desk/assets/{tree}/")

    @blueprint.get("/desk/", name="begin")
    @blueprint.get("/desk/<path:path>", name="page")
    async def show(request: HttpRequest, path: str = "") -> HTTPResponse:
        return await desk.visited(request, path, desk.look)

    @blueprint.post("/desk/language", name="speak", stream=True)
    async def speak(request: HttpRequest) -> HTTPResponse:
        return await desk.visited(request, "", desk.speak)

    @blueprint.post("/desk/<path:path>", name="act", stream=True)
    async def act(request: HttpRequest, path: str) -> HTTPResponse:
        return await desk.visited(request, path, desk.act)

    return blueprint


class Desk:
    """One worker's staff pages. ``files``: the address of their style."""

    def __init__(self, routes: Declared, files: str):
        self._routes, self._files = routes, files

    async def visited(self, request: HttpRequest, path: str, doing: Visited) -> HTTPResponse:
        """``doing``, and whatever goes wrong in it on a page of its own."""
        try:
            return await doing(request, path)
        except Exception as fault:
            return self._broken(request, path, fault)

    async def look(self, request: HttpRequest, path: str) -> HTTPResponse:
        """A page as it is now."""
        page, visit, asker = await self._come(request, path)
        if not site.admits(page, visit):
            return self._answer(visit, page, asker, *site.led_away(page, visit))
        return self._answer(visit, page, asker, *await site.look(page, visit))

    async def act(self, request: HttpRequest, path: str) -> HTTPResponse:
        """What a form of a page asks for."""
        found, _ = site.find(f"{site.ROOT}{path}") or (None, {})
        form = await _form(request, door=found is not None and found.door)
        page, visit, asker = await self._come(request, path)
        if not site.admits(page, visit):
            return self._answer(visit, page, asker, *site.led_away(page, visit))
        visit.form = form
        return self._answer(visit, page, asker, *await site.act(page, visit))

    async def speak(self, request: HttpRequest, _path: str) -> HTTPResponse:
        """The other language from now on, and back to where one was."""
        form = await _form(request, door=True)
        back, locale = form.get("back", [""])[0], form.get("locale", [""])[0]
        answer = redirect(back if _OURS.fullmatch(back) else site.ROOT, status=303)
        if locale in LOCALES:
            spoken = f"{LANGUAGE}={locale}; Path=/desk; Max-Age={_YEAR}; SameSite=Lax"
            answer.headers["set-cookie"] = spoken
        return answer

    async def _come(self, request: HttpRequest, path: str) -> tuple[Page, Visit, Asker]:
        """Who visits which page. Raises RouteUnknown."""
        page, names = (_BEGIN, {}) if not path else site.find(f"{site.ROOT}{path}") or _unknown()
        watching = page.watching and request.method == "GET"
        asker = self._asker(request, watching)
        visit = _visit(request, asker, names)
        try:
            visit.member = await visit.get("/staff/me")
        except Refused as fault:
            if fault.status != 401:
                raise
        return page, visit, asker

    def _asker(self, request: HttpRequest, watching: bool) -> Asker:
        parts: Parts = request.app.ctx.parts
        return Asker(
            self._routes,
            parts,
            _cookie(request),
            _locale(request),
            address_of(request, parts.settings.trusted_proxies),
            request.headers.get("user-agent") or "",
            request.ctx.id,
            watching,
        )

    def _answer(
        self, visit: Visit, page: Page, asker: Asker, status: int, done: Goes | Shown
    ) -> HTTPResponse:
        if isinstance(done, Goes):
            answer = redirect(done.location, status=303)
            answer.headers["cache-control"] = "no-store"
        else:
            answer = self._drawn(visit, page, _token(asker.cookie), status, done)
        for cookie in asker.cookies:
            answer.headers.add("set-cookie", cookie)
        return answer

    def _broken(self, request: HttpRequest, path: str, fault: Exception) -> HTTPResponse:
        """What could not even be judged, told on a page of its own; a frame stays a frame."""
        told = fault if isinstance(fault, Refused) else None
        told = told or refused(fault, _locale(request), request.ctx.id)
        found, _ = site.find(f"{site.ROOT}{path}") or (None, {})
        page = found if found and found.framed else _BEGIN
        visit = _visit(request, self._asker(request, watching=True), {})
        if found is None:  # nothing leads back to where nothing is
            visit.address = site.ROOT
        token = _token(_cookie(request))
        return self._drawn(visit, page, token, told.status, drawing.refusal(page, told))

    def _drawn(
        self, visit: Visit, page: Page, token: str, status: int, shown: Shown
    ) -> HTTPResponse:
        frame = drawing.Frame(self._files, token, site.bar_of(visit) if visit.member else ())
        within = "'self'" if page.framed else "'none'"
        headers = {**_HEADERS, "content-security-policy": f"{_POLICY}{within}"}
        headers |= {"content-language": visit.locale, "vary": "accept-language, cookie"}
        if visit.member and not page.framed:  # a screen nobody touches is left with its session
            headers["refresh"] = f"{visit.member['idle_seconds'] + _GRACE}; url={site.LEAVING}"
        return html(drawing.draw(frame, visit, page, shown), status, headers)


def _unknown() -> Any:
    raise RouteUnknown()


def _visit(request: HttpRequest, asker: Asker, names: Mapping[str, str]) -> Visit:
    pairs = _pairs(request.query_string)
    kept = urlencode([(name, value) for name, value in pairs if name != "done"])
    address = f"{request.path}?{kept}" if kept else request.path
    say = in_words(asker.locale)
    return Visit(asker, say, asker.locale, address, path=names, query=dict(pairs))


def _pairs(query: str) -> list[tuple[str, str]]:
    """The query's fields; more of them than any page asks for are none."""
    try:
        return parse_qsl(query, max_num_fields=_MOST_ASKED)
    except ValueError:
        return []


def _cookie(request: HttpRequest) -> str:
    """Empty without one, and for what no session's can be."""
    found = request.cookies.get(cookie_name(request.app.ctx.settings.public_url)) or ""
    return found if found.isascii() else ""


def _locale(request: HttpRequest) -> str:
    """What was chosen by hand, else what the browser likes best of ours."""
    wished = request.cookies.get(LANGUAGE), locale_of(request.headers.get("accept-language"))
    return next((one for one in wished if one in LOCALES), LOCALES[0])


def _token(cookie: str) -> str:
    """Made from the session's cookie, which nobody else has; of the door, one for all."""
    return hmac.new(cookie.encode(), b"a form of the staff pages", hashlib.sha256).hexdigest()


async def _form(request: HttpRequest, *, door: bool) -> Mapping[str, list[str]]:
    """What was filled in. Raises ContentTypeUnknown, BodyTooLarge or StaffRequestForged."""
    origin = request.headers.get("origin") or ""
    if not ours(origin, request, request.app.ctx.settings.public_url):
        raise StaffRequestForged()
    if content_type_of(request) != FORM:
        raise ContentTypeUnknown()
    sent = (await received(request, USUAL_BODY)).decode("ascii", "replace")
    try:
        form = parse_qs(sent, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise BodyTooLarge("too many fields", limit_kb=USUAL_BODY // 1024) from None
    _check_token(form.pop(TOKEN, [""])[0], _cookie(request), door=door)
    return form


def _check_token(token: str, cookie: str, *, door: bool) -> None:
    """A link from elsewhere brings no cookie, so the door may be shown to who is signed in: its
    form does nothing then. Who has no session does nothing but at the door. StaffRequestForged.
    """
    if not cookie and not door:
        return
    good = [_token(cookie), *([_token("")] if door else [])]
    if not any(hmac.compare_digest(token.encode(), one.encode()) for one in good):
        raise StaffRequestForged()
