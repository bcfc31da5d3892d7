"""What is held of appointments: copied, erased when nothing is to come, joined with others."""

from uuid import UUID

import pytest
from tortoise.transactions import in_transaction

from services.bookings.joining import hand_over
from services.held.bookings import OPEN, Booked, Stated, Waited, open_bookings
from services.models import Booking, BookingParty, BookingWait
from tests.services.bookings.bench import DAY, Bench, at, bench

NINE, TEN = at("09:00"), at("10:00")


async def erased(resident: UUID) -> None:
    """In the order of the registry, the last registered first."""
    for one in (Booked(), Stated(), Waited()):
        async with in_transaction() as connection:
            await one.erase(connection, resident)


async def test_what_is_to_come_is_kept_and_what_is_over_goes_with_the_last_of_two(registry):
    he, she, number = await registry.couple(NINE)
    assert await open_bookings(he.resident) == (OPEN,)
    await registry.changes.cancel(he, number)
    assert await open_bookings(he.resident) == ()
    (copied,) = await Booked().export(she.resident)
    assert copied["number"] == number and copied["state"].code == "cancelled"
    (stated,) = await Stated().export(she.resident)
    assert stated["statements"] == "voluntary unmarried unrelated"
    await erased(he.resident)
    assert await Booking.filter(number=number).exists()  # hers still
    await erased(she.resident)
    assert not await Booking.all().exists() and not await BookingParty.all().exists()


@pytest.fixture
def small(settings, database) -> Bench:
    return bench(settings, "mon-fri 09:00-10:00")


async def test_lines_are_copied_and_erased(small):
    await small.fill()
    who = await small.man()
    await small.wait(who)
    (line,) = await Waited().export(who.resident)
    assert (line["day"], line["state"].code) == (DAY, "waiting")
    await erased(who.resident)
    assert not await BookingWait.all().exists()


async def joined(other, into) -> None:
    async with in_transaction() as connection:
        await hand_over(connection, other.resident, into.resident)


async def test_who_turns_out_to_be_one_person_keeps_both_and_has_one_to_come(registry):
    he, _, number = await registry.couple(NINE)
    again, _, second = await registry.couple(TEN)
    await joined(again, he)
    mine = await BookingParty.filter(resident_id=he.resident).order_by("confirmed_at")
    assert [one.living for one in mine] == [True, False]
    assert [row.number for row in await registry.own.listed(he)] == [second, number]
    assert not await BookingParty.filter(resident_id=again.resident).exists()


async def test_who_turns_out_to_be_both_of_a_couple_is_there_once(registry):
    he, she, _ = await registry.couple(NINE)
    await joined(she, he)
    assert await BookingParty.all().count() == 1


async def test_of_two_places_in_a_line_the_earlier_is_kept(small):
    await small.fill()
    one, two = await small.man(), await small.man()
    early, late = await small.wait(one), await small.wait(two)
    await joined(one, two)
    assert [await small.line(id) for id in (early, late)] == ["waiting", "left"]
    assert {str(row.resident_id) for row in await BookingWait.all()} == {str(two.resident)}
