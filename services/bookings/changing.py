"""Cancelling and changing: either of two may, the other is told, and the seat that is left goes to
the line in the same transaction.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.database import reaching_database
from identity.caller import Caller
from services.bookings import seats
from services.bookings.errors import ChangesTooMany
from services.bookings.examining import permit, resident_of
from services.bookings.ledger import Room, parties, place_of, residents_of
from services.bookings.line import Lines
from services.bookings.seats import Place
from services.bookings.states import MOST_CHANGES, BookingMoved, Event, State
from services.bookings.story import Bookings, seat_in
from services.bookings.timetable import Slot
from services.clocks import today
from services.models import Booking, BookingParty


class Changes:
    def __init__(self, bookings: Bookings):
        self._bookings = bookings

    @property
    def _room(self) -> Room:
        return self._bookings.room

    @property
    def _lines(self) -> Lines:
        return self._bookings.lines

    async def cancel(self, caller: Caller, number: str) -> None:
        """Either of two may; the other is told, and the seat goes to the line.

        Raises BookingMissing or BookingMoved.
        """
        resident = resident_of(caller)
        row, _, _ = await self._bookings.found(caller, number)
        with reaching_database():
            async with in_transaction() as connection:
                row = await self._locked_with_days(connection, resident, row)
                people = residents_of(await parties(connection, row.id))
                if row.state == State.BOOKED and row.starts_at <= self._room.clock():
                    raise BookingMoved("has begun", state=row.state)
                if row.state == State.OFFERED:
                    await self._lines.passed(connection, row)
                beside = self._room.audited(row, "cancelled", people, caller)
                if row.state != State.OFFERED:
                    beside += self._room.telling(row, "cancelled", people)
                await self._room.move(connection, row, Event.CANCEL, beside)
                await self._lines.hand_on(connection, place_of(row))

    async def change(
        self, caller: Caller, number: str, office_id: str, starts_at: datetime, locale: str
    ) -> None:
        """Another time or office for both, who are told; the seat they leave goes to the line.

        Raises BookingMissing, BookingMoved, ChangesTooMany, OfficeUnknown, OfficeElsewhere,
        SlotUnknown, SlotTaken, DayWaitedFor, and BookingRefused for a day that is too early for
        one of them.
        """
        row, service, plan = await self._bookings.found(caller, number)
        resident = permit(caller, service)
        office = plan.office(office_id, locale)
        slot = plan.slot(office, starts_at, self._room.clock())
        place = Place(service.id, office.id, today(slot.starts_at))
        for one in await BookingParty.filter(booking_id=row.id):
            whose = UUID(str(one.resident_id))
            await self._bookings.examination.alone(service, whose, place.day, locale)
        with reaching_database():
            await self._lines.settle(place)
            async with in_transaction() as connection:
                row = await self._locked_with_days(connection, resident, row, place)
                left = place_of(row)
                await self._move_to(connection, row, resident, slot, place)
                people = residents_of(await parties(connection, row.id))
                beside = self._room.audited(row, "changed", people, caller)
                await self._room.keep(
                    connection, row, [*beside, *self._room.telling(row, "changed", people)]
                )
                await self._lines.hand_on(connection, left)

    async def _locked_with_days(
        self, connection: BaseDBAsyncClient, resident: UUID, seen: Booking, *more: Place
    ) -> Booking:
        """The day it was seen on, and others, before the row. Raises BookingMoved where it was
        changed to another day since.
        """
        await seats.lock_days(connection, place_of(seen), *more)
        row = await self._bookings.locked(connection, resident, seen.number)
        if place_of(row) != place_of(seen):
            raise BookingMoved("changed meanwhile", state=row.state)
        return row

    async def _move_to(
        self,
        connection: BaseDBAsyncClient,
        row: Booking,
        resident: UUID,
        slot: Slot,
        place: Place,
    ) -> None:
        if row.state != State.BOOKED or row.starts_at <= self._room.clock():
            raise BookingMoved("change", state=row.state)
        if row.changes >= MOST_CHANGES:
            raise ChangesTooMany(most=MOST_CHANGES)
        known = await seats.look(place, slot.starts_at, resident, self._room.clock(), connection)
        row.seat = seat_in(replace(known, mine=None), slot)
        row.office, row.day = place.office, place.day
        row.starts_at, row.ends_at = slot.starts_at, slot.ends_at
        row.changes, row.reminded_at = row.changes + 1, None
