"""The work queue and one case: what waits, what is mine, what is late; read, asked, decided."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from mobile_ui.staff.page import Goes, Page, Refused, Shown, Visit

_WORKING = ("caseworker", "case-lead")
_ONE = "/staff/cases/{number}"
_VIEWS: Mapping[str, Mapping[str, str]] = {
    "waiting": {},
    "mine": {"mine": "true"},
    "late": {"due": "late"},
    "soon": {"due": "soon"},
    **{
        state: {"state": state}
        for state in ("submitted", "in-review", "supplement-asked", "approved", "refused")
    },
}
_MOST_DIGITS = 9
_ENDED = {"approved", "refused", "withdrawn", "collected"}
_SETTLED = ("supplement-asked", "case-approved", "case-refused")

cases = Page(
    "/desk/cases",
    "cases",
    place="/desk/cases",
    roles=_WORKING,
    done={"nothing-waits": "nothing-waits-detail"} | dict.fromkeys(_SETTLED, "settled-detail"),
)
case = Page(
    "/desk/cases/{number}",
    "case",
    place="/desk/cases",
    roles=_WORKING,
    done=dict.fromkeys(("accepted", "asked-again", "case-taken", "assigned"), "done-detail"),
)
PAGES = (cases, case)


@cases.shows
async def queue(visit: Visit) -> Shown:
    say, wanted = visit.say, _wanted(visit)
    narrowed = {name: wanted[name] for name in ("department", "region")}
    query = {**_VIEWS[wanted["view"]], **narrowed, "cursor": visit.query.get("cursor", "")}
    found = await visit.get("/staff/cases", query)
    mine = [(one["id"], one["title"]) for one in visit.member["departments"]]
    lead = visit.has("case-lead")
    return Shown(
        "cases.html",
        {
            "wanted": wanted,
            "views": [(code, say(f"view.{code}")) for code in _VIEWS],
            "departments": [("", say("all-of-mine")), *mine],
            "cases": [{**one, "free": _free(one, lead)} for one in found["cases"]],
            "lead": lead,
            "more": found["next"]
            and f"{cases.path}?{urlencode({**wanted, 'cursor': found['next']})}",
        },
    )


@cases.does("next")
async def take_next(visit: Visit) -> Goes:
    wanted = {"department": visit.one("department"), "region": visit.one("region")}
    number = (await visit.post("/staff/cases/next", wanted))["number"]
    return Goes(f"{cases.path}/{number}") if number else Goes(cases.path, "nothing-waits")


@cases.does("take")
async def take_from_queue(visit: Visit) -> Goes:
    number = visit.one("number")
    await visit.post(f"{_ONE}/taking", number=number)
    return Goes(f"{cases.path}/{number}")


@case.shows
async def opened(visit: Visit) -> Shown:
    number = visit.path["number"]
    try:
        found = await visit.get(_ONE, number=number)
    except Refused as fault:
        if fault.code != "case-not-held":
            raise
        visit.fault = visit.fault or fault
        return Shown("untaken.html", {"number": number}, title=number)
    may = _may(visit, found)
    facts = {
        "found": found,
        "one": found["case"],
        "offices": _lanes(found["case"]["steps"]),
        "may": may,
        "doing": visit.act if visit.act in may else next(iter(may), ""),
        "pairs_of": lambda choices: [(one["code"], one["title"]) for one in choices],
        "colleagues": await _colleagues(visit, number) if "assign" in may else [],
    }
    return Shown("case.html", facts, title=found["case"]["service"]["title"])


@case.does("take")
async def take(visit: Visit) -> Goes:
    await visit.post(f"{_ONE}/taking", **visit.path)
    return _stays(visit, "case-taken")


@case.does("release")
async def give_back(visit: Visit) -> Goes:
    await visit.post(f"{_ONE}/release", **visit.path)
    return Goes(cases.path)


@case.does("assign")
async def hand_over(visit: Visit) -> Goes:
    await visit.post(
        f"{_ONE}/assignment", {"colleague": visit.one("colleague")}, number=visit.path["number"]
    )
    return _stays(visit, "assigned")


@case.does("accept")
async def accept(visit: Visit) -> Goes:
    await visit.post(f"{_ONE}/acceptance", _step(visit), **visit.path)
    return _stays(visit, "accepted")


@case.does("again")
async def ask_again(visit: Visit) -> Goes:
    await visit.post(
        f"{_ONE}/repetition", {"version": _version(visit)}, number=visit.path["number"]
    )
    return _stays(visit, "asked-again")


@case.does("escalate")
async def pass_on(visit: Visit) -> Goes:
    await visit.post(f"{_ONE}/escalation", _step(visit), **visit.path)
    return Goes(cases.path)


@case.does("supplement")
async def ask_supplement(visit: Visit) -> Goes:
    wanted = visit.each("wanted")
    if not wanted:
        raise visit.wrong("choose-wanted")
    await visit.post(
        f"{_ONE}/supplement", {**_step(visit), "wanted": wanted}, number=visit.path["number"]
    )
    return Goes(cases.path, "supplement-asked")


@case.does("approve")
async def approve(visit: Visit) -> Goes:
    return await _decided(visit, "approve", "", "case-approved")


@case.does("refuse")
async def refuse(visit: Visit) -> Goes:
    if not visit.each("reasons"):
        raise visit.wrong("choose-why-refused")
    return await _decided(visit, "refuse", "button--danger", "case-refused")


async def _decided(visit: Visit, outcome: str, kind: str, done: str) -> Goes:
    """After a decision the case is nobody's any more, so one is back at the queue."""
    say = visit.say
    visit.sure(say(f"sure.{outcome}"), say("sure-detail"), say(f"act.{outcome}"), kind)
    body = {**_step(visit), "outcome": outcome, "reasons": visit.each("reasons")}
    await visit.post(f"{_ONE}/decision", body, **visit.path)
    return Goes(cases.path, done)


