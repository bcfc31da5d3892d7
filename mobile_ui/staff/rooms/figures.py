"""Figures: how the offices do their work, by item, department or region."""

from collections.abc import Mapping, Sequence
from typing import Any

from mobile_ui.staff.page import Page, Refused, Shown, Visit

_READING = ("caseworker", "case-lead", "listener", "catalogue-editor")
_BY = ("item", "department", "region")
_MONTHS = ("12", "1", "3", "36")  # the first where nothing fit is asked for
_UNFIT = 422

figures = Page("/desk/figures", "figures", place="/desk/figures", roles=_READING)
PAGES = (figures,)


@figures.shows
async def counted(visit: Visit) -> Shown:
    say, mine = visit.say, [(one["id"], one["title"]) for one in visit.member["departments"]]
    departments = [("", say("all-departments")), *mine]
    wanted = {
        "by": _one_of(_BY, visit.query.get("by", "")),
        "months": _one_of(_MONTHS, visit.query.get("months", "")),
        "department": _one_of([id for id, _ in departments], visit.query.get("department", "")),
        "region": visit.query.get("region", "").strip(),
    }
    facts = {
        "wanted": wanted,
        "ways": [(code, say(f"by.{code}")) for code in _BY],
        "spans": [(count, say("last-months", count)) for count in sorted(_MONTHS, key=int)],
        "departments": departments,
        "found": await _found(visit, wanted),
    }
    return Shown("figures.html", facts)


async def _found(visit: Visit, wanted: Mapping[str, str]) -> Mapping[str, Any] | None:
    """None where what was typed fits nothing: it is said above what was asked for."""
    try:
        found: Mapping[str, Any] = await visit.get("/staff/figures", wanted)
    except Refused as fault:
        if fault.status != _UNFIT:
            raise
        visit.fault = fault
        return None
    return found


def _one_of(known: Sequence[str], asked: str) -> str:
    return asked if asked in known else known[0]
