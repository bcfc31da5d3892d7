"""Many at once, in one process and in several: a seat is one couple's, and the others are told."""

import asyncio
import json
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from tortoise.connection import get_connection
from tortoise.exceptions import IntegrityError

from config.settings import Settings
from services.bookings.asked import Receipt
from services.bookings.errors import BookingCodeUnknown, BookingOpen, SlotTaken
from services.bookings.states import BookingMoved
from services.idempotency import IdempotencyInFlight
from services.models import Booking, BookingParty
from tests.services.bookings.bench import DAY, OFFICE, SERVICE, Bench, at, bench, once

ROOT = Path(__file__).parents[3]
NINE = at("09:00")
PROCESSES, EACH = 3, 16


async def test_of_thirty_who_click_at_once_one_has_it(registry):
    people = [await registry.man() for _ in range(30)]
    told = await asyncio.gather(
        *(registry.hold(who, NINE) for who in people), return_exceptions=True
    )
    assert sum(isinstance(one, Receipt) for one in told) == 1
    assert Counter(type(one) for one in told if not isinstance(one, Receipt)) == {SlotTaken: 29}


async def test_several_windows_are_all_given_and_not_one_more(registry):
    people = [await registry.man() for _ in range(20)]
    holds = (registry.hold(who, NINE, office="440103") for who in people)
    told = await asyncio.gather(*holds, return_exceptions=True)
    assert sum(isinstance(one, Receipt) for one in told) == 3
    assert sorted(await Booking.all().values_list("seat", flat=True)) == [1, 2, 3]


async def test_one_person_with_many_hands_has_one(registry):
    who = await registry.man()
    times = [at(clock) for clock in ("09:00", "09:30", "10:00", "10:30", "11:00")] * 3
    told = await asyncio.gather(*(registry.hold(who, t) for t in times), return_exceptions=True)
    assert sum(isinstance(one, Receipt) for one in told) == 1
    assert {type(one) for one in told} <= {Receipt, BookingOpen, SlotTaken}


async def test_the_same_key_at_once_is_one_appointment(registry):
    who = await registry.man()
    told = await asyncio.gather(
        *(registry.hold(who, NINE, once=once(who)) for _ in range(12)), return_exceptions=True
    )
    receipts = {one.number for one in told if isinstance(one, Receipt)}
    assert len(receipts) == 1
    assert {type(one) for one in told} <= {Receipt, IdempotencyInFlight}
    assert await Booking.all().count() == 1


async def test_two_who_confirm_with_one_code_are_not_three_at_a_wedding(registry):
    held = await registry.hold(await registry.man(), NINE)
    women = [await registry.woman() for _ in range(6)]
    told = await asyncio.gather(
        *(registry.confirm(who, held.code) for who in women), return_exceptions=True
    )
    assert sum(isinstance(one, Receipt) for one in told) == 1
    assert {type(one) for one in told} <= {Receipt, BookingCodeUnknown}
    assert await BookingParty.all().count() == 2


async def test_confirmed_and_cancelled_at_once_is_one_or_the_other(registry):
    days = [date(2026, 12, day) for day in (1, 2, 3, 4, 7, 8)]
    for day in days:
        he, she = await registry.man(), await registry.woman()
        held = await registry.hold(he, at("09:00", day))
        told = await asyncio.gather(
            registry.confirm(she, held.code),
            registry.changes.cancel(he, held.number),
            return_exceptions=True,
        )
        assert {type(one) for one in told} <= {Receipt, type(None), BookingCodeUnknown}
        assert await registry.state(held.number) == "cancelled"  # also what was confirmed before
        assert not await BookingParty.filter(living=True).exists()


async def test_two_couples_who_change_places_meet_nobody_in_a_ring(registry):
    """Days are locked in one order, whoever goes where."""
    other = date(2026, 12, 2)
    one, two = await registry.couple(NINE), await registry.couple(at("09:00", other))
    told = await asyncio.gather(
        registry.changes.change(one[0], one[2], OFFICE, at("09:30", other), "en"),
        registry.changes.change(two[0], two[2], OFFICE, at("09:30"), "en"),
        registry.changes.cancel(one[1], one[2]),
        return_exceptions=True,
    )
    assert {type(fault) for fault in told} <= {type(None), BookingMoved}


async def test_the_database_has_the_last_word(registry):
    """Whatever a story believes: no two rows of one seat, no two appointments of one resident."""
    he, _, number = await registry.couple(NINE)
    row = await registry.row(number)
    copied = {name: getattr(row, name) for name in row._meta.db_fields} | {"id": he.resident}
    with pytest.raises(IntegrityError):
        await Booking.create(**copied | {"number": "YY1"})
    party = BookingParty(
        id=he.resident, booking_id=he.resident, service=SERVICE, resident_id=he.resident,
        place=1, living=True, confirmed_at=NINE,
    )  # fmt: skip
    with pytest.raises(IntegrityError):
        await party.save(force_create=True)


async def test_processes_that_rush_at_a_day_fill_it_and_no_more(
    settings: Settings, database: object
) -> None:
    registry = bench(settings)
    _, plan = registry.room.service(SERVICE)
    slots = plan.slots(plan.offices[OFFICE], DAY)
    people = [await registry.man() for _ in range(PROCESSES * EACH)]
    said = await asyncio.gather(
        *(_rush(settings, registry, people[n::PROCESSES], slots) for n in range(PROCESSES))
    )
    got = [number for one in said for number in one["got"]]
    assert len(got) == len(set(got)) == len(slots)
    seated = await Booking.filter(day=DAY).values_list("starts_at", "seat")
    assert sorted(seated) == [(slot.starts_at, 1) for slot in slots]
    waits = await get_connection("default").execute_query_dict(
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    )
    assert waits[0]["deadlocks"] == 0


async def _rush(settings: Settings, registry: Bench, people, slots) -> dict[str, list[str]]:
    given = {
        "database": settings.database_url.get_secret_value(),
        "redis": settings.redis_url.get_secret_value(),
        "seal_keys": settings.seal_keys.get_secret_value(),
        "index_keys": settings.index_keys.get_secret_value(),
        "folder": str(settings.data_folder),
        "people": [
            (str(one.resident), registry.people.known[one.resident].number.value) for one in people
        ],
        "times": [slot.starts_at.isoformat() for slot in slots],
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.services.bookings.rush",
        cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, _ = await process.communicate(json.dumps(given).encode())
    assert process.returncode == 0
    return dict(json.loads(said))
