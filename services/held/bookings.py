"""Appointments, who comes to them, and places in lines.

An appointment that is still to come is kept until it is over or cancelled: the other comes too.
"""

from collections.abc import Sequence
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

from identity.holdings import Coded, Record
from services.models import Booking, BookingParty, BookingWait

OPEN = "open-booking"


async def open_bookings(resident: UUID) -> Sequence[str]:
    """Why appointments may not be erased yet."""
    living = BookingParty.filter(resident_id=resident, living=True)
    return (OPEN,) if await living.exists() else ()


class Booked:
    """The appointments; one that nobody is left of is deleted."""

    name = "bookings"
    tables = ("booking",)

    async def export(self, resident: UUID) -> list[Record]:
        mine = await BookingParty.filter(resident_id=resident).values_list("booking_id", flat=True)
        rows = Booking.filter(id__in=list(mine)).order_by("starts_at")
        return [
            {
                "number": row.number,
                "service": Coded("service", row.service),
                "office": row.office,
                "starts_at": row.starts_at,
                "state": Coded("booking.state", row.state),
                "created_at": row.created_at,
            }
            for row in await rows
        ]

    async def erase(self, connection: BaseDBAsyncClient, resident: UUID) -> None:
        mine = BookingParty.filter(resident_id=resident).using_db(connection)
        for booking in await mine.values_list("booking_id", flat=True):
            others = BookingParty.filter(booking_id=booking).exclude(resident_id=resident)
            if not await others.using_db(connection).exists():
                await Booking.filter(id=booking).using_db(connection).delete()


class Stated:
    """Who comes to what, and what they stated; erased after the appointments, found by it."""

    name = "booking-parties"
    tables = ("booking_party",)

    async def export(self, resident: UUID) -> list[Record]:
        rows = BookingParty.filter(resident_id=resident).order_by("confirmed_at")
        return [
            {
                "service": Coded("service", row.service),
                "statements": row.statements or None,
                "confirmed_at": row.confirmed_at,
            }
            for row in await rows
        ]

    async def erase(self, connection: BaseDBAsyncClient, resident: UUID) -> None:
        await BookingParty.filter(resident_id=resident).using_db(connection).delete()


class Waited:
    name = "booking-waits"
    tables = ("booking_wait",)

    async def export(self, resident: UUID) -> list[Record]:
        rows = BookingWait.filter(resident_id=resident).order_by("id")
        return [
            {
                "service": Coded("service", row.service),
                "office": row.office,
                "day": row.day,
                "state": Coded("booking.line", row.state),
                "joined_at": row.joined_at,
            }
            for row in await rows
        ]

    async def erase(self, connection: BaseDBAsyncClient, resident: UUID) -> None:
        await BookingWait.filter(resident_id=resident).using_db(connection).delete()
