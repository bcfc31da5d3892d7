"""Seats and the locks around them. Everybody takes locks in this order, so nobody waits in a ring:
days (sorted), one time, rows of bookings, residents.

A day is shared by those who book one of its times, and held alone by whoever frees a seat, hands
one out or joins its line: so a free seat and a line never stand side by side unseen. Should
all of this be wrong, the unique index ``booking_seat`` still gives a seat to one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection

from services.bookings.declaration import Appointments
from services.bookings.states import LEAST, PASSING, SEATED
from services.bookings.timetable import Slot

_DAY = "SELECT pg_advisory_xact_lock(hashtextextended($1, 5))"
_RESIDENT = "SELECT pg_advisory_xact_lock(hashtextextended($1, 7))"
_TO_BOOK = """
    SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 5)),
        pg_advisory_xact_lock(hashtextextended($2, 6)),
        pg_advisory_xact_lock(hashtextextended($3, 7))
"""
_LOOK = """
    SELECT array(SELECT seat FROM booking WHERE service = $1 AND office = $2 AND starts_at = $4
            AND state = ANY($6)) AS taken,
        EXISTS(SELECT FROM booking_wait WHERE service = $1 AND office = $2 AND day = $3
            AND state = 'waiting') AS waited,
        EXISTS(SELECT FROM booking WHERE service = $1 AND office = $2 AND day = $3
            AND state = ANY($7) AND until <= $8) AS over,
        (SELECT number FROM booking JOIN booking_party AS party ON party.booking_id = booking.id
            WHERE party.service = $1 AND party.resident_id = $5 AND party.living LIMIT 1) AS mine
"""
_TAKEN = """
    SELECT starts_at, array_agg(seat) AS seats FROM booking
    WHERE service = $1 AND office = $2 AND day = ANY($3) AND state = ANY($4) GROUP BY starts_at
"""
_RESTLESS = """
    SELECT EXISTS(SELECT FROM booking WHERE service = $1 AND office = $2 AND day = $3
            AND state = ANY($4) AND until <= $5) AS over,
        EXISTS(SELECT FROM booking_wait WHERE service = $1 AND office = $2 AND day = $3
            AND state = 'waiting') AS waited
"""


Had = Mapping[datetime, frozenset[int]]
"""Seats that somebody has, by time."""


@dataclass(frozen=True, order=True)
class Place:
    """Where a line forms: a day of an office."""

    service: str
    office: str
    day: date

    @property
    def key(self) -> str:
        return f"bookings:{self.service}|{self.office}|{self.day}"


@dataclass(frozen=True)
class Looked:
    """``mine``: the number of what this resident has already; ``over``: something of the day is,
    and its seat is about to be free.
    """

    taken: frozenset[int]
    waited: bool
    over: bool
    mine: str | None

    @property
    def restless(self) -> bool:
        """Whether the line may have to move first."""
        return self.waited or self.over


async def lock_days(connection: BaseDBAsyncClient, *places: Place) -> None:
    """Nobody else books, frees or waits there until this transaction ends."""
    for place in sorted(set(places)):
        await connection.execute_query(_DAY, [place.key])


async def lock_resident(connection: BaseDBAsyncClient, service: str, resident: object) -> None:
    await connection.execute_query(_RESIDENT, [f"bookings:{service}|{resident}"])


async def lock_to_book(
    connection: BaseDBAsyncClient, place: Place, starts_at: datetime, resident: UUID
) -> None:
    """One time of a day, and what this resident does."""
    time = f"{place.key}|{starts_at.isoformat()}"
    locks = [place.key, time, f"bookings:{place.service}|{resident}"]
    await connection.execute_query(_TO_BOOK, locks)


async def look(
    place: Place,
    starts_at: datetime,
    resident: UUID,
    at: datetime,
    connection: BaseDBAsyncClient | None = None,
) -> Looked:
    """A time as it is at the moment ``at``."""
    asked = [place.service, place.office, place.day, starts_at, resident]
    where = connection or get_connection("default")
    states = [list(SEATED), list(PASSING), at]
    row = (await where.execute_query_dict(_LOOK, [*asked, *states]))[0]
    return Looked(frozenset(row["taken"]), row["waited"], row["over"], row["mine"])


def first_free(slot: Slot, taken: frozenset[int]) -> int | None:
    """The smallest number that nobody has."""
    return next((seat for seat in range(1, slot.seats + 1) if seat not in taken), None)


async def taken(
    service: str,
    office: str,
    days: Sequence[date],
    connection: BaseDBAsyncClient | None = None,
) -> Had:
    """The seats of these days that somebody has, by time."""
    where = connection or get_connection("default")
    rows = await where.execute_query_dict(_TAKEN, [service, office, list(days), list(SEATED)])
    return {row["starts_at"]: frozenset(row["seats"]) for row in rows}


async def free_of(
    connection: BaseDBAsyncClient, plan: Appointments, place: Place, at: datetime
) -> tuple[Slot, int] | None:
    """The first free seat of the day that somebody could still come to."""
    had = await taken(place.service, place.office, [place.day], connection)
    for slot in plan.slots(plan.offices[place.office], place.day):
        seat = first_free(slot, had.get(slot.starts_at, frozenset()))
        if seat is not None and slot.ends_at - at > LEAST:
            return slot, seat
    return None


async def restless(place: Place, at: datetime) -> bool:
    """Whether something of the day is over, or somebody waits: the line may have to move."""
    asked: list[Any] = [place.service, place.office, place.day, list(PASSING), at]
    row = (await get_connection("default").execute_query_dict(_RESTLESS, asked))[0]
    return bool(row["over"] or row["waited"])
