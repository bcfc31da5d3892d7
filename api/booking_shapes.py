"""Appointments as JSON: what is sent, and what is answered."""

from datetime import date, datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from api.ask import Ask
from api.verifications import Private
from config.texts import text
from services.bookings.own import Mine, Waiting
from services.bookings.sight import Seen
from services.errors import ServiceUnknown
from services.models import Booking, BookingWait

Id = Annotated[str, StringConstraints(min_length=1, max_length=60)]
OfficeId = Annotated[str, StringConstraints(pattern=r"^[0-9]{2,9}$")]
Code = Annotated[str, StringConstraints(min_length=1, max_length=20)]
Statements = Annotated[list[Annotated[str, StringConstraints(max_length=40)]], Field(max_length=10)]


class OfficesQuery(BaseModel):
    """``region``: offices within it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    region: Annotated[str, StringConstraints(pattern=r"^([0-9]{2}){0,3}$")] = ""


class TimesQuery(BaseModel):
    """``day``: whose times are wanted; the first with room otherwise."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    day: date | None = None


class BookingSent(Private):
    """``starts_at``: as the page showed it; ``statements``: all that the service asks for."""

    service: Id
    office: OfficeId
    starts_at: AwareDatetime
    statements: Statements


class TimeSent(Private):
    office: OfficeId
    starts_at: AwareDatetime


class StatementsSent(Private):
    statements: Statements


class CodeSent(Private):
    code: Code


class ConfirmationSent(CodeSent):
    statements: Statements


class LineSent(Private):
    service: Id
    office: OfficeId
    day: date
    statements: Statements


class SourceShown(BaseModel):
    title: str
    article: str


class StatementShown(BaseModel):
    code: str
    said: str
    source: SourceShown


class ElsewhereShown(BaseModel):
    case: str
    title: str
    where: str
    source: SourceShown


class OfficeShown(BaseModel):
    id: str
    title: str
    city: str


class AppointmentsShown(BaseModel):
    """How people come to a service: ``people`` who confirm, minutes they have for it, how far
    ahead; ``elsewhere``: cases that other offices see to, with where one goes.
    """

    service: str
    title: str
    people: int
    minutes: int
    ahead_days: int
    hold_minutes: int
    offer_minutes: int
    statements: list[StatementShown]
    elsewhere: list[ElsewhereShown]


class OfficesShown(BaseModel):
    """In the order of their codes."""

    offices: list[OfficeShown]


class DayShown(BaseModel):
    day: date
    left: int


class TimeShown(BaseModel):
    """``open``: it can be booked now, if ``left`` is more than nothing."""

    starts_at: datetime
    ends_at: datetime
    left: int
    open: bool


class TimesShown(BaseModel):
    """``day``: whose times these are; null where no day has any."""

    office: OfficeShown
    days: list[DayShown]
    day: date | None
    times: list[TimeShown]

    @classmethod
    def of(cls, seen: Seen, locale: str) -> "TimesShown":
        office = seen.office
        return cls(
            office=OfficeShown(id=office.id, title=office.title[locale], city=office.city[locale]),
            days=[DayShown(day=one.day, left=one.left) for one in seen.days],
            day=seen.day,
            times=[
                TimeShown(
                    starts_at=one.slot.starts_at,
                    ends_at=one.slot.ends_at,
                    left=one.left,
                    open=one.open,
                )
                for one in seen.times
            ],
        )


class BookingLine(BaseModel):
    """``until``: when an offer or a hold is over."""

    number: str
    service: str
    title: str
    office: OfficeShown
    starts_at: datetime
    ends_at: datetime
    state: str
    state_title: str
    until: datetime | None

    @classmethod
    def of(cls, row: Booking, ask: "Ask[None, None] | Ask[CodeSent, None]") -> "BookingLine":
        return cls(
            number=row.number,
            service=row.service,
            title=_title(row.service, ask),
            office=office_of(row.service, row.office, ask),
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            state=row.state,
            state_title=text(f"booking.state.{row.state}", ask.locale),
            until=row.until,
        )


class LineShown(BaseModel):
    """A place in a line; ``ahead``: how many stand before it."""

    id: int
    service: str
    title: str
    office: OfficeShown
    day: date
    state: str
    state_title: str
    ahead: int

    @classmethod
    def of(cls, waiting: Waiting, ask: Ask[None, None]) -> "LineShown":
        row: BookingWait = waiting.row
        return cls(
            id=row.id,
            service=row.service,
            title=_title(row.service, ask),
            office=office_of(row.service, row.office, ask),
            day=row.day,
            state=row.state,
            state_title=text(f"booking.line.{row.state}", ask.locale),
            ahead=waiting.ahead,
        )


class BookingsShown(BaseModel):
    """The latest times first, fifty at most; lines in the order they were joined."""

    bookings: list[BookingLine]
    lines: list[LineShown]


class BookingShown(BookingLine):
    """``first``: the reader booked it; ``other``: masked name of who else comes; ``code``: for
    that person, while they have to confirm; ``may``: accept, change, cancel.
    """

    first: bool
    other: str
    code: str | None
    may: list[str]

    @classmethod
    def mine(cls, found: Mine, ask: Ask[None, None]) -> "BookingShown":
        return cls(
            **BookingLine.of(found.row, ask).model_dump(),
            first=found.first,
            other=found.other,
            code=found.code,
            may=list(found.may),
        )


class InvitationShown(BaseModel):
    """What the second is asked to come to; ``by``: the first's name, masked."""

    booking: BookingLine
    by: str
    until: datetime


class LineGiven(BaseModel):
    id: int


def office_of(
    service: str, office: str, ask: "Ask[None, None] | Ask[CodeSent, None]"
) -> OfficeShown:
    """One that is there no more keeps its code."""
    found = ask.parts.catalogue.services.get(service)
    known = found.appointments.offices.get(office) if found and found.appointments else None
    if known is None:
        return OfficeShown(id=office, title=office, city="")
    return OfficeShown(id=office, title=known.title[ask.locale], city=known.city[ask.locale])


def _title(service: str, ask: "Ask[None, None] | Ask[CodeSent, None]") -> str:
    try:
        return ask.parts.catalogue.service(service).title[ask.locale]
    except ServiceUnknown:
        return service
