"""The staff door: a cookie, a role, and the assurance that a request comes from our own pages.

Against forged requests of other sites stand the cookie's SameSite=Strict, a header that a form
cannot send, JSON as the only content type, and the Origin that browsers add by themselves.
"""

from typing import Any
from urllib.parse import urlsplit

from api.ask import Ask
from api.parsing import HttpRequest
from api.replies import Reply
from api.routes import Access, Route
from api.wiring import Parts
from identity.staff.errors import StaffRequestForged, StaffSignInNeeded
from identity.staff.roles import Member
from identity.staff.sessions import LONGEST

HEADER = "x-staff-page"  # any value; other sites may not send it without our leave
WATCHING = "watching"  # this value: a page that refreshes by itself, with nobody at it
STAFF = {Access.STAFF, Access.STAFF_DOOR}
_READING = {"GET", "HEAD"}


async def admit(request: HttpRequest, route: Route, parts: Parts) -> Member | None:
    """Who is signed in; None at the door itself.

    Raises StaffRequestForged, StaffSignInNeeded or StaffRoleMissing.
    """
    if request.method not in _READING:
        _check_source(request, parts.settings.public_url)
    shown = request.cookies.get(cookie_name(parts.settings.public_url)) or ""
    used = request.headers.get(HEADER) != WATCHING
    return await member_by(shown, route, parts, used=used)


async def member_by(cookie: str, route: Route, parts: Parts, *, used: bool) -> Member | None:
    """Whose session the cookie is, if they may pass; None at the door itself.

    Raises StaffSignInNeeded or StaffRoleMissing.
    """
    if route.access is Access.STAFF_DOOR:
        return None
    if not cookie or not cookie.isascii():  # ours are; what is none of text has no digest either
        raise StaffSignInNeeded()
    member = await parts.staff.staff_sessions.read(cookie, used=used)
    if route.roles:
        member.need(*route.roles)
    return member


def member_of(ask: Ask[Any, Any]) -> Member:
    """Who acts. Raises StaffSignInNeeded."""
    if ask.member is None:  # the door lets nobody else here
        raise StaffSignInNeeded()
    return ask.member


def cookie_name(public_url: str) -> str:
    """``__Host-`` (RFC 6265bis §4.1.3.2) needs Secure, which loopback without TLS cannot have."""
    return "__Host-staff" if _secure(public_url) else "staff"


def with_cookie(reply: Reply, value: str, public_url: str) -> Reply:
    """The same reply, which keeps (or, with an empty value, forgets) the session's cookie."""
    age = int(LONGEST.total_seconds()) if value else 0
    secure = "; Secure" if _secure(public_url) else ""
    cookie = f"{cookie_name(public_url)}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Strict"
    headers = {**reply.headers, "set-cookie": cookie + secure}
    return Reply(reply.body, reply.content_type, reply.status, headers)


def _check_source(request: HttpRequest, public_url: str) -> None:
    origin = request.headers.get("origin")
    if HEADER not in request.headers or (origin and not ours(origin, request, public_url)):
        raise StaffRequestForged()


def ours(origin: str, request: HttpRequest, public_url: str) -> bool:
    """The public address; without TLS also the one the browser has (localhost, 127.0.0.1)."""
    public = urlsplit(public_url)
    if origin == f"{public.scheme}://{public.netloc}":
        return True
    return not _secure(public_url) and origin == f"http://{request.headers.get('host', '')}"


def _secure(public_url: str) -> bool:
    return public_url.startswith("https://")
