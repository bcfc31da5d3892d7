"""The catalogue: items to change, how much is covered, and what people looked for in vain."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from mobile_ui.staff.page import Page, Refused, Shown, Visit

EDITORS = ("catalogue-editor",)
ROOT = "/desk/catalogue"
_STATES = {"": "items.all", "draft": "items.draft"}
_DAYS = ("7", "30", "90")
_FAULTY_REGION = {"region-unknown", "request-invalid"}

catalogue = Page(ROOT, "catalogue", place=ROOT, roles=EDITORS)
coverage = Page(f"{ROOT}/coverage", "catalogue.coverage", place=ROOT, roles=EDITORS)
misses = Page(f"{ROOT}/misses", "catalogue.misses", place=ROOT, roles=EDITORS)
PAGES = (catalogue, coverage, misses)


@catalogue.shows
async def items(visit: Visit) -> Shown:
    state = visit.query.get("state", "")
    wanted = {
        "q": visit.query.get("q", "").strip(),
        "state": state if state in _STATES else "",
    }
    query = {**wanted, "cursor": visit.query.get("cursor", "")}
    found = await visit.get("/staff/catalogue/items", query)
    facts = {
        "wanted": wanted,
        "states": [(code, visit.say(word)) for code, word in _STATES.items()],
        "found": found,
        "more": found["next"] and f"{ROOT}?{urlencode({**wanted, 'cursor': found['next']})}",
    }
    return Shown("catalogue.html", {"pages": PAGES, **facts})


@coverage.shows
async def covered(visit: Visit) -> Shown:
    """A region that nobody knows is told above the field it was typed in."""
    region = visit.query.get("region", "").strip()
    try:
        found = await visit.get("/staff/catalogue/coverage", {"region": region})
    except Refused as fault:
        if fault.code not in _FAULTY_REGION:
            raise
        visit.fault = fault
        found = None
    rows = _coverage(visit, found) if found else []
    return Shown("coverage.html", {"pages": PAGES, "region": region, "rows": rows})


@misses.shows
async def missed(visit: Visit) -> Shown:
    days = visit.query.get("days", "")
    days = days if days in _DAYS else "30"
    found = await visit.get("/staff/catalogue/misses", {"days": days})
    spans = [(count, visit.say("last-days", count)) for count in _DAYS]
    facts = {"days": days, "spans": spans, "misses": found["misses"]}
    return Shown("misses.html", {"pages": PAGES, **facts})


def _coverage(visit: Visit, found: Mapping[str, Any]) -> Sequence[tuple[str, Sequence[str]]]:
    """A title with its counts, and each count's part of the items; all of them last."""
    rows = [(one["title"], one) for one in found["departments"]]
    return [(title, _counts(one)) for title, one in (*rows, (visit.say("total"), found["total"]))]


def _counts(one: Mapping[str, Any]) -> Sequence[str]:
    of = one["items"]
    parts = (one[name] for name in ("online", "one_visit", "zero_visits"))
    return [str(of), *(f"{part} · {round(part * 100 / of)}%" if of else "0" for part in parts)]
