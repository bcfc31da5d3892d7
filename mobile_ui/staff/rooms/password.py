"""One's own password."""

from mobile_ui.staff.page import Goes, Page, Shown, Visit

password = Page(
    "/desk/password", "password", place="/desk/password", done={"changed": "changed-detail"}
)
PAGES = (password,)


@password.shows
async def asked(_visit: Visit) -> Shown:
    return Shown("password.html")


@password.does("change")
async def change(visit: Visit) -> Goes:
    """As typed: a space may be a part of it."""
    present, wanted, again = [
        visit.form.get(name, [""])[0] for name in ("present", "wanted", "again")
    ]
    if wanted != again:
        raise visit.wrong("not-same")
    sent = {"present": present, "wanted": wanted}
    await visit.post("/staff/accounts/{id}/password", sent, id=visit.member["id"])
    return Goes(password.path, "changed")
