"""The window: a code becomes a request, a document is typed, and a second person confirms."""

from collections.abc import Mapping
from typing import Any

from mobile_ui.staff.page import Goes, Page, Refused, Shown, Visit
from mobile_ui.staff.rooms import papers

_ROOT = "/staff/window-requests"
_ONE = f"{_ROOT}/{{id}}"
_PLACE = "/desk/window"
_ROLES = ("clerk", "supervisor")
_REFRESH = 5
_AGREES = ("match", "not-asked")
_SAID = (*(f"checked-{verdict}" for verdict in _AGREES), "confirmed", "refused")

window = Page(_PLACE, "window", _PLACE, _ROLES, done={code: f"{code}-detail" for code in _SAID})
queue = Page(f"{_PLACE}/queue", "queue", _PLACE, _ROLES, watching=True, framed=True)
document = Page(f"{_PLACE}/{{id}}/document", "document-title", _PLACE, _ROLES)
compared = Page(f"{_PLACE}/{{id}}", "compare-title", _PLACE, _ROLES)
PAGES = (window, queue, document, compared)


@window.shows
async def begun(visit: Visit) -> Shown:
    return Shown("window.html", {"clerk": visit.has("clerk"), "queue": queue.path})


@window.does("take")
async def take(visit: Visit) -> Goes:
    one = await visit.post(f"{_ROOT}/find", {"code": visit.one("code")})
    return Goes(f"{_PLACE}/{one['id']}/document")


@queue.shows
async def waiting(visit: Visit) -> Shown:
    still = "still" in visit.query
    found = (await visit.get(_ROOT))["requests"]
    facts = {"requests": [{**one, "waits": _waits(one)} for one in found], "still": still}
    return Shown("window-queue.html", facts, again=0 if still else _REFRESH)


@document.shows
async def typing(visit: Visit) -> Shown:
    facts = {
        "one": await _taken(visit),
        "documents": papers.kinds(visit.say),
        "queue": queue.path,
    }
    return Shown("window-document.html", facts)


@document.does("check")
async def check(visit: Visit) -> Goes:
    """What the register finds wrong is told to the clerk, who looks for a slip of their own."""
    more = {"name": visit.one("name"), "guardian_code": visit.one("guardian_code")}
    sent = papers.typed(visit) | more
    verdict = (await visit.post(f"{_ONE}/check", sent, **visit.path))["verdict"]
    if verdict not in _AGREES:
        raise Refused(visit.say(f"verdict.{verdict}"), visit.say("verdict-detail"))
    return Goes(window.path, f"checked-{verdict}")


@compared.shows
async def compare(visit: Visit) -> Shown:
    """That name and number were read is recorded each time."""
    one = await visit.get(_ONE, **visit.path)
    facts = {"one": one, "kind": papers.named(visit.say, one), "queue": queue.path}
    return Shown("window-compare.html", facts)


@compared.does("confirm")
async def confirm(visit: Visit) -> Goes:
    await visit.post(f"{_ONE}/confirm", **visit.path)
    return Goes(window.path, "confirmed")


@document.does("refuse")
@compared.does("refuse")
async def refuse(visit: Visit) -> Goes:
    say = visit.say
    visit.sure(say("refuse-title"), say("refuse-detail"), say("refuse"))
    await visit.post(f"{_ONE}/refuse", **visit.path)
    return Goes(window.path, "refused")


async def _taken(visit: Visit) -> Mapping[str, Any]:
    """The request that waits for its document, from the list: nobody's data is read for it."""
    for one in (await visit.get(_ROOT))["requests"]:
        if one["id"] == visit.path["id"] and one["mine"] and one["state"] == "waiting":
            found: Mapping[str, Any] = one
            return found
    raise visit.wrong("request-gone")


def _waits(one: Mapping[str, Any]) -> str:
    """For whom it waits, as a code of words."""
    if not one["mine"]:
        return "waits-for-you"
    return "waits-for-colleague" if one["state"] == "checked" else "waits-for-document"
