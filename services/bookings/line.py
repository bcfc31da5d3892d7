"""The line for a day that is full: who came first is offered first, and nobody is passed over.

A seat that becomes free goes to the line in the transaction that frees it, so nobody who merely
looks at the right moment is quicker than who waits. An offer that is not accepted in time goes to
the next. One offer a transaction: a transaction that waited for two residents could meet another
that waits for the same two the other way round.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

from config.writing import Write, insert, write
from identity.errors import ResidentClosed
from identity.notices import local_time
from identity.residents import stay
from services.applications.numbers import made
from services.bookings import seats
from services.bookings.errors import (
    BookingOpen,
    DayHasRoom,
    LineJoined,
    LineMissing,
    LinesTooMany,
)
from services.bookings.ledger import BOOKING, Room, parties, party_of, residents_of
from services.bookings.seats import Place
from services.bookings.states import (
    IN_LINE,
    LEAST,
    MOST_LINES,
    OFFER,
    PASSING,
    Event,
    Line,
    State,
)
from services.bookings.timetable import Slot
from services.clocks import today
from services.models import Booking, BookingWait

_LEAVE_ALL = """
    UPDATE booking_wait SET state = 'left', changed_at = {}
    WHERE service = {} AND resident_id = {} AND state = 'waiting'
"""


class Lines:
    def __init__(self, room: Room):
        self._room = room

    async def join(
        self,
        connection: BaseDBAsyncClient,
        resident: UUID,
        place: Place,
        statements: Sequence[str],
    ) -> int:
        """A place at the end; its id. The day and the resident are locked by it.

        Raises BookingOpen, LineJoined, LinesTooMany or DayHasRoom.
        """
        await seats.lock_days(connection, place)
        await seats.lock_resident(connection, place.service, resident)
        await self._check(connection, resident, place)
        at = self._room.clock()
        row = await BookingWait.create(
            using_db=connection,
            service=place.service,
            office=place.office,
            day=place.day,
            resident_id=resident,
            statements=" ".join(statements),
            state=Line.WAITING,
            joined_at=at,
            changed_at=at,
        )
        return int(row.id)

    async def leave(self, connection: BaseDBAsyncClient, resident: UUID, id: int) -> BookingWait:
        """Wait no more. What was offered already is declined as an appointment is cancelled.

        Raises LineMissing.
        """
        row = await BookingWait.get_or_none(id=id, resident_id=resident, using_db=connection)
        if row is None:
            raise LineMissing()
        await seats.lock_resident(connection, row.service, resident)
        mine = BookingWait.filter(id=id, state=Line.WAITING).using_db(connection)
        if not await mine.update(state=Line.LEFT, changed_at=self._room.clock()):
            raise LineMissing("waits no more")
        return row

    def leaving_all(self, service: str, resident: UUID) -> Write:
        """Who has an appointment waits for none. Under the resident's lock."""
        return Write(_LEAVE_ALL, [self._room.clock(), service, resident])

    async def settle(self, place: Place) -> None:
        """What is over frees its seat, and free seats go to who waits: as often as it takes."""
        while await seats.restless(place, self._room.clock()):
            async with in_transaction() as connection:
                await seats.lock_days(connection, place)
                await self._end_overdue(connection, place)
                if not await self.hand_on(connection, place):
                    return

    async def hand_on(self, connection: BaseDBAsyncClient, place: Place) -> bool:
        """Offer a free seat of the day to the first who waits, under the day's lock; False where
        there is none of either.
        """
        _, plan = self._room.service(place.service)
        found = await seats.free_of(connection, plan, place, self._room.clock())
        if found is None:
            return False
        first = await self._first(connection, place)
        if first is None:
            return False
        await self._offer(connection, place, first, *found)
        return True

    async def end(self, connection: BaseDBAsyncClient, row: Booking) -> None:
        """An offer or a hold whose time is over; the row and its day are locked."""
        people = residents_of(await parties(connection, row.id))
        kind = "offer-lapsed" if row.state == State.OFFERED else "lapsed"
        if row.state == State.OFFERED:
            await self.passed(connection, row)
        beside = [
            *self._room.audited(row, "lapsed", people, None),
            *self._room.telling(row, kind, people),
        ]
        await self._room.move(connection, row, Event.EXPIRE, beside)

    async def passed(self, connection: BaseDBAsyncClient, row: Booking) -> None:
        """They let their offer go: their place in the line is over."""
        await self._change(connection, row, Line.PASSED)

    async def taken(self, connection: BaseDBAsyncClient, row: Booking) -> None:
        """They accepted."""
        await self._change(connection, row, Line.TAKEN)

    async def _change(self, connection: BaseDBAsyncClient, row: Booking, state: Line) -> None:
        waited = BookingWait.filter(id=row.waited_id, state=Line.OFFERED).using_db(connection)
        await waited.update(state=state, changed_at=self._room.clock())

    async def _check(self, connection: BaseDBAsyncClient, resident: UUID, place: Place) -> None:
        mine = BookingWait.filter(
            service=place.service, resident_id=resident, state__in=IN_LINE
        ).using_db(connection)
        if await mine.filter(office=place.office, day=place.day).exists():
            raise LineJoined()
        if await mine.count() >= MOST_LINES:
            raise LinesTooMany(most=MOST_LINES)
        at = self._room.clock()
        known = await seats.look(place, at, resident, at, connection)
        if known.mine:
            raise BookingOpen(number=known.mine)
        if not known.waited and await self._has_room(connection, place):
            raise DayHasRoom()

    async def _has_room(self, connection: BaseDBAsyncClient, place: Place) -> bool:
        """Whether somebody could simply book."""
        _, plan = self._room.service(place.service)
        had, at = (
            await seats.taken(place.service, place.office, [place.day], connection),
            self._room.clock(),
        )
        return any(
            seats.first_free(slot, had.get(slot.starts_at, frozenset())) is not None
            for slot in plan.slots(plan.offices[place.office], place.day)
            if plan.timetable.bookable(slot, at)
        )

    async def _end_overdue(self, connection: BaseDBAsyncClient, place: Place) -> None:
        over = _at(place).filter(state__in=PASSING, until__lte=self._room.clock())
        for row in await over.using_db(connection).order_by("until", "id").select_for_update():
            await self.end(connection, row)

    async def _first(self, connection: BaseDBAsyncClient, place: Place) -> BookingWait | None:
        """The first who still waits when they are locked; who booked meanwhile has left, and so has
        whoever is not a resident any more.
        """
        line = BookingWait.filter(
            service=place.service, office=place.office, day=place.day, state=Line.WAITING
        ).using_db(connection)
        while row := await line.order_by("id").first():
            await seats.lock_resident(connection, place.service, row.resident_id)
            mine = line.filter(id=row.id)
            if not await mine.exists():
                continue
            if await self._stays(connection, row):
                return row
            await mine.update(state=Line.LEFT, changed_at=self._room.clock())
        return None

    async def _stays(self, connection: BaseDBAsyncClient, row: BookingWait) -> bool:
        """Whether they are still here to be offered something."""
        try:
            await stay(connection, UUID(str(row.resident_id)))
        except ResidentClosed:
            return False
        return True

    async def _offer(
        self, connection: BaseDBAsyncClient, place: Place, wait: BookingWait, slot: Slot, seat: int
    ) -> None:
        at, id, resident = self._room.clock(), uuid4(), UUID(str(wait.resident_id))
        until = min(at + OFFER, slot.ends_at - LEAST)
        row = Booking(
            id=id,
            number=made(BOOKING, today(at)),
            service=place.service,
            office=place.office,
            day=place.day,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            seat=seat,
            state=State.OFFERED,
            until=until,
            waited_id=wait.id,
            created_at=at,
            changed_at=at,
        )
        party = party_of(row, resident, 1, wait.statements.split(), at)
        wait.state, wait.changed_at = Line.OFFERED, at
        await wait.save(using_db=connection, update_fields=["state", "changed_at"])
        await write(
            connection,
            insert(row),
            insert(party),
            *self._room.audited(row, "offered", [resident], None),
            *self._room.telling(row, "offered", [resident], until=local_time(until)),
        )


def _at(place: Place) -> QuerySet[Booking]:
    return Booking.filter(service=place.service, office=place.office, day=place.day)


async def ahead_of(wait: BookingWait) -> int:
    """How many stand before them."""
    line = BookingWait.filter(service=wait.service, office=wait.office, day=wait.day)
    return await line.filter(state__in=IN_LINE, id__lt=wait.id).count()


async def places_that_move(at: datetime, day: date) -> list[Place]:
    """Days, from today on, with a line or with something that is over."""
    lines = BookingWait.filter(state=Line.WAITING, day__gte=day)
    over = Booking.filter(state__in=PASSING, until__lte=at)
    found = [
        await rows.distinct().values_list("service", "office", "day") for rows in (lines, over)
    ]
    return sorted({Place(*one) for rows in found for one in rows})
