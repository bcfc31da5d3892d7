"""The door: two factors to come in, and the first visit, on which one sets them up."""

from collections.abc import Mapping

from mobile_ui.staff.page import Goes, Page, Shown, Visit

sign_in = Page("/desk/sign-in", "sign-in", door=True, narrow=True)
enrol = Page("/desk/enrol", "enrol", door=True, narrow=True)
PAGES = (sign_in, enrol)
_SHOWN_ONCE = ("secret", "picture")


@sign_in.shows
async def asked(_visit: Visit) -> Shown:
    return Shown("sign-in.html")


@sign_in.does("sign-in")
async def come_in(visit: Visit) -> Goes:
    sent = {
        "login": visit.one("login"),
        "password": visit.form.get("password", [""])[0],
        "code": _digits(visit),
    }
    await visit.post("/staff/sessions", sent)
    return Goes("/desk/")


@enrol.shows
async def begun(visit: Visit) -> Shown:
    """Refused at its end, the second step again: its secret is shown once and still holds."""
    if visit.act == "finish":
        return _set_up(visit, {name: visit.one(name) for name in _SHOWN_ONCE})
    return Shown("enrol.html")


@enrol.does("begin")
async def begin(visit: Visit) -> Shown:
    """The second factor, shown this once; it goes on with the password that was told in person."""
    shown = await visit.post("/staff/enrolments", _given(visit))
    return _set_up(visit, shown)


@enrol.does("finish")
async def finish(visit: Visit) -> Shown:
    """One's own password, and a code of what was set up."""
    password = visit.form.get("password", [""])[0]
    if password != visit.form.get("again", [""])[0]:
        raise visit.wrong("not-same")
    sent = {**_given(visit), "password": password, "code": _digits(visit)}
    await visit.post("/staff/enrolments/completion", sent)
    return Shown("enrolled.html")


def _given(visit: Visit) -> dict[str, str]:
    return {"login": visit.one("login"), "one_time_password": visit.one("one_time_password")}


def _set_up(visit: Visit, shown: Mapping[str, str]) -> Shown:
    secret = shown["secret"]
    fours = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    picture = shown["picture"] if shown["picture"].startswith("data:image/") else ""
    facts = {"secret": secret, "fours": fours, "picture": picture, "given": _given(visit)}
    return Shown("set-up.html", facts)


def _digits(visit: Visit) -> str:
    """The code as some authenticators show it, with a gap in the middle."""
    return "".join(visit.one("code").split())
