"""Accounts: who works here, for which departments, and how somebody new begins."""

from collections.abc import Mapping
from typing import Any

from mobile_ui.staff.page import Goes, Page, Shown, Visit
from mobile_ui.staff.rooms import papers

_ROOT = "/staff/accounts"
_ONE = f"{_ROOT}/{{id}}"
_PLACE = "/desk/accounts"
ROLES = (
    "clerk",
    "supervisor",
    "caseworker",
    "case-lead",
    "listener",
    "catalogue-editor",
    "administrator",
    "operator",
    "partnerships",
)

accounts = Page(
    _PLACE,
    "accounts",
    _PLACE,
    ("administrator",),
    done={"departments-given": "departments-given-detail", "disabled": ""},
)
theirs = Page(f"{_PLACE}/{{id}}/departments", "departments", _PLACE, ("administrator",))
PAGES = (accounts, theirs)


@accounts.shows
async def listed(visit: Visit) -> Shown:
    found, say = await visit.get(_ROOT), visit.say
    departments = _departments(found)
    titles = dict(departments)
    shown = [
        {**one, "state": _state(one), "theirs": [titles.get(id, id) for id in one["departments"]]}
        for one in found["accounts"]
    ]
    facts = {
        "accounts": shown,
        "departments": departments,
        "roles": [(role, say(f"role.{role}"), say(f"role-does.{role}")) for role in ROLES],
        "documents": papers.kinds(say),
    }
    return Shown("accounts.html", facts)


@accounts.does("create")
async def create(visit: Visit) -> Shown:
    roles = visit.each("roles")
    if not roles:
        raise visit.wrong("choose-role")
    sent: dict[str, Any] = {name: visit.one(name) for name in ("login", "name", "region")}
    sent |= {"roles": roles, "departments": visit.each("departments")}
    if visit.one("id_number"):
        sent["document"] = papers.typed(visit)
    return _handed(visit, await visit.post(_ROOT, sent))


@accounts.does("reset")
async def reset(visit: Visit) -> Shown:
    say = visit.say
    visit.sure(say("reset-title", visit.one("login")), say("reset-detail"), say("reset"))
    return _handed(visit, await visit.post(f"{_ONE}/reset", id=visit.one("id")))


@accounts.does("disable")
async def disable(visit: Visit) -> Goes:
    say = visit.say
    visit.sure(say("disable-title", visit.one("login")), say("disable-detail"), say("disable"))
    await visit.post(f"{_ONE}/disable", id=visit.one("id"))
    return Goes(accounts.path, "disabled")


@theirs.shows
async def chosen(visit: Visit) -> Shown:
    found = await visit.get(_ROOT)
    one = next((one for one in found["accounts"] if one["id"] == visit.path["id"]), None)
    if one is None:
        raise visit.wrong("account-gone")
    title = visit.say("departments-of", one["login"])
    facts = {"one": one, "departments": _departments(found)}
    return Shown("account-departments.html", facts, title=title)


@theirs.does("give")
async def give(visit: Visit) -> Goes:
    await visit.put(f"{_ONE}/departments", {"departments": visit.each("departments")}, **visit.path)
    return Goes(accounts.path, "departments-given")


def _departments(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(one["id"], one["title"]) for one in found["departments"]]


def _state(one: Mapping[str, Any]) -> str:
    if one["disabled"]:
        return "disabled"
    return "active" if one["enrolled"] else "not-enrolled"


def _handed(visit: Visit, handed: Mapping[str, Any]) -> Shown:
    """The one-time password, shown this once."""
    return Shown("handed.html", {"handed": handed}, title=visit.say("one-time-title"))
