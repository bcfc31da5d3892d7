"""A payable service is one file: what it costs, and how the office enters what was paid.

    async def enter(person: Person, question: Question, department: Bureau, paid: Paid) -> Receipt:
        '''Called once it is paid; the office does it once for ``paid.key``.'''

    @payable(id="flexible-social-insurance", ..., enter=enter)
    async def quote(person: Person, question: Question, department: Bureau) -> Quote:
        '''What is to be paid, line by line.'''

Nothing else is edited: the quote, the payment, the receipt, the refund where the office refuses,
and the pages are made from it.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, get_type_hints
from uuid import UUID

from pydantic import BaseModel, Field

from services.department import Department
from services.groups import Group
from services.items.standard import Item
from services.schema import Words
from services.service import Audience, Channel, Kind, Service, declared, place_of, refuse

QuoteFunction = Callable[[Any, Any, Any], Awaitable["Quote"]]
EnterFunction = Callable[[Any, Any, Any, "Paid"], Awaitable[BaseModel]]


class Line(BaseModel):
    """One line of a quote, in fen."""

    title: dict[str, str]
    fen: int = Field(ge=0)


class Quote(BaseModel):
    """What is to be paid: its lines, and what the payer should know before (``notes``).

    ``choice`` is what the office is to enter, whatever has changed by then.
    """

    lines: list[Line] = Field(min_length=1)
    notes: list[dict[str, str]] = Field(default_factory=list)
    choice: dict[str, Any] = Field(default_factory=dict)

    @property
    def fen(self) -> int:
        return sum(line.fen for line in self.lines)


@dataclass(frozen=True)
class Paid:
    """What was paid. ``key`` makes the office enter it once; ``number``: of the payment; ``on``:
    the day in China; ``choice``: as the quote made it.
    """

    key: UUID
    number: str
    fen: int
    on: date
    choice: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, eq=False)
class Bill:
    """How a payable service is paid for. ``minutes``: how long a quote holds."""

    quote: QuoteFunction = field(repr=False)
    enter: EnterFunction = field(repr=False)
    minutes: int = 30


def line(title: Words, fen: int) -> Line:
    return Line(title=dict(title), fen=fen)


def payable(
    *,
    id: str,
    title: Words,
    summary: Words,
    group: Group,
    icon: str,
    purpose: str,
    item: Item,
    enter: EnterFunction,
    minutes: int = 30,
    audience: Audience = "person",
    level: int = 3,
    max_age: int | None = None,
    guardian_consent: bool = False,
    channels: tuple[Channel, ...] = ("mobile",),
    regions: tuple[str, ...] = (),
    keywords: tuple[str, ...] = (),
    rank: int = 50,
    deadline: float = 10.0,
) -> Callable[[QuoteFunction], Service]:
    """Declare the decorated coroutine as a payable service. ``enter`` must do a thing once for
    ``Paid.key``, and may raise OfficeRefused or another refusal: then all of it goes back.

    Raises DeclarationRefused.
    """

    def declare(quote: QuoteFunction) -> Service:
        place = place_of(quote)
        asked, office = _hints(place, quote, Quote)
        answer = _hints(place, enter, BaseModel, asked, office)[2]
        return declared(
            place=place, function=None, question=asked, answer=answer, department=office,
            bill=Bill(quote, enter, minutes), id=id, title=title, summary=summary, group=group,
            icon=icon, purpose=purpose, item=item, kind=Kind.PAYMENT, audience=audience,
            level=level, max_age=max_age, guardian_consent=guardian_consent, channels=channels,
            regions=regions, keywords=keywords, rank=rank, deadline=deadline,
        )  # fmt: skip

    return declare


def _hints(
    place: str, function: Callable[..., Any], answer: type[BaseModel], *same: type
) -> tuple[Any, ...]:
    """Question, department and answer, as the function's annotations have them."""
    if not inspect.iscoroutinefunction(function):
        refuse(place, f"{function.__name__} is not a coroutine: write async def")
    hints = get_type_hints(function)
    for name, kind in (("question", BaseModel), ("department", Department), ("return", answer)):
        if not (isinstance(hints.get(name), type) and issubclass(hints[name], kind)):
            refuse(place, f"{function.__name__}: {name} must be a {kind.__name__}")
    found = hints["question"], hints["department"]
    if same and found != same:
        refuse(place, f"{function.__name__}: another question or department than the quote's")
    return (*found, hints["return"]) if same else found
