"""The clock of appointments: holds and offers that are over, reminders of the day before, and what
nobody wrote down. Safe to repeat and to run in any number of workers.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

from config import logs
from config.database import reaching_database
from config.jobs import Handler, Payload
from identity.models import Resident
from identity.vault import Vault
from services.bookings import seats
from services.bookings.ledger import Room, parties, place_of, residents_of
from services.bookings.line import Lines, places_that_move
from services.bookings.states import LIVING, Event, Line, State
from services.catalogue import Catalogue
from services.clocks import today
from services.errors import ServiceUnknown
from services.hours import SHANGHAI
from services.models import Booking, BookingWait

LINES, TIMES = "watch-booking-lines", "watch-booking-times"
SCHEDULES: Mapping[str, str] = {LINES: "* * * * *", TIMES: "*/10 * * * *"}
BEFORE = timedelta(hours=24)
UNRECORDED = timedelta(days=1)
_WAKING = range(8, 21)  # hours in which somebody may be reminded
_AT_ONCE = 500
_OF_THE_GONE = """
    SELECT DISTINCT party.booking_id AS id FROM booking_party AS party
        JOIN resident ON resident.id = party.resident_id
    WHERE party.living AND resident.closed_at IS NOT NULL LIMIT 500
"""
Act = Callable[[BaseDBAsyncClient, Booking], Awaitable[None]]
log = logs.get("services.bookings")


class Watch:
    def __init__(self, room: Room):
        self._room, self._lines = room, Lines(room)

    async def lines(self, _payload: Payload) -> None:
        """The handler of ``watch-booking-lines``."""
        at = self._room.clock()
        with reaching_database():
            for place in await places_that_move(at, today(at)):
                try:
                    await self._lines.settle(place)
                except ServiceUnknown:  # offered no more: its appointments stay as they are
                    log.info("booking-line-without-a-service", service=place.service)
            gone = BookingWait.filter(state=Line.WAITING, day__lt=today(at))
            await gone.update(state=Line.PASSED, changed_at=at)

    async def times(self, _payload: Payload) -> None:
        """The handler of ``watch-booking-times``."""
        at = self._room.clock()
        with reaching_database():
            if at.astimezone(SHANGHAI).hour in _WAKING:
                near = Booking.filter(starts_at__gt=at, starts_at__lte=at + BEFORE)
                await self._each(near.filter(reminded_at__isnull=True), self._remind)
            over = Booking.filter(ends_at__lte=at - UNRECORDED)
            await self._each(over, self._end)
            for gone in await get_connection("default").execute_query_dict(_OF_THE_GONE):
                await self._cancel(gone["id"])

    async def _each(self, rows: QuerySet[Booking], act: Act) -> None:
        booked = rows.filter(state=State.BOOKED)
        for id in await booked.order_by("starts_at").limit(_AT_ONCE).values_list("id", flat=True):
            async with in_transaction() as connection:
                locked = booked.filter(id=id).using_db(connection)
                row = await locked.select_for_update(skip_locked=True).first()
                if row is not None:
                    await act(connection, row)

    async def _remind(self, connection: BaseDBAsyncClient, row: Booking) -> None:
        people = residents_of(await parties(connection, row.id))
        row.reminded_at = self._room.clock()
        await self._room.keep(connection, row, self._room.telling(row, "reminder", people))

    async def _end(self, connection: BaseDBAsyncClient, row: Booking) -> None:
        """Nobody wrote down whether they came; they may book again."""
        await self._room.move(connection, row, Event.EXPIRE)

    async def _cancel(self, id: UUID) -> None:
        """One of them is no resident any more (they died, say): the other is told."""
        seen = await Booking.get(id=id)
        async with in_transaction() as connection:
            await seats.lock_days(connection, place_of(seen))
            living = Booking.filter(id=id, day=seen.day, office=seen.office, state__in=LIVING)
            row = await living.using_db(connection).select_for_update().first()
            if row is None:  # changed meanwhile: the next time
                return
            people = residents_of(await parties(connection, id))
            staying = Resident.filter(id__in=people, closed_at__isnull=True).using_db(connection)
            others = [UUID(str(one)) for one in await staying.values_list("id", flat=True)]
            beside = [
                *self._room.audited(row, "cancelled", people, None),
                *self._room.telling(row, "cancelled", others),
            ]
            if row.state == State.OFFERED:
                await self._lines.passed(connection, row)
            await self._room.move(connection, row, Event.CANCEL, beside)
            await self._lines.hand_on(connection, place_of(row))


def handlers(vault: Vault, catalogue: Catalogue) -> Mapping[str, Handler]:
    watch = Watch(Room(vault, catalogue))
    return {LINES: watch.lines, TIMES: watch.times}
