"""The line for a full day: who came first is offered first, offers expire, nobody slips in."""

from datetime import date

import pytest
from tortoise.transactions import in_transaction

from config.settings import Settings
from identity.errors import ResidentClosed, StepUpNeeded
from identity.models import Resident
from services.bookings.errors import (
    BookingOpen,
    BookingRefused,
    DayHasRoom,
    LineJoined,
    LineMissing,
    LinesTooMany,
    SlotTaken,
    SlotUnknown,
)
from services.bookings.ledger import place_of
from services.bookings.states import BookingMoved
from services.models import Booking, BookingWait
from tests.services.bookings.bench import DAY, OFFICE, STATED, Bench, at, bench, member, once, stale

NINE, HALF_PAST = at("09:00"), at("09:30")


@pytest.fixture
def registry(settings: Settings, database) -> Bench:
    """Two times a day, of one couple each."""
    return bench(settings, "mon-fri 09:00-10:00")


@pytest.fixture
async def full(registry: Bench) -> list:
    """Both times of the day are booked."""
    return await registry.fill()


async def test_nobody_waits_where_there_is_room_or_nothing_to_wait_for(registry):
    who = await registry.man()
    with pytest.raises(DayHasRoom):
        await registry.wait(who)
    for day in (date(2026, 12, 5), date(2026, 11, 19), date(2027, 2, 1)):
        with pytest.raises(SlotUnknown):
            await registry.wait(who, day)
    with pytest.raises(StepUpNeeded):
        await registry.wait(stale(who))
    young = await registry.man(born=date(2005, 1, 1))
    with pytest.raises(BookingRefused):
        await registry.wait(young)
    assert not await BookingWait.all().exists()


async def test_one_waits_once_for_a_day_and_for_three_at_most(registry, full):
    who = await registry.man()
    waited = await registry.wait(who, once=once(who))
    assert await registry.wait(who, once=once(who)) == waited
    with pytest.raises(LineJoined):
        await registry.wait(who)
    with pytest.raises(BookingOpen):
        await registry.wait(full[0][0])
    await BookingWait.bulk_create(
        BookingWait(
            service="marriage-appointment", office="440103", day=day, resident_id=who.resident,
            state="waiting", joined_at=NINE, changed_at=NINE,
        )
        for day in (date(2026, 12, 2), date(2026, 12, 3))
    )  # fmt: skip
    await BookingWait.filter(id=waited).update(day=date(2026, 12, 4))
    with pytest.raises(LinesTooMany):
        await registry.wait(who)


async def test_what_is_cancelled_goes_to_the_first_in_the_line_and_to_nobody_else(registry, full):
    first, second, quick = await registry.man(), await registry.man(), await registry.man()
    places = [await registry.wait(first), await registry.wait(second)]
    await registry.changes.cancel(full[1][0], full[1][2])
    with pytest.raises(SlotTaken):
        await registry.hold(quick, HALF_PAST)
    offered = await registry.offer_to(first)
    assert offered and offered.starts_at == HALF_PAST and not await registry.offer_to(second)
    assert await registry.told(first) == ["booking-offered"]
    assert [await registry.line(one) for one in places] == ["offered", "waiting"]
    held = await registry.accept(first, offered.number)
    assert held.state == "held" and held.code
    await registry.confirm(await registry.woman(), held.code)
    assert await registry.line(places[0]) == "taken"
    with pytest.raises(BookingMoved):
        await registry.accept(first, offered.number)


async def test_an_offer_that_is_let_go_goes_to_the_next(registry, full):
    first, second, third = [await registry.man() for _ in range(3)]
    places = [await registry.wait(one) for one in (first, second, third)]
    await registry.changes.cancel(full[0][0], full[0][2])
    row = await registry.offer_to(first)
    registry.clock.move(hours=2)
    with pytest.raises(BookingMoved):
        await registry.accept(first, row.number)
    await registry.watch.lines({})
    assert await registry.told(first) == ["booking-offered", "booking-offer-lapsed"]
    row = await registry.offer_to(second)
    await registry.changes.cancel(second, row.number)  # declined
    assert await registry.offer_to(third)
    assert [await registry.line(one) for one in places] == ["passed", "passed", "offered"]