def _wanted(visit: Visit) -> dict[str, str]:
    view = visit.query.get("view", "")
    wanted = {name: visit.query.get(name, "").strip() for name in ("department", "region")}
    return {"view": view if view in _VIEWS else "waiting", **wanted}


def _free(one: Mapping[str, Any], lead: bool) -> bool:
    waits = {"staff", "lead"} if lead else {"staff"}
    return not one["holder"] and one["waits_for"] in waits


def _may(visit: Visit, found: Mapping[str, Any]) -> list[str]:
    """What its route says may be done, and for a lead that it may be given to a colleague."""
    runs = found["case"]["state"] not in _ENDED
    hands = visit.has("case-lead") and (runs or found["waits_for"] in {"staff", "lead"})
    return [*found["may"], *(["assign"] if hands else [])]


async def _colleagues(visit: Visit, number: str) -> list[tuple[str, str]]:
    found = (await visit.get(f"{_ONE}/colleagues", number=number))["colleagues"]
    named = [(one["id"], f"{one['name']}（{one['login']}）") for one in found]
    return [("", visit.say("choose-why")), *named]


def _lanes(
    steps: Sequence[Mapping[str, Any]],
) -> list[tuple[Mapping[str, Any], Mapping[str, float]]]:
    """Every office with its part of the time, in hundredths, from when it began to its end."""
    both = [(_at(step["began_at"]), _at(step["finished_at"])) for step in steps]
    times = [at for pair in both for at in pair if at]
    first, last = (min(times), max(times)) if times else (0.0, 0.0)
    span = max(last - first, 0.001)

    def lane(began: float | None, ended: float | None) -> Mapping[str, float]:
        if began is None:
            return {"start": 0, "width": 0}
        start = (began - first) / span
        return {
            "start": round(100 * start, 1),
            "width": round(100 * max(((ended or last) - began) / span, 0.02), 1),
        }

    return [(step, lane(*pair)) for step, pair in zip(steps, both, strict=True)]


def _at(iso: str | None) -> float | None:
    return datetime.fromisoformat(iso).timestamp() if iso else None


def _version(visit: Visit) -> int:
    """As it was shown; what is no number is refused as a version nobody saw."""
    version = visit.one("version")
    return int(version) if version.isdecimal() and len(version) <= _MOST_DIGITS else 0


def _step(visit: Visit) -> dict[str, Any]:
    return {"version": _version(visit), "words": visit.one("words")}


def _stays(visit: Visit, done: str) -> Goes:
    return Goes(f"{cases.path}/{visit.path['number']}", done)
