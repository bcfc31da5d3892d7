"""Booking, accepting an offer, cancelling, changing, waiting: what one resident does.

Each story is one transaction with its locks (``seats``): row, audit rows, notices, and the seat
that becomes free handed to the line, or nothing. What is repeated with the same Idempotency-Key is
answered again and done once. How the second of two confirms stands in ``confirming``.
"""

from collections.abc import Sequence
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.database import reaching_database
from config.errors import Problem
from config.writing import Write, insert, write
from identity import written_codes
from identity.caller import Caller
from services.applications.numbers import made
from services.applications.own import numbered as tried_again
from services.bookings import ledger, seats
from services.bookings.asked import Receipt, Taking, Wish
from services.bookings.declaration import Appointments
from services.bookings.errors import (
    BookingMissing,
    BookingOpen,
    DayWaitedFor,
    SlotTaken,
    SlotUnknown,
)
from services.bookings.examining import Examination, check_statements, permit, resident_of
from services.bookings.gates import Gates
from services.bookings.ledger import BOOKING, Room, party_of, residents_of
from services.bookings.line import Lines
from services.bookings.seats import Place
from services.bookings.states import (
    HOLD,
    BookingMoved,
    Event,
    State,
    after,
)
from services.bookings.timetable import Slot
from services.clocks import today
from services.idempotency import Idempotency, Once
from services.models import Booking, BookingParty
from services.service import Service