async def test_who_was_not_confirmed_in_time_gives_way_to_the_line(registry, full):
    waiting = await registry.man()
    await registry.wait(waiting)
    await registry.changes.cancel(full[0][0], full[0][2])
    row = await registry.offer_to(waiting)
    held = await registry.accept(waiting, row.number)
    next_one = await registry.woman()
    await registry.wait(next_one)
    registry.clock.move(minutes=31)
    await registry.watch.lines({})
    assert await registry.state(held.number) == "lapsed"
    assert await registry.offer_to(next_one)


async def test_who_finds_another_time_or_leaves_is_passed_over(registry, full):
    first, second, third = [await registry.man() for _ in range(3)]
    places = [await registry.wait(one) for one in (first, second, third)]
    await registry.hold(first, at("09:00", date(2026, 12, 2)))
    await registry.story.leave(second, places[1])
    with pytest.raises(LineMissing):
        await registry.story.leave(second, places[1])
    with pytest.raises(LineMissing):
        await registry.story.leave(first, places[2])
    await registry.changes.cancel(full[0][0], full[0][2])
    assert await registry.offer_to(third)
    assert [await registry.line(one) for one in places] == ["left", "left", "offered"]


async def test_a_change_frees_a_time_for_the_line_and_takes_none_from_it(registry, full):
    waiting = await registry.man()
    await registry.wait(waiting)
    he, _, number = await registry.couple(at("09:00", date(2026, 12, 2)))
    with pytest.raises(SlotTaken):
        await registry.changes.change(he, number, OFFICE, NINE, "en")
    await registry.changes.change(
        full[0][0], full[0][2], OFFICE, at("09:30", date(2026, 12, 2)), "en"
    )
    assert (await registry.offer_to(waiting)).starts_at == NINE


async def test_more_room_than_before_goes_to_the_line_first(registry, full):
    """Whoever comes by finds the seat already offered to who waits."""
    waiting, quick = await registry.man(), await registry.man()
    await registry.wait(waiting)
    await Booking.filter(number=full[0][2]).update(state="cancelled")  # by no story of ours
    with pytest.raises(SlotTaken):
        await registry.hold(quick, NINE)
    assert await registry.offer_to(waiting)


async def test_those_who_did_not_come_make_room_for_the_line(registry, full):
    waiting = await registry.man()
    await registry.wait(waiting)
    registry.clock.at = at("09:11")
    await registry.desk.missed(member(), full[0][2])
    row = await registry.offer_to(waiting)
    assert row.starts_at == NINE and row.until == at("09:20")


async def test_a_line_ends_with_its_day(registry, full):
    waiting = await registry.man()
    place = await registry.wait(waiting)
    registry.clock.move(days=12)
    await registry.watch.lines({})
    assert await registry.line(place) == "passed"
    assert await registry.told(waiting) == []


async def test_who_is_no_resident_any_more_is_offered_nothing(registry, full):
    gone, second = await registry.man(), await registry.man()
    place = await registry.wait(gone)
    await registry.wait(second)
    await Resident.filter(id=gone.resident).update(closed_at=registry.clock())
    with pytest.raises(ResidentClosed):
        await registry.wait(gone, once=once(gone))
    await registry.changes.cancel(full[0][0], full[0][2])
    assert await registry.line(place) == "left"
    assert await registry.offer_to(second)


async def test_what_one_waits_for_is_seen_with_how_many_are_before(registry, full):
    people = [await registry.man() for _ in range(3)]
    for one in people:
        await registry.wait(one)
    (mine,) = await registry.own.lines(people[2])
    assert (mine.ahead, mine.row.state, mine.row.day) == (2, "waiting", DAY)
    assert tuple(mine.row.statements.split()) == STATED
    assert not await registry.own.listed(people[2])


async def test_a_release_that_fails_frees_and_offers_nothing(registry, full):
    """What is freed and what is offered share one transaction."""
    waiting = await registry.man()
    await registry.wait(waiting)
    row = await registry.row(full[0][2])
    with pytest.raises(RuntimeError):
        async with in_transaction() as connection:
            await Booking.filter(id=row.id).using_db(connection).update(state="cancelled")
            place = place_of(row)
            assert await registry.story.lines.hand_on(connection, place)
            raise RuntimeError
    assert await registry.state(full[0][2]) == "booked"
    assert not await registry.offer_to(waiting)
