"""The real marriage appointments on a real database, with residents, a bureau and a clock of the
test's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from tortoise.connection import get_connection

from config.settings import Settings
from identity.caller import Caller
from identity.models import Notice
from identity.person import IdNumber, Person
from identity.staff.roles import Member, Role
from identity.vault import Vault
from services.bookings.asked import Receipt, Wish
from services.bookings.changing import Changes
from services.bookings.confirming import Confirming
from services.bookings.declaration import Office
from services.bookings.desk import Desk
from services.bookings.examining import Examination
from services.bookings.ledger import Room
from services.bookings.own import Own
from services.bookings.seats import Place
from services.bookings.sight import Sight
from services.bookings.story import Bookings
from services.bookings.watch import Watch
from services.catalogue import Catalogue
from services.departments.civil_affairs.department import CivilAffairs, Marriage
from services.hours import SHANGHAI, Hours
from services.idempotency import Once
from services.models import Booking, BookingParty, BookingWait
from services.sandbox.fiction import Sex, draw_number
from tests.services.counter import Writing, caller
from tests.support.log_capture import personal
from tests.support.session_parts import a_resident

SERVICE = "marriage-appointment"
OFFICE = "440703"  # one window
DAY = date(2026, 12, 1)  # a Tuesday
STATED = ("voluntary", "unmarried", "unrelated")
HE, SHE = "刘测试", "陈测试"


@cache
def of_the_house() -> Catalogue:
    return Catalogue.load()


def at(clock: str, day: date = DAY) -> datetime:
    """A time of day in China."""
    hour, minute = clock.split(":")
    return datetime(day.year, day.month, day.day, int(hour), int(minute), tzinfo=SHANGHAI)


class Clock:
    """A Friday morning in China, until a test moves it."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


class People:
    """Residents and who they are."""

    def __init__(self) -> None:
        self.known: dict[UUID, Person] = {}

    async def reveal(self, resident: UUID) -> Person:
        return self.known[resident]

    async def one(self, sex: Sex = "male", born: date = date(1995, 3, 4), **other: str) -> Caller:
        """Somebody new; ``kind`` of their document."""
        number = IdNumber(personal(draw_number(sex, born)), **other)
        resident = await a_resident()
        self.known[resident] = Person(resident, HE if sex == "male" else SHE, number)
        return caller(resident)


class Bureau(CivilAffairs):
    """Says of everybody what a test lays out: a status, or an exception."""

    def __init__(self) -> None:
        self.says: Any = "single"
        self.asked = 0

        class Access:
            class hours:
                opens_at = staticmethod(lambda _now: None)

        self.access = Access()  # type: ignore[assignment]

    async def marriage(self, person: Person) -> Marriage:
        self.asked += 1
        if isinstance(self.says, Exception):
            raise self.says
        return Marriage.model_construct(status=self.says)


class NoWrongCodes:
    """The count of wrong codes is Valkey's; it has tests of its own."""

    async def count(self, address: str) -> None: ...

    async def forgive(self, address: str) -> None: ...


