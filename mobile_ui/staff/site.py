"""All staff pages, and how one is visited: looked at, or acted on."""

import re
from collections.abc import Mapping, Sequence

from mobile_ui.staff.drawing import refusal, unsure
from mobile_ui.staff.page import Goes, Page, Refused, Shown, Unsure, Visit
from mobile_ui.staff.rooms import (
    accounts,
    attacks,
    bookings,
    books,
    car_reports,
    cases,
    catalogue,
    corrections,
    door,
    figures,
    frame,
    item,
    jobs,
    kiosks,
    partner,
    partners,
    password,
    records,
    tickets,
    window,
)

ROOT = "/desk/"
SIGN_IN = "/desk/sign-in"
LEAVING = frame.leaving.path
# In the order of the bar; a page without ``place`` of its own is not in it.
PAGES: Sequence[Page] = (
    *door.PAGES,
    *frame.PAGES,
    *window.PAGES,
    *records.PAGES,
    *corrections.PAGES,
    *cases.PAGES,
    *bookings.PAGES,
    *tickets.PAGES,
    *car_reports.PAGES,
    *catalogue.PAGES,
    *item.PAGES,
    *figures.PAGES,
    *jobs.PAGES,
    *books.PAGES,
    *attacks.PAGES,
    *kiosks.PAGES,
    *partners.PAGES,
    *partner.PAGES,
    *accounts.PAGES,
    *password.PAGES,
)
_OVER = "staff-sign-in-needed"


def find(path: str) -> tuple[Page, Mapping[str, str]] | None:
    """The page at an address of ours, and the names in it."""
    for page, pattern in _patterns:
        if fits := pattern.fullmatch(path):
            return page, fits.groupdict()
    return None


def bar_of(visit: Visit) -> list[Page]:
    """The pages that the visitor finds in the bar."""
    return [page for page in PAGES if page.place == page.path and admits(page, visit)]


def admits(page: Page, visit: Visit) -> bool:
    """Whether the page is for who visits; the routes it asks judge that again."""
    if page.door or not visit.member:
        return page.door and not visit.member
    return not page.roles or visit.has(*page.roles)


def home_of(visit: Visit) -> str:
    """Where the visitor begins."""
    if not visit.member:
        return SIGN_IN
    return next((page.path for page in bar_of(visit)), frame.leaving.path)


def led_away(page: Page, visit: Visit) -> tuple[int, Goes | Shown]:
    """From a page that is not for who visits; a frame only says so, for the door is in none."""
    if page.framed and not visit.member:
        return 401, Shown("over.html")
    return 303, Goes(home_of(visit))


async def look(page: Page, visit: Visit) -> tuple[int, Goes | Shown]:
    """The page as it is now; what it may not know is said in its place."""
    try:
        shown = await page.show(visit)
    except Refused as fault:
        if fault.code == _OVER:
            return led_away(page, visit)
        visit.fault = visit.fault or fault
        return fault.status, refusal(page, fault)
    return (visit.fault.status if visit.fault else 200), shown


async def act(page: Page, visit: Visit) -> tuple[int, Goes | Shown]:
    """What a form asks for; refused, the page is shown again with what was filled in."""
    doing = page.acts.get(visit.act)
    if doing is None:
        return 303, Goes(visit.address)
    try:
        done = await doing(visit)
    except Unsure as asked:
        return 200, unsure(visit, asked)
    except Refused as fault:
        if fault.code == _OVER and not page.door:
            return 303, Goes(SIGN_IN)
        visit.fault = fault
        return await look(page, visit)
    return (303 if isinstance(done, Goes) else 200), done


def _pattern(page: Page) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[\\w-]{1,64})", re.escape(page.path)))


_patterns = [(page, _pattern(page)) for page in sorted(PAGES, key=lambda one: one.path.count("{"))]
