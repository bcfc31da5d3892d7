"""Kiosks: codes to enrol one with, where each stands, suspension and its end."""

from mobile_ui.staff.page import Goes, Page, Shown, Visit

REASONS = ("lost", "tampered", "broken", "moved", "retired")
_ONE = "/staff/kiosks/{id}"

kiosks = Page(
    "/desk/kiosks",
    "kiosks",
    place="/desk/kiosks",
    roles=("operator",),
    done=dict.fromkeys(("suspended", "reinstated"), "done-detail"),
)
PAGES = (kiosks,)


@kiosks.shows
async def listed(visit: Visit) -> Shown:
    reasons = [(code, visit.say(f"kiosk-why.{code}")) for code in REASONS]
    facts = {
        "kiosks": (await visit.get("/staff/kiosks"))["kiosks"],
        "reasons": [("", visit.say("choose-reason")), *reasons],
    }
    return Shown("kiosks.html", facts)


@kiosks.does("code")
async def give_code(visit: Visit) -> Shown:
    """A code to enrol a kiosk with, shown this once."""
    say, wanted = visit.say, {name: visit.one(name) for name in ("site", "address", "region")}
    given = await visit.post("/staff/kiosks/codes", wanted)
    facts = {
        "lead": say("kiosk-code-lead"),
        "address": "",
        "secret": given["code"],
        "until": given["expires_at"],
    }
    return Shown("once.html", facts, title=say("kiosk-code-title"))


@kiosks.does("suspend")
async def suspend(visit: Visit) -> Goes:
    say, why = visit.say, visit.one("why")
    if not why:
        raise visit.wrong("choose-reason")
    title = say("kiosk-suspend-title", visit.one("site"))
    visit.sure(title, say("kiosk-suspend-detail"), say("suspend-kiosk"))
    await visit.post(f"{_ONE}/suspension", {"why": why}, id=visit.one("key"))
    return Goes(kiosks.path, "suspended")


@kiosks.does("reinstate")
async def reinstate(visit: Visit) -> Goes:
    say = visit.say
    title = say("kiosk-reinstate-title", visit.one("site"))
    visit.sure(title, say("kiosk-reinstate-detail"), say("reinstate"))
    await visit.post(f"{_ONE}/reinstatement", id=visit.one("key"))
    return Goes(kiosks.path, "reinstated")
