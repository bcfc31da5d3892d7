"""Corrections: what residents say is wrong, and a supervisor's decision with its reason.

The page is never asked for by itself: each look at it is told to the residents who stand in it.
"""

from mobile_ui.staff.page import Goes, Page, Shown, Visit
from mobile_ui.staff.words import Say

_ROOT = "/staff/corrections"
REASONS = {
    "made": ("corrected", "corrected-elsewhere"),
    "declined": ("already-right", "register-first", "not-shown"),
}

corrections = Page(
    "/desk/corrections",
    "corrections",
    place="/desk/corrections",
    roles=("supervisor",),
    done={"decided": "decided-detail"},
)
PAGES = (corrections,)


@corrections.shows
async def waiting(visit: Visit) -> Shown:
    found = (await visit.get(_ROOT))["corrections"]
    return Shown("corrections.html", {"found": found, "decisions": _decisions(visit.say)})


@corrections.does("decide")
async def decide(visit: Visit) -> Goes:
    decision, _, reason = visit.one("decision").partition(" ")
    await visit.post(
        f"{_ROOT}/{{id}}/decide", {"decision": decision, "reason": reason}, id=visit.one("key")
    )
    return Goes(corrections.path, "decided")


def _decisions(say: Say) -> list[tuple[str, str]]:
    """Each decision with each of its reasons."""
    both = [(made, why) for made, reasons in REASONS.items() for why in reasons]
    named = [
        (f"{made} {why}", f"{say(f'decision.{made}')} — {say(f'reason.{why}')}")
        for made, why in both
    ]
    return [("", say("choose-decision")), *named]
