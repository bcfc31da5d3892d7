"""A day of appointments before the staff of an office: who comes, who came, who did not."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.ask import Ask
from api.booking_shapes import OfficeShown
from api.routes import Access, Routes
from api.staff_door import member_of
from config.texts import text
from services.bookings.desk import ROLES, Expected
from services.models import Booking

routes = Routes("staff")

_ONE = "/staff/bookings/{number}"


class DayQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    service: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    office: Annotated[str, StringConstraints(pattern=r"^[0-9]{6,9}$")]
    day: date


class DeskOffice(OfficeShown):
    """An office whose days may be seen, with the service it is for."""

    service: str
    service_title: str


class DeskOffices(BaseModel):
    offices: list[DeskOffice]


class ExpectedLine(BaseModel):
    """Nothing of the residents' own."""

    number: str
    starts_at: datetime
    seat: int
    state: str
    state_title: str

    @classmethod
    def of(cls, row: Booking, locale: str) -> "ExpectedLine":
        return cls(
            number=row.number,
            starts_at=row.starts_at,
            seat=row.seat,
            state=row.state,
            state_title=text(f"booking.state.{row.state}", locale),
        )


class ExpectedDay(BaseModel):
    """In the order of times and windows; ``waiting``: how many stand in the line."""

    bookings: list[ExpectedLine]
    waiting: int


class PersonExpected(BaseModel):
    """``id_number``: masked; ``statements``: codes of what they stated."""

    name: str
    id_number: str
    statements: list[str]


class ExpectedOpened(ExpectedLine):
    """``may``: arrival, no-show."""

    people: list[PersonExpected]
    may: list[str]

    @classmethod
    def opened(cls, found: Expected, locale: str) -> "ExpectedOpened":
        people = [
            PersonExpected(
                name=one["name"],
                id_number=one["id_number"],
                statements=one["statements"].split(),
            )
            for one in found.people
        ]
        line = ExpectedLine.of(found.row, locale).model_dump()
        return cls(**line, people=people, may=list(found.may))


@routes.get(
    "/staff/booking-offices",
    Access.STAFF,
    "The offices of one's departments and region that people come to by appointment",
    roles=ROLES,
    answer=DeskOffices,
)
async def offices(ask: Ask[None, None]) -> DeskOffices:
    desk, locale = ask.parts.launch.bookings.desk, ask.locale
    return DeskOffices(
        offices=[
            DeskOffice(
                id=one.id,
                title=one.title[locale],
                city=one.city[locale],
                service=service,
                service_title=ask.parts.catalogue.service(service).title[locale],
            )
            for service, one in desk.offices(member_of(ask))
        ]
    )


@routes.get(
    "/staff/bookings",
    Access.STAFF,
    "Everybody who is expected on a day, in order",
    roles=ROLES,
    query=DayQuery,
    answer=ExpectedDay,
)
async def day(ask: Ask[None, DayQuery]) -> ExpectedDay:
    desk, member, asked = ask.parts.launch.bookings.desk, member_of(ask), ask.query
    rows = await desk.day(member, asked.service, asked.office, asked.day)
    return ExpectedDay(
        bookings=[ExpectedLine.of(row, ask.locale) for row in rows],
        waiting=await desk.waiting(member, asked.service, asked.office, asked.day),
    )


@routes.get(
    _ONE,
    Access.STAFF,
    "Who comes; that it was read is recorded first, and both see it",
    roles=ROLES,
    answer=ExpectedOpened,
)
async def show(ask: Ask[None, None]) -> ExpectedOpened:
    found = await ask.parts.launch.bookings.desk.one(member_of(ask), ask.path["number"])
    return ExpectedOpened.opened(found, ask.locale)


@routes.post(f"{_ONE}/arrival", Access.STAFF, "They are there", roles=ROLES, status=204)
async def arrived(ask: Ask[None, None]) -> None:
    await ask.parts.launch.bookings.desk.arrived(member_of(ask), ask.path["number"])


@routes.post(
    f"{_ONE}/no-show",
    Access.STAFF,
    "They did not come; what is left of their time goes to the line",
    roles=ROLES,
    status=204,
)
async def missed(ask: Ask[None, None]) -> None:
    await ask.parts.launch.bookings.desk.missed(member_of(ask), ask.path["number"])
