"""Bad ratings, complaints and wrong fields: read, called back, answered."""

from collections.abc import Mapping, Sequence

from mobile_ui.staff.page import Goes, Page, Shown, Visit

_ANSWERING = ("listener", "case-lead")
_ONE = "/staff/tickets/{number}"
_VIEWS: Mapping[str, Mapping[str, str]] = {
    "unanswered": {},
    "mine": {"mine": "true"},
    "answered": {"state": "answered"},
    "settled": {"state": "settled"},
}
_ORDER = ("take", "call", "answer", "release")

tickets = Page("/desk/tickets", "tickets", place="/desk/tickets", roles=_ANSWERING)
ticket = Page(
    "/desk/tickets/{number}",
    "ticket",
    place="/desk/tickets",
    roles=_ANSWERING,
    done=dict.fromkeys(
        ("ticket-taken", "called", "ticket-answered", "ticket-released"), "done-detail"
    ),
)
PAGES = (tickets, ticket)


@tickets.shows
async def waiting(visit: Visit) -> Shown:
    asked = visit.query.get("view", "")
    view = asked if asked in _VIEWS else "unanswered"
    found = await visit.get("/staff/tickets", _VIEWS[view])
    views = [(code, visit.say(f"tickets.{code}")) for code in _VIEWS]
    return Shown("tickets.html", {"view": view, "views": views, "tickets": found["tickets"]})


@ticket.shows
async def opened(visit: Visit) -> Shown:
    found = await visit.get(_ONE, number=visit.path["number"])
    facts = {
        "one": found,
        "may": [act for act in _ORDER if act in found["may"]],
        "answers": _choices(visit, found["answers"]),
        "outcomes": _choices(visit, found["outcomes"]),
    }
    title = f"{found['kind_title']} · {found['service']['title']}"
    return Shown("ticket.html", facts, title=title)


@ticket.does("take")
async def take(visit: Visit) -> Goes:
    await visit.post(f"{_ONE}/taking", **visit.path)
    return _stays(visit, "ticket-taken")


@ticket.does("release")
async def give_back(visit: Visit) -> Goes:
    await visit.post(f"{_ONE}/release", **visit.path)
    return _stays(visit, "ticket-released")


@ticket.does("call")
async def called(visit: Visit) -> Goes:
    await visit.post(f"{_ONE}/call", {"outcome": visit.one("outcome")}, **visit.path)
    return _stays(visit, "called")


@ticket.does("answer")
async def answer(visit: Visit) -> Goes:
    sent = {"answer": visit.one("answer"), "words": visit.one("words")}
    await visit.post(f"{_ONE}/answer", sent, **visit.path)
    return _stays(visit, "ticket-answered")


def _choices(visit: Visit, offered: Sequence[Mapping[str, str]]) -> list[tuple[str, str]]:
    return [("", visit.say("choose-why")), *((one["code"], one["title"]) for one in offered)]


def _stays(visit: Visit, done: str) -> Goes:
    return Goes(f"{tickets.path}/{visit.path['number']}", done)
