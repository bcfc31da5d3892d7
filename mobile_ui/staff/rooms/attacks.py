"""Attacks: what was refused and what rang in the last hours, as counts of nobody."""

from mobile_ui.staff.page import Page, Shown, Visit

_HOURS = ("6", "24", "72", "168")
_USUAL = "24"

attacks = Page("/desk/attacks", "attacks", place="/desk/attacks", roles=("operator",))
PAGES = (attacks,)


@attacks.shows
async def seen(visit: Visit) -> Shown:
    asked = visit.query.get("hours", "")
    hours = asked if asked in _HOURS else _USUAL
    facts = {
        "hours": hours,
        "spans": [(count, visit.say("last-hours", count)) for count in _HOURS],
        "found": await visit.get("/staff/attacks", {"hours": hours}),
    }
    return Shown("attacks.html", facts)
