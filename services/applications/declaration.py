"""An application service is one file: its form, one coroutine for each department's part, and a
pure function that decides by rules.

    @step(title=words("核验公积金账户", en="Provident fund account"))
    async def account(person: Person, form: Form, department: ProvidentFund, visit: Visit) -> Found:
        ...

    @application(id="provident-fund-withdrawal", ..., steps=(account, home, marriage),
                 carries_out=(pay,))
    def decide(form: Form, findings: Findings, held: Held) -> Decision:
        ...

Steps without ``after`` begin together. ``carries_out`` begins when the application is approved.
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, get_type_hints
from uuid import UUID

from pydantic import BaseModel

from services.department import Department
from services.groups import Group
from services.items.standard import Item
from services.schema import Words, shown
from services.service import Audience, Channel, Kind, Service, declared, place_of, refuse

StepFunction = Callable[[Any, Any, Any, "Visit"], Awaitable[BaseModel]]
Findings = Mapping[str, Any]
"""Step name → what its department said, as the step's own model."""
Outcome = Literal["approve", "refuse", "supplement", "staff"]
Held = frozenset[str]
"""Kinds of material: uploaded, of an earlier application, or a department's own."""
_CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Visit:
    """One step being done. ``key`` goes along with what changes something at the department, which
    does it once for a key; ``findings``: what the steps it comes after have found; ``held``: the
    kinds of material that the case holds.
    """

    number: str
    key: UUID
    attempt: int
    region: str
    findings: Findings = field(default_factory=dict, repr=False)
    held: Held = frozenset()


@dataclass(frozen=True, eq=False)
class Step:
    """``days``: the office's share of the promised time, in working days. Fields of ``finding``
    with ``shown(...)`` are for people; the others serve later steps and are never shown. A field
    ``holds`` names the kinds of material that the department itself has.
    """

    name: str
    title: Words
    department: type[Department]
    finding: type[BaseModel]
    function: StepFunction = field(repr=False)
    after: tuple[str, ...] = ()
    days: int = 0
    deadline: float = 10.0


@dataclass(frozen=True)
class Decision:
    """``outcome``, the codes of its reasons, and what fills their words (``services.applications.
    reasons`` says how). ``wanted``: material kinds or form fields that a supplement must bring.
    """

    outcome: Outcome
    reasons: tuple[str, ...]
    facts: Mapping[str, str | int] = field(default_factory=dict, repr=False)
    wanted: tuple[str, ...] = ()


Decide = Callable[[Any, Findings, Held], Decision]
"""A pure function (form, findings, held); a finding is absent when its office never answered."""


@dataclass(frozen=True, eq=False)
class Plan:
    """How an application is worked through. ``reasons``: code → words, with ``{fact}``s in them;
    ``window``: members of staff accept it and decide it, the rules only advise;
    ``supplement_days``: working days to answer within; ``given``: what an approval gives, told in
    the result; ``collected``: whether something must be fetched afterwards; ``one_at_a_time``:
    whether another may be asked for only when this one has come to its end.
    """

    form: type[BaseModel]
    steps: tuple[Step, ...]
    carries_out: tuple[Step, ...]
    decide: Decide = field(repr=False)
    reasons: Mapping[str, Words]
    window: bool = False
    collected: bool = False
    supplement_days: int = 10
    one_at_a_time: bool = False

    def step(self, name: str) -> Step:
        """Raises KeyError."""
        return {one.name: one for one in (*self.steps, *self.carries_out)}[name]

    def material_kinds(self, item: Item) -> frozenset[str]:
        return frozenset(material.kind for material in item.materials)


class Receipt(BaseModel):
    """What a submission answers: the number, and where it stands."""

    number: Annotated[str, shown("办件编号", en="Number", show="text")]
    state: Annotated[str, shown("办理状态", en="State", show="text")]


def step(
    *, title: Words, after: tuple[str, ...] = (), days: int = 0, deadline: float = 10.0
) -> Callable[[StepFunction], Step]:
    """Declare a coroutine ``(person, form, department, visit) -> finding`` as a step; its name is
    the function's. It may be called again after a fault: what changes something at the department
    must carry ``visit.key``. Raises DeclarationRefused.
    """

    def declare(function: StepFunction) -> Step:
        place = place_of(function)
        if not inspect.iscoroutinefunction(function):
            refuse(place, f"{function.__name__} is not a coroutine: write async def")
        hints = get_type_hints(function)
        for name, kind in (("department", Department), ("return", BaseModel)):
            if not (isinstance(hints.get(name), type) and issubclass(hints[name], kind)):
                refuse(place, f"{function.__name__}: {name} must be a {kind.__name__}")
        name = function.__name__.replace("_", "-")
        found = hints["department"], hints["return"]
        return Step(name, title, *found, function, after, days, deadline)

    return declare


def application(
    *,
    id: str,
    title: Words,
    summary: Words,
    group: Group,
    icon: str,
    purpose: str,
    item: Item,
    department: type[Department],
    steps: tuple[Step, ...],
    reasons: Mapping[str, Words],
    carries_out: tuple[Step, ...] = (),
    window: bool = False,
    collected: bool = False,
    supplement_days: int = 10,
    one_at_a_time: bool = False,
    audience: Audience = "person",
    level: int = 4,
    max_age: int | None = 900,
    guardian_consent: bool = False,
    channels: tuple[Channel, ...] = ("mobile",),
    regions: tuple[str, ...] = (),
    keywords: tuple[str, ...] = (),
    rank: int = 50,
) -> Callable[[Decide], Service]:
    """Declare the decorated pure function as an application service; ``department`` answers for it.

    Raises DeclarationRefused for a step that comes after one that is not there, or after itself;
    for a reason without words; and for what ``service`` refuses.
    """

    def declare(decide: Decide) -> Service:
        place = place_of(decide)
        form = get_type_hints(decide).get("form")
        if not (isinstance(form, type) and issubclass(form, BaseModel)):
            refuse(place, f"{decide.__name__}: form must be annotated with a BaseModel")
        _check_order(place, steps)
        _check_order(place, carries_out, known=steps)
        if wrong := [code for code in reasons if not _CODE.fullmatch(code)]:
            refuse(place, f"reasons {wrong} are not lower-case words with hyphens")
        plan = Plan(
            form, steps, carries_out, decide, reasons, window, collected, supplement_days,
            one_at_a_time,
        )  # fmt: skip
        return declared(
            place=place, function=None, question=form, answer=Receipt, department=department,
            plan=plan, id=id, title=title, summary=summary, group=group, icon=icon,
            purpose=purpose, item=item, kind=Kind.APPLICATION, audience=audience, level=level,
            max_age=max_age, guardian_consent=guardian_consent, channels=channels,
            regions=regions, keywords=keywords, rank=rank,
        )  # fmt: skip

    return declare


def _check_order(place: str, steps: tuple[Step, ...], known: tuple[Step, ...] = ()) -> None:
    """Each step comes after steps that stand before it, so there is no circle."""
    names = {one.name for one in known}
    for one in steps:
        if missing := set(one.after) - names:
            refuse(place, f"step {one.name!r} comes after {sorted(missing)}, unknown here")
        if one.name in names:
            refuse(place, f"step {one.name!r} is declared twice")
        names.add(one.name)
