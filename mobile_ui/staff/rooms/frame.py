"""What stands on every page: the way out."""

from mobile_ui.staff.page import Goes, Page, Shown, Visit

leaving = Page("/desk/leaving", "sign-out", narrow=True)
PAGES = (leaving,)


@leaving.shows
async def shown(_visit: Visit) -> Shown:
    return Shown("leaving.html")


@leaving.does("leave")
async def leave(visit: Visit) -> Goes:
    await visit.delete("/staff/sessions/current")
    return Goes("/desk/sign-in")
