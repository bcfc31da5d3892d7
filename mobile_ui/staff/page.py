"""What a page is: an address, who may see it, how it is shown, and what can be done on it.

A form is sent to the address of the page that shows it and names its act. An act ends in ``Goes``
(the browser is led on, so that reloading repeats nothing) or in ``Shown`` (what is shown once).
What is refused is shown where it was asked for, with everything that had been filled in.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode

from mobile_ui.staff.words import Say

Body = Mapping[str, Any]
_HIDDEN = {"act", "form-token", "sure"}


class Asking(Protocol):
    """Asks one declared route for the one who visits. ``route`` is its declared path."""

    async def __call__(
        self,
        method: str,
        route: str,
        path: Mapping[str, str],
        query: Mapping[str, str],
        body: Body | None,
    ) -> Any:
        """The JSON of its answer, None where there is none. Raises Refused."""
        ...


class Refused(Exception):
    """What was refused, as a Problem (RFC 9457) says it to people; ``faults``: a field's place in
    what was asked (``document.id_number``), and what is wrong with it."""

    def __init__(
        self,
        title: str,
        detail: str = "",
        code: str = "",
        status: int = 422,
        faults: tuple[tuple[str, str], ...] = (),
    ):
        super().__init__(code)
        self.title, self.detail, self.code, self.status = title, detail, code, status
        self.faults = faults

    @property
    def told(self) -> str:
        """All of it below the title; each fault once."""
        return " ".join(filter(None, [self.detail, *dict.fromkeys(one for _, one in self.faults)]))

    def at(self, name: str) -> str:
        """What is wrong with the field of this name; else empty."""
        return next((said for place, said in self.faults if name in place.split(".")), "")


class Unsure(Exception):
    """Before something that cannot be taken back one is asked; ``yes`` are the button's words."""

    def __init__(self, title: str, detail: str, yes: str, kind: str):
        super().__init__(title)
        self.title, self.detail, self.yes, self.kind = title, detail, yes, kind


@dataclass(frozen=True)
class Goes:
    """Where the browser goes now; ``done``: the words that say there what was done."""

    address: str
    done: str = ""

    @property
    def location(self) -> str:
        if not self.done:
            return self.address
        joint = "&" if "?" in self.address else "?"
        return f"{self.address}{joint}{urlencode({'done': self.done})}"


@dataclass(frozen=True)
class Shown:
    """A template with its facts; ``title`` of the window, ``again``: seconds until it is asked for
    anew by itself."""

    template: str
    facts: Mapping[str, Any] = field(default_factory=dict, repr=False)
    title: str = ""
    again: int = 0


@dataclass
class Visit:
    """One look at a page, or one form sent from it. ``member``: as GET /staff/me has it."""

    asking: Asking
    say: Say
    locale: str
    address: str
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    form: Mapping[str, list[str]] = field(default_factory=dict, repr=False)
    member: Mapping[str, Any] = field(default_factory=dict, repr=False)
    fault: Refused | None = None

    async def get(self, route: str, query: Mapping[str, str] | None = None, /, **path: str) -> Any:
        """The answer of a GET route; empty values of the query are left out. Raises Refused."""
        wanted = {name: value for name, value in (query or {}).items() if value}
        return await self.asking("GET", route, path, wanted, None)

    async def post(self, route: str, body: Body | None = None, /, **path: str) -> Any:
        return await self.asking("POST", route, path, {}, body)

    async def put(self, route: str, body: Body | None = None, /, **path: str) -> Any:
        return await self.asking("PUT", route, path, {}, body)

    async def delete(self, route: str, /, **path: str) -> Any:
        return await self.asking("DELETE", route, path, {}, None)

    @property
    def act(self) -> str:
        return self.one("act")

    def one(self, name: str, default: str = "") -> str:
        """A field of the form, without the spaces around it."""
        return self.form.get(name, [default])[0].strip()

    def each(self, name: str) -> list[str]:
        """All values of a field: the boxes that were ticked."""
        return [value for value in self.form.get(name, []) if value]

    def sent(self) -> list[tuple[str, str]]:
        """What was filled in, to be sent once more with a confirmation."""
        return [
            (name, one) for name, all_ in self.form.items() if name not in _HIDDEN for one in all_
        ]

    def wrong(self, code: str, *facts: Any) -> Refused:
        """What the page itself sees is missing, in its own words."""
        return Refused(self.say(code, *facts))

    def sure(self, title: str, detail: str, yes: str, kind: str = "button--danger") -> None:
        """Words in full. Raises Unsure unless this was confirmed already."""
        if self.one("sure") != "yes":
            raise Unsure(title, detail, yes, kind)

    def has(self, *roles: str) -> bool:
        return any(role in self.member.get("roles", ()) for role in roles)


Show = Callable[[Visit], Awaitable[Shown]]
Act = Callable[[Visit], Awaitable[Goes | Shown]]


@dataclass
class Page:
    """``path`` with ``{names}``; ``title`` a code of words; ``place``: the page of the bar that it
    belongs to; ``roles`` of whom one is enough (none: any); ``door``: for who is not signed in;
    ``watching``: asked for by itself, which keeps nobody signed in; ``framed``: shown inside one of
    our own pages; ``done``: what may be said on it after an act, and the words that follow it.
    """

    path: str
    title: str
    place: str = ""
    roles: tuple[str, ...] = ()
    door: bool = False
    narrow: bool = False
    watching: bool = False
    framed: bool = False
    done: Mapping[str, str] = field(default_factory=dict)
    show: Show = field(init=False)
    acts: dict[str, Act] = field(default_factory=dict, init=False)

    def shows(self, show: Show) -> Show:
        self.show = show
        return show

    def does(self, name: str) -> Callable[[Act], Act]:
        def keep(act: Act) -> Act:
            self.acts[name] = act
            return act

        return keep