class Bookings:
    def __init__(self, room: Room, examination: Examination):
        self.room, self.lines = room, Lines(room)
        self.examination = examination
        self.idempotency = Idempotency(room.vault)
        self._gates = Gates()

    async def book(
        self, caller: Caller, wish: Wish, locale: str, once: Once | None = None
    ) -> Receipt:
        """Take a seat: held until the second confirms, or booked where one comes alone.

        Raises ServiceUnknown, OfficeUnknown, OfficeElsewhere, SlotUnknown, StatementsMissing,
        SlotTaken, DayWaitedFor, BookingOpen; what ``permit`` and ``Examination.one`` refuse;
        IdempotencyKeyReused or IdempotencyInFlight.
        """
        service, plan = self.room.service(wish.service)
        resident = permit(caller, service)
        office = plan.office(wish.office, locale)
        slot = plan.slot(office, wish.starts_at, self.room.clock())
        check_statements(plan, wish.statements)
        place = Place(service.id, office.id, today(slot.starts_at))
        taking = Taking(caller, resident, place, slot, wish.statements, once)
        async with self._gates.at(place, slot):
            async with self._gates.few:
                refusal = _refusal(await self._seen(taking), slot)
            if refusal is None:  # else the answer is known already, or nothing is left
                await self.examination.one(caller, service, place.day, locale)
            async with self._gates.few:
                return await tried_again(lambda: self._take(taking, refusal))

    async def _take(self, taking: Taking, refusal: Problem | None) -> Receipt:
        place, slot, resident = taking.place, taking.slot, taking.resident
        async with (
            in_transaction() as connection,
            self.idempotency.kept(connection, taking.once) as kept,
        ):
            if kept.known is not None:
                return Receipt.model_validate_json(kept.known)
            if refusal is not None:
                raise refusal
            await seats.lock_to_book(connection, place, slot.starts_at, resident)
            at = self.room.clock()
            known = await seats.look(place, slot.starts_at, resident, at, connection)
            row = self._new(place, slot, seat_in(known, slot))
            receipt = self.receipt(row)
            beside = kept.hand_over(receipt.model_dump_json().encode())
            party = party_of(row, resident, 1, taking.statements, at)
            await self._insert(connection, taking.caller, row, party, beside)
            return receipt

    async def accept(
        self,
        caller: Caller,
        number: str,
        statements: Sequence[str],
        locale: str,
        once: Once | None = None,
    ) -> Receipt:
        """Take what was offered. Raises BookingMissing, BookingMoved, StatementsMissing, what
        ``permit`` and ``Examination.one`` refuse, and what ``kept`` refuses.
        """
        row, service, plan = await self.found(caller, number)
        resident = permit(caller, service)
        check_statements(plan, statements)
        if row.state == State.OFFERED:
            await self.examination.one(caller, service, row.day, locale)
        with reaching_database():
            async with (
                in_transaction() as connection,
                self.idempotency.kept(connection, once) as kept,
            ):
                if kept.known is not None:
                    return Receipt.model_validate_json(kept.known)
                row = await self.locked(connection, resident, number)
                at = self.room.clock()
                after(row.state, Event.ACCEPT)
                if row.until is None or row.until <= at:
                    raise BookingMoved("offer over", state=State.LAPSED.value)
                row.until = min(at + HOLD, row.ends_at)
                row.code = self.room.code_digest(UUID(str(row.id)))
                await self.lines.taken(connection, row)
                audited = self.room.audited(row, "accepted", [resident], caller)
                await self.room.move(connection, row, Event.ACCEPT, audited)
                receipt = self.receipt(row)
                kept.keep(receipt.model_dump_json().encode())
                return receipt

    async def wait(
        self,
        caller: Caller,
        wish: Place,
        statements: Sequence[str],
        locale: str,
        once: Once | None = None,
    ) -> int:
        """Wait for a day that is full; the id of the place in the line.

        Raises ServiceUnknown, OfficeUnknown, OfficeElsewhere, SlotUnknown, StatementsMissing, what
        ``permit``, ``Examination.alone``, ``Lines.join`` and ``kept`` refuse.
        """
        service, plan = self.room.service(wish.service)
        resident = permit(caller, service)
        plan.office(wish.office, locale)
        check_statements(plan, statements)
        if wish.day not in plan.timetable.days(self.room.clock()):
            raise SlotUnknown()
        await self.examination.alone(service, resident, wish.day, locale)
        with reaching_database():
            await self.lines.settle(wish)
            async with (
                in_transaction() as connection,
                self.idempotency.kept(connection, once) as kept,
            ):
                if kept.known is not None:
                    return int(kept.known)
                id = await self.lines.join(connection, resident, wish, statements)
                kept.keep(str(id).encode())
            await self.lines.settle(wish)  # a time that is too near to be booked may be free
        return id

    async def leave(self, caller: Caller, id: int) -> None:
        """Wait no more. Raises LineMissing."""
        resident = resident_of(caller)
        with reaching_database():
            async with in_transaction() as connection:
                await self.lines.leave(connection, resident, id)

    def receipt(self, row: Booking) -> Receipt:
        """What the first of two is answered."""
        held = row.state == State.HELD
        code = written_codes.grouped(self.room.code(UUID(str(row.id)))) if held else None
        return Receipt(number=row.number, state=str(row.state), code=code, until=row.until)

    async def locked(self, connection: BaseDBAsyncClient, resident: UUID, number: str) -> Booking:
        """The row for this transaction alone. Raises BookingMissing."""
        rows = Booking.select_for_update().using_db(connection)
        row = await rows.get_or_none(number=ledger.numbered(number))
        if row is None or not await _comes(resident, row, connection):
            raise BookingMissing()
        return row

    async def found(self, caller: Caller, number: str) -> tuple[Booking, Service, Appointments]:
        resident = resident_of(caller)
        with reaching_database():
            row = await Booking.get_or_none(number=ledger.numbered(number))
            if row is None or not await _comes(resident, row):
                raise BookingMissing()
        return row, *self.room.service(row.service)

    async def _seen(self, taking: Taking) -> seats.Looked:
        """A time as it is once the line has moved."""
        with reaching_database():
            at = self.room.clock()
            asked = taking.place, taking.slot.starts_at, taking.resident, at
            known = await seats.look(*asked)
            if known.restless:
                await self.lines.settle(taking.place)
                known = await seats.look(*asked)
            return known

    def _new(self, place: Place, slot: Slot, seat: int) -> Booking:
        _, plan = self.room.service(place.service)
        at, id, alone = self.room.clock(), uuid4(), plan.people == 1
        return Booking(
            id=id,
            number=made(BOOKING, today(at)),
            service=place.service,
            office=place.office,
            day=place.day,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            seat=seat,
            state=State.BOOKED if alone else State.HELD,
            until=None if alone else min(at + HOLD, slot.ends_at),
            code="" if alone else self.room.code_digest(id),
            created_at=at,
            changed_at=at,
        )

    async def _insert(
        self,
        connection: BaseDBAsyncClient,
        caller: Caller,
        row: Booking,
        party: BookingParty,
        beside: Sequence[Write],
    ) -> None:
        whose = residents_of([party])
        booked = row.state == State.BOOKED
        telling = self.room.telling(row, "booked", whose) if booked else []
        audited = self.room.audited(row, "booked" if booked else "held", whose, caller)
        leaving = self.lines.leaving_all(row.service, whose[0])
        await write(connection, insert(row), insert(party), leaving, *audited, *telling, *beside)


def _refusal(known: seats.Looked, slot: Slot) -> Problem | None:
    """Why it cannot be booked as it is seen now."""
    try:
        seat_in(known, slot)
    except Problem as refused:
        return refused
    return None


def seat_in(known: seats.Looked, slot: Slot) -> int:
    """One that is free and waited for by nobody. Raises BookingOpen, DayWaitedFor or SlotTaken."""
    if known.mine:
        raise BookingOpen(number=known.mine)
    seat = seats.first_free(slot, known.taken)
    if seat is None:
        raise SlotTaken()
    if known.waited:
        raise DayWaitedFor()
    return seat


async def _comes(resident: UUID, row: Booking, connection: BaseDBAsyncClient | None = None) -> bool:
    mine = BookingParty.filter(booking_id=row.id, resident_id=resident)
    return await (mine.using_db(connection) if connection else mine).exists()
