"""One item: what it says, the draft of a change, a look at it before it is published, its past."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from mobile_ui.staff.page import Goes, Page, Refused, Shown, Visit
from mobile_ui.staff.rooms.catalogue import EDITORS, ROOT
from mobile_ui.staff.rooms.item_form import change_of, laid_over, number_of, typed
from mobile_ui.staff.words import words

Json = Mapping[str, Any]
_ONE = "/staff/catalogue/items/{id}"
_EDITS = f"{_ONE}/edits"

item = Page(
    f"{ROOT}/{{id}}",
    "item",
    place=ROOT,
    roles=EDITORS,
    done=dict.fromkeys(("draft-saved", "published", "restored"), "done-detail"),
)
PAGES = (item,)


@item.shows
async def opened(visit: Visit) -> Shown:
    found = await visit.get(_ONE, **visit.path)
    edits = (await visit.get(_EDITS, **visit.path))["edits"]
    seen = await _preview(visit, found["draft"]) if found["draft"] else None
    title = _title(visit, found)
    facts = {
        "name": title,
        "found": found,
        "offered": [f"{one['title']} {one['code']}" for one in found["regions"]],
        "edits": edits,
        "typed": typed(visit, found) if found["mine"] else None,
        "changes": list(compared(visit, seen["before"], seen["after"])) if seen else None,
    }
    return Shown("item.html", facts, title=title)


@item.does("save")
async def save(visit: Visit) -> Goes | Shown:
    """Keeps a draft; with the other button of the form, only draws it with one more place."""
    if visit.one("rows"):
        return await opened(visit)
    change = change_of(visit, await visit.get(_ONE, **visit.path))
    sent = {"change": change, "note": visit.one("note"), "newest": _newest(visit)}
    await visit.post(_EDITS, sent, **visit.path)
    return _stays(visit, "draft-saved")


@item.does("publish")
async def publish(visit: Visit) -> Goes:
    say = visit.say
    visit.sure(say("publish-title"), say("publish-detail"), say("publish"), "")
    await visit.post(f"{_EDITS}/{{version}}/publication", version=_version(visit), **visit.path)
    return _stays(visit, "published")


@item.does("restore")
async def restore(visit: Visit) -> Goes:
    await visit.post(
        f"{_EDITS}/{{version}}/restoration",
        {"newest": _newest(visit)},
        version=_version(visit),
        **visit.path,
    )
    return _stays(visit, "restored")


async def _preview(visit: Visit, draft: Json) -> Json | None:
    """Before and after; where a release moved the ground under a draft, why it no longer fits."""
    try:
        version = str(draft["version"])
        found: Json = await visit.get(
            f"{_EDITS}/{{version}}/preview", version=version, **visit.path
        )
    except Refused as fault:
        if fault.code != "edit-invalid":
            raise
        visit.fault = visit.fault or fault
        return None
    return found


def compared(
    visit: Visit, before: Any, after: Any, path: str = ""
) -> Iterator[tuple[str, str, str]]:
    """Members that differ, as they may be read: name, before, after; of an object, one by one."""
    for name in [*before, *(one for one in after if one not in before)]:
        old, now = before.get(name), after.get(name)
        called = " · ".join(one for one in (path, _called(visit, name)) if one)
        if isinstance(old, dict) and isinstance(now, dict):
            yield from compared(visit, old, now, called)
        elif old != now:
            yield called, _told(visit, old), _told(visit, now)


def _called(visit: Visit, name: str) -> str:
    if f"member.{name}" in words(visit.locale):
        return visit.say(f"member.{name}")
    return "" if name == "item" else name


def _told(visit: Visit, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list) and not any(isinstance(one, (dict, list)) for one in value):
        return visit.say("and").join(map(str, value))
    structured = isinstance(value, (dict, list))
    return json.dumps(value, ensure_ascii=False, indent=1) if structured else str(value)


def _title(visit: Visit, found: Json) -> str:
    said: Json = laid_over(found, "published")["title"]
    return str(said[visit.locale])


def _version(visit: Visit) -> str:
    return visit.one("version") or "x"  # no number at all is a version that is missing


def _newest(visit: Visit) -> int | str:
    return number_of(visit.one("newest"))


def _stays(visit: Visit, done: str) -> Goes:
    return Goes(f"{ROOT}/{visit.path['id']}", done)
