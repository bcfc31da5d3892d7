"""The second of two: sees what is asked, states the same, and confirms with their own identity.

The first hands them a code. Whoever types it sees service, office and time, and the first's name
masked; a code that is wrong, used or over is answered alike, and wrong ones are counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from config.database import reaching_database
from config.writing import insert
from identity.caller import Caller
from identity.person import mask
from identity.wrong_codes import WrongCodes
from services.bookings import seats
from services.bookings.asked import Receipt
from services.bookings.errors import BookingCodeUnknown, BookingOfOneself, BookingOpen
from services.bookings.examining import check_pair, check_statements, permit, resident_of
from services.bookings.ledger import Room, parties, party_of, place_of, residents_of
from services.bookings.states import Event, State
from services.bookings.story import Bookings
from services.idempotency import Once
from services.models import Booking, BookingParty


@dataclass(frozen=True)
class Invited:
    """What the second is asked to come to; ``by``: the first's name, masked."""

    row: Booking = field(repr=False)
    by: str
    until: datetime


class Confirming:
    def __init__(self, bookings: Bookings, wrong: WrongCodes):
        self._bookings, self._wrong = bookings, wrong

    @property
    def _room(self) -> Room:
        return self._bookings.room

    async def invited(self, caller: Caller, code: str, address: str) -> Invited:
        """What stands behind a code. Raises SignInNeeded, TooManyFromAddress, CacheUnavailable,
        BookingCodeUnknown or BookingOfOneself.
        """
        resident = resident_of(caller)
        row = await self._held(code, address)
        first = (await self._parties(row))[0]
        if UUID(str(first.resident_id)) == resident:
            raise BookingOfOneself()
        person = await self._bookings.examination.residents.reveal(UUID(str(first.resident_id)))
        assert row.until is not None
        return Invited(row, mask(person.name), row.until)

    async def confirm(
        self,
        caller: Caller,
        code: str,
        statements: Sequence[str],
        *,
        locale: str,
        address: str,
        once: Once | None = None,
    ) -> Receipt:
        """Come too: from now on it is booked. What stands in the way of the second is told to them
        alone.

        Raises as ``invited``; StatementsMissing, BookingOpen; what ``permit``, ``check_pair``,
        ``Examination.one`` and ``kept`` refuse.
        """
        if (known := await self._known(caller, once)) is not None:
            return known
        row = await self._held(code, address)
        service, plan = self._room.service(row.service)
        resident = permit(caller, service)
        check_statements(plan, statements)
        first = UUID(str((await self._parties(row))[0].resident_id))
        if first == resident:
            raise BookingOfOneself()
        examination = self._bookings.examination
        other = await examination.alone(service, first, row.day, locale)
        second = await examination.one(caller, service, row.day, locale)
        check_pair(plan, other, second, locale)
        return await self._book(caller, resident, row, statements, once)

    async def _book(
        self,
        caller: Caller,
        resident: UUID,
        seen: Booking,
        statements: Sequence[str],
        once: Once | None,
    ) -> Receipt:
        with reaching_database():
            async with (
                in_transaction() as connection,
                self._bookings.idempotency.kept(connection, once) as kept,
            ):
                if kept.known is not None:
                    return Receipt.model_validate_json(kept.known)
                rows = Booking.select_for_update().using_db(connection)
                row = await rows.get(id=seen.id)
                at = self._room.clock()
                if row.state != State.HELD or row.until is None or row.until <= at:
                    raise BookingCodeUnknown("confirmed or over since")
                await seats.lock_resident(connection, row.service, resident)
                known = await seats.look(place_of(row), row.starts_at, resident, at, connection)
                if known.mine:
                    raise BookingOpen(number=known.mine)
                row.until, row.code = None, ""
                party = party_of(row, resident, 2, statements, at)
                people = [*residents_of(await parties(connection, row.id)), resident]
                beside = [
                    insert(party),
                    self._bookings.lines.leaving_all(row.service, resident),
                    *self._room.audited(row, "booked", people, caller),
                    *self._room.telling(row, "booked", people),
                ]
                await self._room.move(connection, row, Event.CONFIRM, beside)
                receipt = self._bookings.receipt(row)
                kept.keep(receipt.model_dump_json().encode())
                return receipt

    async def _held(self, code: str, address: str) -> Booking:
        """What is held under a code. Raises BookingCodeUnknown, TooManyFromAddress or
        CacheUnavailable.
        """
        await self._wrong.count(address)
        digests = self._room.code_digests(code)
        with reaching_database():
            row = await Booking.get_or_none(code__in=digests, state=State.HELD) if digests else None
        if row is None or row.until is None or row.until <= self._room.clock():
            raise BookingCodeUnknown()
        await self._wrong.forgive(address)
        return row

    async def _parties(self, row: Booking) -> list[BookingParty]:
        with reaching_database():
            return await BookingParty.filter(booking_id=row.id).order_by("place")

    async def _known(self, caller: Caller, once: Once | None) -> Receipt | None:
        """What the same request was answered: the code is used up by it."""
        if once is None:
            return None
        resident_of(caller)
        with reaching_database():
            found = await self._bookings.idempotency.answered(once)
        return Receipt.model_validate_json(found) if found is not None else None
