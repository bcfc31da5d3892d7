"""A day at an office as its staff see it: who is expected when, who came, who did not.

The list holds nothing of residents. Opening one is recorded for both before their names are shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

from config.database import reaching_database
from config.writing import write
from identity import release
from identity.caller import Caller
from identity.staff.errors import StaffNotOneself
from identity.staff.oneself import own_residents
from identity.staff.roles import Member, Role
from services.asking import Residents
from services.bookings import seats
from services.bookings.declaration import Office
from services.bookings.errors import BookingMissing, NotToday, OfficeUnknown, TooEarlyToMiss
from services.bookings.ledger import Room, numbered, parties, place_of, residents_of
from services.bookings.line import Lines
from services.bookings.states import GRACE, SEATED, Event, State
from services.clocks import today
from services.models import Booking, BookingWait

ROLES = frozenset({Role.CASEWORKER, Role.LEAD})
PURPOSE = "booking"
_SHOWN = (*SEATED, State.NO_SHOW, State.UNRECORDED)


@dataclass(frozen=True)
class Expected:
    """Who is expected: ``people`` each with name, masked number and what they stated."""

    row: Booking = field(repr=False)
    people: Sequence[dict[str, str]] = field(repr=False)
    may: Sequence[str]


@dataclass(frozen=True)
class Desk:
    room: Room
    residents: Residents

    def offices(self, member: Member) -> Sequence[tuple[str, Office]]:
        """Of their departments in their region, with the service. Raises StaffRoleMissing."""
        member.need(*ROLES)
        return [
            (service.id, office)
            for service in self.room.catalogue.services.values()
            if service.appointments and service.department.id in member.departments
            for office in service.appointments.offices.values()
            if member.covers(office.id)
        ]

    async def day(self, member: Member, service: str, office: str, day: date) -> list[Booking]:
        """Every seat of the day that somebody has or missed, in order. Raises OfficeUnknown."""
        self._check(member, service, office)
        with reaching_database():
            rows = Booking.filter(service=service, office=office, day=day, state__in=_SHOWN)
            return await rows.order_by("starts_at", "seat")

    async def waiting(self, member: Member, service: str, office: str, day: date) -> int:
        """How many wait for the day. Raises OfficeUnknown."""
        self._check(member, service, office)
        with reaching_database():
            rows = BookingWait.filter(service=service, office=office, day=day, state="waiting")
            return await rows.count()

    async def one(self, member: Member, number: str) -> Expected:
        """Open one; both see that it was read. Raises BookingMissing or StaffNotOneself."""
        with reaching_database():
            async with in_transaction() as connection:
                row = await self._locked(connection, member, number)
                people = await parties(connection, row.id)
                caller, whose = self._caller(member, row), residents_of(people)
                await write(connection, *self.room.audited(row, "read", whose, caller))
        shown = [await self._person(UUID(str(one.resident_id)), caller) for one in people]
        stated = [one.statements for one in people]
        named = [{**who, "statements": said} for who, said in zip(shown, stated, strict=True)]
        return Expected(row, named, self._may(row))

    async def arrived(self, member: Member, number: str) -> None:
        """They are there. Raises BookingMissing, StaffNotOneself, BookingMoved or NotToday."""
        await self._tell(member, number, Event.ARRIVE)

    async def missed(self, member: Member, number: str) -> None:
        """They did not come: what is left of their time goes to the line.

        Raises BookingMissing, StaffNotOneself, BookingMoved or TooEarlyToMiss.
        """
        await self._tell(member, number, Event.MISS)

    async def _tell(self, member: Member, number: str, event: Event) -> None:
        with reaching_database():
            async with in_transaction() as connection:
                row = await self._locked(connection, member, number, day=True)
                self._check_time(row, event)
                people = residents_of(await parties(connection, row.id))
                row.staff_id = member.id
                name = "arrived" if event is Event.ARRIVE else "no-show"
                beside = self.room.audited(row, name, people, self._caller(member, row))
                if event is Event.MISS:
                    beside += self.room.telling(row, "no-show", people)
                await self.room.move(connection, row, event, beside)
                if event is Event.MISS:
                    await Lines(self.room).hand_on(connection, place_of(row))

    def _check_time(self, row: Booking, event: Event) -> None:
        at = self.room.clock()
        if row.state != State.BOOKED:
            return  # the move says what it is
        if event is Event.MISS and at - row.starts_at < GRACE:
            raise TooEarlyToMiss(minutes=int(GRACE.total_seconds()) // 60)
        if event is Event.ARRIVE and today(at) != row.day:
            raise NotToday()

    async def _locked(
        self, connection: BaseDBAsyncClient, member: Member, number: str, *, day: bool = False
    ) -> Booking:
        own = await own_residents(self.room.vault, member, connection)
        seen = await self._rows(number).using_db(connection).first()
        if seen is None or not self._theirs(member, seen.service, seen.office):
            raise BookingMissing()
        if day:
            await seats.lock_days(connection, place_of(seen))
        row = await self._rows(number).using_db(connection).select_for_update().first()
        if row is None or place_of(row) != place_of(seen):
            raise BookingMissing("changed meanwhile")
        if own.intersection(residents_of(await parties(connection, row.id))):
            raise StaffNotOneself()
        return row

    def _rows(self, number: str) -> QuerySet[Booking]:
        return Booking.filter(number=numbered(number), state__in=_SHOWN)

    def _check(self, member: Member, service: str, office: str) -> None:
        if not self._theirs(member, service, office):
            raise OfficeUnknown()

    def _theirs(self, member: Member, service: str, office: str) -> bool:
        return any(id == service and one.id == office for id, one in self.offices(member))

    def _caller(self, member: Member, row: Booking) -> Caller:
        role = Role.CASEWORKER if Role.CASEWORKER in member.roles else Role.LEAD
        service, _ = self.room.service(row.service)
        return member.acting(role, service.department.id)

    async def _person(self, resident: UUID, caller: Caller) -> dict[str, str]:
        """As papers are compared (``release.to_staff``)."""
        person = await self.residents.reveal(resident)
        return dict(release.to_staff(replace(caller, purpose=PURPOSE), person))

    def _may(self, row: Booking) -> list[str]:
        if row.state != State.BOOKED:
            return []
        at = self.room.clock()
        acts = ["arrival"] if today(at) == row.day else []
        return [*acts, "no-show"] if at - row.starts_at >= GRACE else acts
