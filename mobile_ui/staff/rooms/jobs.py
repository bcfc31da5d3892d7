"""Jobs: what waits, what was given up and may be tried again, and how far long ones are.

What goes on by itself is a frame of its own that is asked for again and again; beside it nothing
that is being chosen is disturbed.
"""

from collections.abc import Mapping
from typing import Any

from mobile_ui.staff.page import Goes, Page, Shown, Visit
from mobile_ui.staff.values import Values

_OPERATING = ("operator",)
_ROOT = "/staff/jobs"
_AGAIN, _AGAIN_IDLE = 3, 15  # seconds, while a long job runs and else
_LONG = 8
_AT_ONCE = 100  # as many as may be tried again with one word
_MOST_DIGITS = 10

jobs = Page(
    "/desk/jobs",
    "jobs",
    place="/desk/jobs",
    roles=_OPERATING,
    done=dict.fromkeys(("job-begun", "revived"), "done-detail"),
)
running = Page(
    "/desk/jobs/running",
    "jobs",
    place="/desk/jobs",
    roles=_OPERATING,
    watching=True,
    framed=True,
)
PAGES = (jobs, running)


@jobs.shows
async def board(visit: Visit) -> Shown:
    found, values = await visit.get(_ROOT), Values(visit.locale, visit.say)
    dead = [(str(one["id"]), one["title"], _given_up(visit, values, one)) for one in found["dead"]]
    every = [one[0] for one in dead[:_AT_ONCE]] if visit.query.get("chosen") == "all" else []
    return Shown("jobs.html", {"found": found, "dead": dead, "chosen": every, "most": _LONG})


@running.shows
async def now(visit: Visit) -> Shown:
    found = await visit.get(_ROOT)
    still = visit.query.get("still") == "yes"
    facts = {"long": found["long"][:_LONG], "waiting": found["waiting"], "still": still}
    busy = any(one["ended_at"] is None for one in found["long"])
    every = _AGAIN if busy else _AGAIN_IDLE
    return Shown("jobs-running.html", facts, again=0 if still else every)


@jobs.does("begin")
async def begin(visit: Visit) -> Goes:
    await visit.post(f"{_ROOT}/{{name}}/beginning", name=visit.one("job"))
    return Goes(jobs.path, "job-begun")


@jobs.does("revive")
async def revive(visit: Visit) -> Goes:
    ticked = visit.each("ids")
    ids = [int(one) for one in ticked if one.isdecimal() and len(one) <= _MOST_DIGITS]
    if not ids:
        raise visit.wrong("choose-jobs")
    await visit.post(f"{_ROOT}/revival", {"ids": ids})
    return Goes(jobs.path, "revived")


def _given_up(visit: Visit, values: Values, one: Mapping[str, Any]) -> str:
    return visit.say("given-up-at", one["id"], values.moment(one["given_up_at"]))
