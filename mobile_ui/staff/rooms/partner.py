"""One partner: who answers for it, what it may ask, what would change, and the decision."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mobile_ui.staff.page import Goes, Page, Shown, Visit
from mobile_ui.staff.rooms.partners import DECIDING, partners

Said = Mapping[str, Any]
_ONE = "/staff/partners/{id}"
REFUSALS = ("purpose", "fields", "organisation", "addresses", "keys", "other")
SUSPENSIONS = ("misuse", "complaints", "breach", "keys-lost", "own-wish", "other")
_DONE = ("approved", "limits-set", "refused-partner", "suspended", "reinstated", "closed")

partner = Page(
    f"{partners.path}/{{id}}",
    "partner",
    place=partners.path,
    roles=DECIDING,
    done=dict.fromkeys(_DONE, "done-detail"),
)
PAGES = (partner,)


@partner.shows
async def opened(visit: Visit) -> Shown:
    one = await visit.get(_ONE, **visit.path)
    before, after = one["in_force"], one["proposed"]
    say, nothing = visit.say, ("", visit.say("choose-reason"))
    facts = {
        "one": one,
        "may": _may(one),
        "fields": (after or before)["fields"],
        "added": _only(after, before) if after else [],
        "dropped": _only(before, after) if after else [],
        "changes": list(_changes(before, after)) if after else [],
        "registered": [(name, _told(value)) for name, value in before["metadata"].items()],
        "refusals": [nothing, *((code, say(f"refusal.{code}")) for code in REFUSALS)],
        "suspensions": [nothing, *((code, say(f"suspension.{code}")) for code in SUSPENSIONS)],
    }
    return Shown("partner.html", facts, title=one["name"])


@partner.does("approve")
async def approve(visit: Visit) -> Goes:
    _sure(visit, "approve", "approve", "")
    return await _decided(visit, "approval", _limits(visit), "approved")


@partner.does("limits")
async def limit(visit: Visit) -> Goes:
    return await _decided(visit, "approval", _limits(visit), "limits-set")


@partner.does("refuse")
async def refuse(visit: Visit) -> Goes:
    return await _decided(visit, "refusal", _why(visit), "refused-partner")


@partner.does("suspend")
async def suspend(visit: Visit) -> Goes:
    why = _why(visit)
    _sure(visit, "suspend", "suspend-partner")
    return await _decided(visit, "suspension", why, "suspended")


@partner.does("reinstate")
async def reinstate(visit: Visit) -> Goes:
    _sure(visit, "reinstate", "reinstate")
    return await _decided(visit, "reinstatement", None, "reinstated")


@partner.does("close")
async def close(visit: Visit) -> Goes:
    _sure(visit, "close", "close-partner")
    return await _decided(visit, "closing", None, "closed")


def _sure(visit: Visit, act: str, yes: str, kind: str = "button--danger") -> None:
    say = visit.say
    visit.sure(say(f"{act}-title", visit.one("name")), say(f"{act}-detail"), say(yes), kind)


async def _decided(visit: Visit, step: str, body: Said | None, done: str) -> Goes:
    await visit.post(f"{_ONE}/{step}", body, **visit.path)
    return Goes(f"{partners.path}/{visit.path['id']}", done)


def _limits(visit: Visit) -> dict[str, str]:
    """With the revision that was seen: nothing else is approved."""
    return {name: visit.one(name) for name in ("rate", "quota", "revision")}


def _why(visit: Visit) -> dict[str, str]:
    if not visit.one("why"):
        raise visit.wrong("choose-reason")
    return {"why": visit.one("why")}


def _may(one: Said) -> Sequence[str]:
    """What may be decided about it now; ``approve`` comes with ``refuse``."""
    if one["state"] == "closed":
        return []
    approved = one["state"] == "approved"
    fits = {
        "approve": one["waits"],
        "limits": approved and not one["waits"],
        "suspend": approved,
        "reinstate": one["state"] == "suspended",
        "close": True,
    }
    return [act for act, may in fits.items() if may]


def _only(first: Said, second: Said) -> list[str]:
    """The titles of the fields that are asked in the first and not in the second."""
    known = {one["id"] for one in second["fields"]}
    return [one["title"] for one in first["fields"] if one["id"] not in known]


def _changes(before: Said, after: Said) -> Iterator[tuple[str, str, str]]:
    """What is proposed, member by member, beside what is in force."""
    for name, value in after["metadata"].items():
        old, now = _told(before["metadata"].get(name)), _told(value)
        if old != now:
            yield name, old, now


def _told(value: Any) -> str:
    """A member's value as it may be read; what is empty is nothing."""
    if value is None or value == "":
        return ""
    if isinstance(value, list):
        return "\n".join(map(str, value))
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, indent=1)
    return str(value).lower() if isinstance(value, bool) else str(value).replace(" ", "\n")