@dataclass
class Bench:
    """One web process and one worker in one."""

    room: Room
    clock: Clock
    people: People
    bureau: Bureau
    audit: Writing
    story: Bookings
    confirming: Confirming
    changes: Changes
    own: Own
    sight: Sight
    desk: Desk
    watch: Watch
    codes: list[str] = field(default_factory=list)

    async def man(self, **other: Any) -> Caller:
        return await self.people.one("male", **other)

    async def woman(self, **other: Any) -> Caller:
        return await self.people.one("female", **other)

    async def hold(
        self,
        who: Caller,
        starts_at: datetime,
        *,
        office: str = OFFICE,
        once: Once | None = None,
        stated: Sequence[str] = STATED,
    ) -> Receipt:
        wish = Wish(SERVICE, office, starts_at, tuple(stated))
        return await self.story.book(who, wish, "en", once)

    async def confirm(self, who: Caller, code: str | None, *, once: Once | None = None) -> Receipt:
        return await self.confirming.confirm(
            who, code or "", STATED, locale="en", address="192.0.2.1", once=once
        )

    async def couple(self, starts_at: datetime, office: str = OFFICE) -> tuple[Caller, Caller, str]:
        """Two who have booked; the number."""
        he, she = await self.man(), await self.woman()
        held = await self.hold(he, starts_at, office=office)
        await self.confirm(she, held.code)
        return he, she, held.number

    async def fill(self, day: date = DAY, office: str = OFFICE) -> list[tuple[Caller, Caller, str]]:
        """Every time of a day of an office with one window, in order."""
        _, plan = self.room.service(SERVICE)
        slots = plan.slots(plan.offices[office], day)
        return [await self.couple(slot.starts_at, office) for slot in slots]

    async def wait(self, who: Caller, day: date = DAY, once: Once | None = None) -> int:
        return await self.story.wait(who, Place(SERVICE, OFFICE, day), STATED, "en", once)

    async def accept(self, who: Caller, number: str) -> Receipt:
        return await self.story.accept(who, number, STATED, "en")

    async def row(self, number: str) -> Booking:
        return await Booking.get(number=number)

    async def state(self, number: str) -> str:
        return str((await self.row(number)).state)

    async def offer_to(self, who: Caller) -> Booking | None:
        """What is offered to somebody now."""
        mine = await BookingParty.filter(resident_id=who.resident, living=True).first()
        row = await Booking.get(id=mine.booking_id) if mine else None
        return row if row and row.state == "offered" else None

    async def line(self, id: int) -> str:
        return str((await BookingWait.get(id=id)).state)

    async def told(self, who: Caller) -> list[str]:
        """Kinds of notices, in order."""
        rows = Notice.filter(resident_id=who.resident).order_by("created_at", "id")
        return [str(kind) for kind in await rows.values_list("kind", flat=True)]

    async def events(self, who: Caller) -> list[str]:
        rows = await get_connection("default").execute_query_dict(
            "SELECT event FROM audit_event WHERE resident_id = $1 AND event LIKE 'booking:%'"
            " ORDER BY id",
            [who.resident],
        )
        return [row["event"].removeprefix("booking:") for row in rows]

    def office(self) -> Office:
        _, plan = self.room.service(SERVICE)
        return plan.offices[OFFICE]


def once(
    who: Caller, key: str = "k-1", body: str = "b" * 64, route: str = "POST /v1/bookings"
) -> Once:
    assert who.resident
    return Once(who.resident, who.actor, route, key, body)


def stale(who: Caller) -> Caller:
    """The same, proven an hour ago."""
    return replace(who, auth_time=datetime.now(UTC) - timedelta(hours=1))


def with_hours(written: str) -> Catalogue:
    """The same service, on fewer times."""
    service = of_the_house().service(SERVICE)
    assert service.appointments
    times = replace(service.appointments.timetable, hours=Hours.read(written))
    plan = replace(service.appointments, timetable=times)
    return Catalogue([replace(service, appointments=plan)], [CivilAffairs])


def member(**other: Any) -> Member:
    """Somebody of the registries of Jiangmen."""
    plain: dict[str, Any] = {
        "id": uuid4(),
        "login": "he.min",
        "roles": frozenset({Role.CASEWORKER}),
        "region": "4407",
        "session": uuid4(),
        "departments": frozenset({"civil-affairs"}),
        "document": "",
    }
    return Member(**(plain | other))


def bench(settings: Settings, hours: str = "") -> Bench:
    """The database is open already; ``hours`` other than the registries' own."""
    vault, clock, people, bureau, audit = (
        Vault.from_settings(settings), Clock(), People(), Bureau(), Writing()
    )  # fmt: skip
    room = Room(vault, with_hours(hours) if hours else of_the_house(), clock)
    story = Bookings(room, Examination(people, {"civil-affairs": bureau}, audit))
    return Bench(
        room=room,
        clock=clock,
        people=people,
        bureau=bureau,
        audit=audit,
        story=story,
        confirming=Confirming(story, NoWrongCodes()),  # type: ignore[arg-type]
        changes=Changes(story),
        own=Own(room, people),
        sight=Sight(room),
        desk=Desk(room, people),
        watch=Watch(room),
    )
