"""What stands on every page: the way out."""

from mobile_ui.staff.page import Goes, Page, Shown, Visit

# Also where a screen goes that nobody has touched for as long as a session lasts.
leaving = Page("/desk/leaving", "sign-out", narrow=True, watching=True)
PAGES = (leaving,)


@leaving.shows
async def shown(_visit: Visit) -> Shown:
    return Shown("leaving.html")


@leaving.does("leave")
async def leave(visit: Visit) -> Goes:
    await visit.delete("/staff/sessions/current")
    return Goes("/desk/sign-in")
