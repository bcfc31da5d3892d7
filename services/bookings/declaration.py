"""A service that people come to by appointment is one file: where, when, who, under which rules.

    @appointment(id="marriage-appointment", ..., offices=REGISTRIES, timetable=HOURS, people=2,
                 statements=STATEMENTS, elsewhere=ELSEWHERE, rules=RULES, pair_rules=PAIR_RULES)
    async def examined(person: Person, department: CivilAffairs) -> str:
        '''What the department says of one person, for the rules.'''

Rules are those of ``services.applications.reasons``: words, legal source, condition. What one
person's rules say is told to that person alone.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, get_type_hints

from pydantic import BaseModel, ConfigDict

from identity.person import IdNumber, Person
from services.applications.reasons import Rule
from services.bookings.errors import OfficeElsewhere, OfficeUnknown, SlotUnknown
from services.bookings.timetable import Slot, Timetable
from services.clocks import today
from services.department import Department
from services.groups import Group
from services.items.regions import tree
from services.items.standard import Item, Law
from services.schema import Words, shown
from services.service import Kind, Service, declared, place_of, refuse

Examine = Callable[[Any, Any], Awaitable[str]]


@dataclass(frozen=True)
class Office:
    """``id``: its region's code (GB/T 2260), ``seats``: how many are seen at once."""

    id: str
    title: Words
    city: Words
    seats: int


@dataclass(frozen=True)
class Statement:
    """What a person states about themselves; ``said`` as they would say it."""

    code: str
    said: Words
    source: Law


@dataclass(frozen=True)
class Elsewhere:
    """A case that other offices see to, and where one goes then."""

    case: str
    title: Words
    where: Words
    source: Law


@dataclass(frozen=True)
class Coming:
    """One person on a day, before the rules. ``record``: what the department said of them, None
    where it was not asked.
    """

    number: IdNumber = field(repr=False)
    day: date
    record: str | None = field(repr=False, default=None)


Couple = tuple[Coming, Coming]


@dataclass(frozen=True, eq=False)
class Appointments:
    """How people come to a service. ``documents``: kinds that are seen here; holders of others are
    told ``elsewhere`` by the case named ``other_document``. ``province``: the offices' own.
    """

    offices: Mapping[str, Office] = field(repr=False)
    timetable: Timetable = field(repr=False)
    people: int
    statements: tuple[Statement, ...] = field(repr=False)
    elsewhere: tuple[Elsewhere, ...] = field(repr=False)
    rules: tuple[Rule[Coming], ...] = field(repr=False)
    pair_rules: tuple[Rule[Couple], ...] = field(repr=False)
    examine: Examine = field(repr=False)
    documents: frozenset[str]
    other_document: str
    other_province: str
    province: str

    def office(self, id: str, locale: str) -> Office:
        """Raises OfficeUnknown; OfficeElsewhere for a place in another province."""
        if id in self.offices:
            return self.offices[id]
        if id in tree() and not id.startswith(self.province):
            raise OfficeElsewhere(where=self.case(self.other_province).where[locale])
        raise OfficeUnknown()

    def slot(self, office: Office, starts_at: datetime, now: datetime) -> Slot:
        """The time that begins then, if it can be booked now. Raises SlotUnknown."""
        for one in self.slots(office, today(starts_at)):
            if one.starts_at == starts_at and self.timetable.bookable(one, now):
                return one
        raise SlotUnknown()

    def slots(self, office: Office, day: date) -> list[Slot]:
        return self.timetable.slots(day, office.seats)

    def case(self, name: str) -> Elsewhere:
        """Raises KeyError."""
        return {one.case: one for one in self.elsewhere}[name]


class Nothing(BaseModel):
    """There is no form: office and time are chosen on a page of their own."""

    model_config = ConfigDict(extra="forbid")


class Appointed(BaseModel):
    """What a booking answers."""

    number: Annotated[str, shown("预约编号", en="Number", show="text")]


def appointment(
    *,
    id: str,
    title: Words,
    summary: Words,
    group: Group,
    icon: str,
    purpose: str,
    item: Item,
    offices: Mapping[str, Office],
    timetable: Timetable,
    people: int,
    statements: tuple[Statement, ...],
    elsewhere: tuple[Elsewhere, ...],
    rules: tuple[Rule[Coming], ...],
    documents: Sequence[str],
    other_document: str,
    other_province: str,
    province: str,
    pair_rules: tuple[Rule[Couple], ...] = (),
    level: int = 4,
    max_age: int | None = 900,
    keywords: tuple[str, ...] = (),
    rank: int = 50,
) -> Callable[[Examine], Service]:
    """Declare the decorated coroutine ``(person, department) -> str`` as what is asked of the
    department about one person. Raises DeclarationRefused.
    """

    def declare(examine: Examine) -> Service:
        place = place_of(examine)
        if not inspect.iscoroutinefunction(examine):
            refuse(place, f"{examine.__name__} is not a coroutine: write async def")
        hints = get_type_hints(examine)
        department = hints.get("department")
        if not (isinstance(department, type) and issubclass(department, Department)):
            refuse(place, f"{examine.__name__}: department must be annotated with a Department")
        if people not in (1, 2):
            refuse(place, "people are one or two")
        if {other_document, other_province} - {one.case for one in elsewhere}:
            refuse(place, "elsewhere has no such case")
        plan = Appointments(
            offices, timetable, people, statements, elsewhere, rules, pair_rules, examine,
            frozenset(documents), other_document, other_province, province,
        )  # fmt: skip
        return declared(
            place=place, function=None, question=Nothing, answer=Appointed, department=department,
            appointments=plan, id=id, title=title, summary=summary, group=group, icon=icon,
            purpose=purpose, item=item, kind=Kind.APPOINTMENT, audience="person", level=level,
            max_age=max_age, guardian_consent=False, channels=("mobile",), regions=(),
            keywords=keywords, rank=rank,
        )  # fmt: skip

    return declare


__all__ = ["Appointments", "Coming", "Couple", "Elsewhere", "Office", "Person", "Statement"]
