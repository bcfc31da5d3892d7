"""A service is one declared function: ``@service(...)`` on what it does, nothing central to edit.

The function takes (person, question, department) and returns its answer; its annotations say
which models and which department those are. Whatever a screen, a scope or a search needs stands
in the declaration; a declaration with a piece missing stops the start with file and line.
"""

import inspect
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, NoReturn, get_args, get_type_hints

from pydantic import BaseModel

from config.texts import LOCALES
from services.department import Department
from services.groups import Group
from services.items.standard import Item, code, lint, lint_regions
from services.schema import Words, unnamed

if TYPE_CHECKING:
    from services.applications.declaration import Plan
    from services.bookings.declaration import Appointments
    from services.papers.sheet import Certify
    from services.quotes.declaration import Bill

Audience = Literal["person", "organisation"]
Channel = Literal["mobile", "kiosk", "partner", "window"]
Function = Callable[[Any, Any, Any], Awaitable[BaseModel]]

_ID = re.compile(r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")
_LEVELS = range(1, 6)


class Kind(StrEnum):
    """What a resident does with a service."""

    QUERY = "query"
    APPLICATION = "application"
    APPOINTMENT = "appointment"
    PAYMENT = "payment"
    PAGE = "page"  # done on a page of its own
    LISTED = "listed"  # described here, done at a window


class DeclarationRefused(Exception):
    """A service or department is declared wrongly; the message says where and what is missing."""


@dataclass(frozen=True, eq=False)
class Service:
    """One entry of the catalogue. ``level`` is the assurance asked (1-5), ``max_age`` seconds.

    A query has a ``function``, an application a ``plan`` and its form as ``question``, what people
    come to at a time has ``appointments``, what they pay for a ``bill``, what is done elsewhere in
    the app the name of its ``page``.
    """

    id: str
    title: Words
    summary: Words
    group: Group
    icon: str
    kind: Kind
    audience: Audience
    level: int
    max_age: int | None
    guardian_consent: bool
    purpose: str
    item: Item
    channels: tuple[Channel, ...]
    regions: tuple[str, ...]
    keywords: tuple[str, ...]
    rank: int
    deadline: float
    department: type[Department]
    question: type[BaseModel]
    answer: type[BaseModel]
    function: Function | None
    declared_at: str
    plan: "Plan | None" = None
    appointments: "Appointments | None" = None
    paper: "Certify | None" = None
    bill: "Bill | None" = None
    page: str = ""

    @property
    def scope(self) -> str:
        acts = self.plan or self.appointments or self.bill
        return f"{self.id}:{'apply' if acts else 'read'}"

    @property
    def code(self) -> str:
        """The implementation code of 31 characters (GB/T 39554.1)."""
        return code(self.department.credit_code, self.item)


def service(
    *,
    id: str,
    title: Words,
    summary: Words,
    group: Group,
    icon: str,
    purpose: str,
    item: Item,
    audience: Audience = "person",
    level: int = 3,
    max_age: int | None = None,
    guardian_consent: bool = False,
    channels: tuple[Channel, ...] = ("mobile", "kiosk", "partner"),
    regions: tuple[str, ...] = (),
    keywords: tuple[str, ...] = (),
    rank: int = 50,
    deadline: float = 10.0,
    paper: "Certify | None" = None,
) -> Callable[[Function], Service]:
    """Declare the decorated coroutine as a service.

    ``purpose`` is the code written beside every read (why the data was read); ``regions`` are
    GB/T 2260 prefixes, none meaning everywhere; ``rank`` is its place on the shelf; ``deadline``
    is in seconds. Ordinary reads ask level 3, sensitive ones level 4 with ``max_age=900``.
    ``paper`` says what of an answer is given as a sealed certificate (services.papers.sheet).
    ``guardian_consent``: residents under eighteen need a guardian who is registered here.
    Raises DeclarationRefused.
    """
    pieces: dict[str, Any] = dict(
        id=id, title=title, summary=summary, group=group, icon=icon, purpose=purpose, item=item,
        kind=Kind.QUERY, audience=audience, level=level, max_age=max_age,
        guardian_consent=guardian_consent, channels=channels, regions=regions, keywords=keywords,
        rank=rank, deadline=deadline, paper=paper,
    )  # fmt: skip

    def declare(function: Function) -> Service:
        place = place_of(function)
        return declared(place=place, **pieces, **_signature(function, place))

    return declare


def declared(*, place: str, deadline: float = 10.0, **pieces: Any) -> Service:
    """The service of these pieces. Raises DeclarationRefused, naming ``place``."""
    made = Service(**pieces, deadline=deadline, declared_at=place)
    _check(made)
    return made


def place_of(function: Callable[..., Any]) -> str:
    """File and line of a declaration."""
    code = inspect.unwrap(function).__code__
    return f"{code.co_filename}:{code.co_firstlineno}"


def _signature(function: Function, place: str) -> dict[str, Any]:
    """Question, answer and department, read from the function's own annotations."""
    if not inspect.iscoroutinefunction(function):
        refuse(place, f"{function.__name__} is not a coroutine: write async def")
    hints = get_type_hints(function)
    for name, kind in (("question", BaseModel), ("department", Department), ("return", BaseModel)):
        if not (isinstance(hints.get(name), type) and issubclass(hints[name], kind)):
            refuse(place, f"{function.__name__}: {name} must be annotated with a {kind.__name__}")
    return {
        "function": function,
        "question": hints["question"],
        "department": hints["department"],
        "answer": hints["return"],
    }


def _check(made: Service) -> None:
    where = made.declared_at
    if not _ID.match(made.id):
        refuse(where, f"id {made.id!r} is not lower-case words joined by hyphens")
    for name in ("icon", "purpose"):
        if not _ID.match(getattr(made, name)):
            refuse(where, f"{name} {getattr(made, name)!r} is not lower-case words with hyphens")
    if made.level not in _LEVELS:
        refuse(where, f"level {made.level} is not one of 1 to 5")
    if made.audience not in get_args(Audience):
        refuse(where, f"audience {made.audience!r} is not one of {', '.join(get_args(Audience))}")
    if not made.channels or set(made.channels) - set(get_args(Channel)):
        refuse(where, f"channels are not some of {', '.join(get_args(Channel))}")
    if faults := [*lint(made.item), *lint_regions(made.regions, made.item)]:
        refuse(where, "; ".join(faults))
    _check_words(made)


def _check_words(made: Service) -> None:
    for name in ("title", "summary"):
        if silent := [locale for locale in LOCALES if locale not in getattr(made, name)]:
            refuse(made.declared_at, f"{name} has no words in {', '.join(silent)}")
    for model in (made.question, made.answer):
        for part, field, what in unnamed(model):
            refuse(_field_place(part, field), f"{part.__name__}.{field} {what}")


def _field_place(model: type[BaseModel], field: str) -> str:
    lines, first = inspect.getsourcelines(model)
    at = next((n for n, line in enumerate(lines) if line.strip().startswith(f"{field}:")), 0)
    return f"{inspect.getsourcefile(model)}:{first + at}"


def refuse(place: str, what: str) -> NoReturn:
    """A declaration is not taken: where, and why."""
    raise DeclarationRefused(f"{place}: {what}")
