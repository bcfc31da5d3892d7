"""A day of appointments: who is expected when; each opened by its number, then come or not come.

The office and the day that were looked at go along in the address, so that one comes back to them.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from mobile_ui.staff.page import Goes, Page, Shown, Visit
from mobile_ui.staff.values import CHINA

_WORKING = ("caseworker", "case-lead")
_ONE = "/staff/bookings/{number}"
_LOOKS = {
    "booked": "waits",
    "held": "waits",
    "offered": "waits",
    "arrived": "active",
    "no-show": "late",
}

bookings = Page("/desk/bookings", "bookings", place="/desk/bookings", roles=_WORKING)
booking = Page(
    "/desk/bookings/{number}",
    "bookings",
    place="/desk/bookings",
    roles=_WORKING,
    done=dict.fromkeys(("booking-arrived-done", "booking-missed-done"), "booking-told"),
)
PAGES = (bookings, booking)


@bookings.shows
async def expected(visit: Visit) -> Shown:
    found = (await visit.get("/staff/booking-offices"))["offices"]
    offices = [(f"{one['service']}|{one['id']}", _named(one)) for one in found]
    wanted = {"office": _office(visit, offices), "day": _day(visit)}
    facts = {"offices": offices, "wanted": wanted, "looks": _LOOKS, "kept": urlencode(wanted)}
    return Shown("bookings.html", facts | {"found": await _of_day(visit, **wanted)})


@booking.shows
async def opened(visit: Visit) -> Shown:
    found = await visit.get(_ONE, number=visit.path["number"])
    stated = [
        (one, visit.say("and").join(visit.say(f"stated.{code}") for code in one["statements"]))
        for one in found["people"]
    ]
    back = f"{bookings.path}{visit.address.removeprefix(_at(visit))}"
    return Shown("booking.html", {"one": found, "stated": stated, "back": back}, found["number"])


@booking.does("arrival")
async def arrived(visit: Visit) -> Goes:
    await visit.post(f"{_ONE}/arrival", **visit.path)
    return Goes(visit.address, "booking-arrived-done")


@booking.does("no-show")
async def missed(visit: Visit) -> Goes:
    say = visit.say
    visit.sure(say("booking-missed-sure"), say("booking-missed-detail"), say("booking-missed"))
    await visit.post(f"{_ONE}/no-show", **visit.path)
    return Goes(visit.address, "booking-missed-done")


async def _of_day(visit: Visit, office: str, day: str) -> Mapping[str, Any]:
    if not office:
        return {"bookings": [], "waiting": 0}
    service, _, place = office.partition("|")
    found: Mapping[str, Any] = await visit.get(
        "/staff/bookings", {"service": service, "office": place, "day": day}
    )
    return found


def _named(one: Mapping[str, str]) -> str:
    return f"{one['city']} {one['title']} · {one['service_title']}"


def _office(visit: Visit, offices: list[tuple[str, str]]) -> str:
    """The one that is asked for, else the first of one's own; none: empty."""
    own = [code for code, _ in offices]
    asked = visit.query.get("office", "")
    return asked if asked in own else next(iter(own), "")


def _day(visit: Visit) -> str:
    try:
        return date.fromisoformat(visit.query.get("day", "")).isoformat()
    except ValueError:
        return datetime.now(CHINA).date().isoformat()


def _at(visit: Visit) -> str:
    return f"{bookings.path}/{visit.path['number']}"
