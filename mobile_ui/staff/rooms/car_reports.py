"""Reports of one-key move-car: what owners say was an abuse, settled in words that they read."""

from mobile_ui.staff.page import Goes, Page, Shown, Visit

_ROOT = "/staff/car-reports"

reports = Page(
    "/desk/car-reports",
    "car-reports",
    place="/desk/car-reports",
    roles=("listener", "case-lead"),
    done={"car-report-settled": "car-report-settled-detail"},
)
PAGES = (reports,)


@reports.shows
async def listed(visit: Visit) -> Shown:
    view = "settled" if visit.query.get("view") == "settled" else "waiting"
    found = await visit.get(_ROOT, {"settled": "true" if view == "settled" else ""})
    say = visit.say
    facts = {
        "view": view,
        "views": [(code, say(f"car-reports.{code}")) for code in ("waiting", "settled")],
        "reports": found["reports"],
        "outcomes": [("", say("choose-why"))]
        + [(one["code"], one["title"]) for one in found["outcomes"]],
    }
    return Shown("car-reports.html", facts)


@reports.does("settle")
async def settle(visit: Visit) -> Goes:
    sent = {"outcome": visit.one("outcome"), "words": visit.one("words")}
    await visit.post(f"{_ROOT}/{{id}}/settlement", sent, id=visit.one("key"))
    return Goes(reports.path, "car-report-settled")
