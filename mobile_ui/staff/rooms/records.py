"""Records: one member of staff proposes a merge, a split or another name, a second one decides."""

from mobile_ui.staff.page import Goes, Page, Shown, Visit
from mobile_ui.staff.rooms import papers

_ROOT = "/staff/record-changes"
_ONE = f"{_ROOT}/{{id}}"
_PLACE = "/desk/records"
_ROLES = ("clerk", "supervisor")
_REFRESH = 10
REASONS = {
    "merge": ("one-person", "number-changed"),
    "split": ("anothers-document", "added-by-mistake"),
    "rename": ("name-changed", "name-mistyped"),
}
_PAPERS = {"merge": ("stays", "goes"), "split": ("leaves",), "rename": ("shows",)}
_SAID = ("proposed", "record-changed", "change-refused")

records = Page(_PLACE, "records", _PLACE, _ROLES, done={code: f"{code}-detail" for code in _SAID})
queue = Page(f"{_PLACE}/queue", "queue", _PLACE, _ROLES, watching=True, framed=True)
compared = Page(f"{_PLACE}/{{id}}", "compare-title", _PLACE, _ROLES)
PAGES = (records, queue, compared)


@records.shows
async def drafted(visit: Visit) -> Shown:
    """The kind decides which papers are asked for, so it is chosen by a link before them."""
    kind, say = _kind(visit), visit.say
    facts = {
        "kind": kind,
        "kinds": [(code, say(f"change.{code}")) for code in REASONS],
        "roles": _PAPERS[kind],
        "reasons": [("", say("choose-why")), *((one, say(f"why.{one}")) for one in REASONS[kind])],
        "documents": papers.kinds(say),
        "queue": queue.path,
    }
    return Shown("records.html", facts)


@records.does("propose")
async def propose(visit: Visit) -> Goes:
    kind = _kind(visit)
    sent = {
        "kind": kind,
        "reason": visit.one("reason"),
        "documents": [papers.typed(visit, f"{role}-") for role in _PAPERS[kind]],
    }
    name = {"name": visit.one("name")} if kind == "rename" else {}
    await visit.post(_ROOT, sent | name)
    return Goes(_address(kind), "proposed")


@queue.shows
async def waiting(visit: Visit) -> Shown:
    still = "still" in visit.query
    facts = {"changes": (await visit.get(_ROOT))["changes"], "still": still}
    return Shown("records-queue.html", facts, again=0 if still else _REFRESH)


@compared.shows
async def compare(visit: Visit) -> Shown:
    """That the documents were read is recorded each time."""
    one = await visit.get(_ONE, **visit.path)
    roles = zip(_PAPERS[one["kind"]], one["documents"], strict=True)
    shown = [(role, papers.named(visit.say, paper), paper) for role, paper in roles]
    facts = {"one": one, "papers": shown, "queue": queue.path}
    return Shown("record-compare.html", facts, title=visit.say(f"change.{one['kind']}"))


@compared.does("confirm")
async def confirm(visit: Visit) -> Goes:
    await visit.post(f"{_ONE}/confirm", **visit.path)
    return Goes(records.path, "record-changed")


@compared.does("take-back")
@compared.does("refuse")
async def end(visit: Visit) -> Goes:
    """One's own proposal is taken back, a colleague's is refused."""
    say = visit.say
    visit.sure(say("change-refuse-title"), say("change-refuse-detail"), say(visit.act))
    await visit.post(f"{_ONE}/refuse", **visit.path)
    return Goes(records.path, "change-refused")


def _kind(visit: Visit) -> str:
    """What is to be changed, as the address names it."""
    named = visit.query.get("kind", "")
    return named if named in REASONS else next(iter(REASONS))


def _address(kind: str) -> str:
    return f"{records.path}?kind={kind}"
