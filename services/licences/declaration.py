"""A kind of licence is one declared function: ``@licence(...)`` on what asks its department.

The function takes (person, department) and returns ``Held``; its annotations say of which
department and with which facts. Nothing central is edited: the wallet, the credential, the pages
and the type's public description are made from the declaration.
"""

import inspect
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, Literal, TypeVar, get_args, get_type_hints

from pydantic import BaseModel

from config.texts import LOCALES
from identity.ways import FRESH, ORDINARY, SENSITIVE
from services.department import Department
from services.schema import Words, released, schema, unnamed
from services.service import place_of, refuse

Standing = Literal["valid", "suspended", "ended"]
Facts = TypeVar("Facts", bound=BaseModel)
PORTRAIT = "portrait"
"""What may be chosen beside the facts: fetched when somebody checks, and never kept."""
_CODE = re.compile(r"[0-9]{3}")


@dataclass(frozen=True)
class Held(Generic[Facts]):
    """What a department says of a person's licence. ``serial``: its number in the department's
    books; ``until``: the last day, None for ever; ``facts``: what stands on it.
    """

    serial: str = field(repr=False)
    facts: Facts = field(repr=False)
    until: date | None = None
    standing: Standing = "valid"


@dataclass(frozen=True, eq=False)
class LicenceType:
    """``code``: the three digits after the department's own code in the type of GB/T 36904;
    ``portrait``: whether a face belongs to it; ``usual``: the facts that are chosen at first;
    ``level`` and ``max_age``: the proof it takes to see and show it.
    """

    id: str
    title: Words
    icon: str
    code: str
    department: type[Department]
    facts: type[BaseModel]
    usual: tuple[str, ...]
    portrait: bool
    level: int
    max_age: int | None
    function: Callable[[Any, Any], Awaitable[Held[Any]]]
    declared_at: str

    @property
    def type_code(self) -> str:
        """Who keeps the catalogue of types, and the type's three digits (21 characters)."""
        return self.department.credit_code + self.code

    @property
    def names(self) -> tuple[str, ...]:
        """The facts, in the order in which they stand on it."""
        return tuple(self.facts.model_fields)

    @property
    def sensitive(self) -> frozenset[str]:
        """The facts that are masked, and shown after a proof of the last minutes only."""
        marks = released(self.facts, LOCALES[0], "medium")
        return frozenset(one["name"] for one in marks if one["sensitivity"] == "high")

    def title_of(self, name: str, locale: str) -> str:
        found = schema(self.facts, locale)["properties"].get(name, {})
        return str(found.get("title", name))


def licence(
    *,
    id: str,
    title: Words,
    icon: str,
    code: str,
    usual: tuple[str, ...],
    portrait: bool = False,
    sensitive: bool = False,
) -> Callable[[Callable[[Any, Any], Awaitable[Held[Any]]]], LicenceType]:
    """Declare the decorated coroutine as what brings this licence in from its department.

    ``sensitive``: it is shown after a proof of the last minutes only. Raises DeclarationRefused.
    """

    def declare(function: Callable[[Any, Any], Awaitable[Held[Any]]]) -> LicenceType:
        place = place_of(function)
        department, facts = _annotated(function, place)
        made = LicenceType(
            id=id, title=title, icon=icon, code=code, department=department, facts=facts,
            usual=usual, portrait=portrait, level=SENSITIVE if sensitive else ORDINARY,
            max_age=FRESH if sensitive else None, function=function, declared_at=place,
        )  # fmt: skip
        _check(made)
        return made

    return declare


def _annotated(
    function: Callable[..., Any], place: str
) -> tuple[type[Department], type[BaseModel]]:
    """Department and facts, read from the function's own annotations."""
    if not inspect.iscoroutinefunction(function):
        refuse(place, f"{function.__name__} is not a coroutine: write async def")
    hints = get_type_hints(function)
    department, given = hints.get("department"), get_args(hints.get("return"))
    if not (isinstance(department, type) and issubclass(department, Department)):
        refuse(place, f"{function.__name__}: department must be annotated with a Department")
    if len(given) != 1 or not issubclass(given[0], BaseModel):
        refuse(place, f"{function.__name__}: it must return Held[...] with a BaseModel of facts")
    return department, given[0]


def _check(made: LicenceType) -> None:
    where = made.declared_at
    if not _CODE.fullmatch(made.code):
        refuse(where, f"code {made.code!r} is not three digits")
    if silent := [locale for locale in LOCALES if locale not in made.title]:
        refuse(where, f"title has no words in {', '.join(silent)}")
    if not made.usual or set(made.usual) - set(made.names):
        refuse(where, "usual does not name some of the facts")
    if PORTRAIT in made.names:
        refuse(where, f"no fact may be called {PORTRAIT}")
    for part, name, what in unnamed(made.facts):
        refuse(where, f"{part.__name__}.{name} {what}")
