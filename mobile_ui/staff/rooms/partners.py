"""Partners: who may ask residents to sign in, what waits for a decision, and invitations."""

from mobile_ui.staff.page import Page, Shown, Visit

DECIDING = ("partnerships",)
KINDS = ("partner", "department")
ENVIRONMENTS = ("sandbox", "production")

partners = Page("/desk/partners", "partners", place="/desk/partners", roles=DECIDING)
PAGES = (partners,)


@partners.shows
async def listed(visit: Visit) -> Shown:
    found = (await visit.get("/staff/partners"))["partners"]
    facts = {
        "partners": [{**one, "badge": _badge(one["state"], waits=one["waits"])} for one in found],
        "kinds": [(code, visit.say(f"client.{code}")) for code in KINDS],
        "environments": [(code, visit.say(f"environment.{code}")) for code in ENVIRONMENTS],
    }
    return Shown("partners.html", facts)


@partners.does("invite")
async def invite(visit: Visit) -> Shown:
    """The invitation, shown this once."""
    say, wanted = visit.say, {name: visit.one(name) for name in ("kind", "environment")}
    made = await visit.post("/staff/invitations", wanted)
    facts = {
        "lead": say("invitation-lead"),
        "address": made["register_at"],
        "secret": made["token"],
        "until": made["expires_at"],
    }
    return Shown("once.html", facts, title=say("invitation-title"))


def _badge(state: str, *, waits: bool) -> str:
    return "waits" if waits and state != "pending" else state
