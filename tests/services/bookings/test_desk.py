"""A day at a registry: its staff see who is expected, and say who came and who did not."""

from dataclasses import replace
from uuid import uuid4

import pytest

from identity.models import Resident
from identity.staff.errors import StaffNotOneself, StaffRoleMissing
from identity.staff.roles import Role
from services.bookings.errors import BookingMissing, NotToday, OfficeUnknown, TooEarlyToMiss
from services.bookings.states import BookingMoved
from services.models import BookingParty
from tests.services.bookings.bench import DAY, HE, OFFICE, SERVICE, SHE, at, member

NINE, TEN = at("09:00"), at("10:00")


async def test_staff_of_another_role_department_or_region_see_nothing(registry):
    _, _, number = await registry.couple(NINE)
    for other in (
        member(departments=frozenset({"housing"})),
        member(region="4401"),
        member(departments=frozenset()),
    ):
        with pytest.raises(OfficeUnknown):
            await registry.desk.day(other, SERVICE, OFFICE, DAY)
        with pytest.raises(BookingMissing):
            await registry.desk.one(other, number)
        with pytest.raises(BookingMissing):
            await registry.desk.arrived(other, number)
    with pytest.raises(StaffRoleMissing):
        registry.desk.offices(member(roles=frozenset({Role.LISTENER})))
    for wrong in ("", "YY0000000000000", number[:-1]):
        with pytest.raises(BookingMissing):
            await registry.desk.one(member(), wrong)


async def test_the_day_is_in_order_and_names_nobody(registry):
    _, _, later = await registry.couple(TEN)
    _, _, first = await registry.couple(NINE)
    rows = await registry.desk.day(member(), SERVICE, OFFICE, DAY)
    assert [row.number for row in rows] == [first, later]
    offices = registry.desk.offices(member())
    assert (SERVICE, registry.office()) in offices
    assert all(office.id.startswith("4407") for _, office in offices)


async def test_opening_one_is_seen_by_both(registry):
    he, she, number = await registry.couple(NINE)
    found = await registry.desk.one(member(), number)
    assert [one["name"] for one in found.people] == [HE, SHE]
    assert all("*" in one["id_number"] for one in found.people)
    assert list(found.may) == []
    with pytest.raises(NotToday):
        await registry.desk.arrived(member(), number)
    registry.clock.at = at("08:30")
    assert list((await registry.desk.one(member(), number)).may) == ["arrival"]
    for who in (he, she):
        assert (await registry.events(who))[-1] == "read"


async def test_who_came_may_book_again_and_their_seat_stays_theirs(registry):
    he, _, number = await registry.couple(NINE)
    registry.clock.at = at("08:50")
    await registry.desk.arrived(member(), number)
    assert await registry.state(number) == "arrived"
    with pytest.raises(BookingMoved):
        await registry.desk.missed(member(), number)
    assert not await BookingParty.filter(living=True).exists()
    seen = await registry.sight.times(SERVICE, OFFICE, DAY, "en")
    assert seen.times[0].left == 0
    assert (await registry.events(he))[-1] == "arrived"


async def test_nobody_is_missing_before_they_could_be_late(registry):
    he, _, number = await registry.couple(NINE)
    registry.clock.at = at("09:09")
    with pytest.raises(TooEarlyToMiss):
        await registry.desk.missed(member(), number)
    registry.clock.at = at("09:10")
    assert list((await registry.desk.one(member(), number)).may) == ["arrival", "no-show"]
    await registry.desk.missed(member(), number)
    assert await registry.told(he) == ["booking-booked", "booking-no-show"]
    assert await registry.state(number) == "no-show"


async def test_nobody_works_on_their_own_wedding(registry, monkeypatch):
    he, _, number = await registry.couple(NINE)

    async def own(*_given: object) -> frozenset[object]:
        return frozenset({he.resident})

    monkeypatch.setattr("services.bookings.desk.own_residents", own)
    for act in (registry.desk.one, registry.desk.arrived):
        with pytest.raises(StaffNotOneself):
            await act(replace(member(), id=uuid4()), number)


async def test_a_day_later_what_nobody_wrote_down_is_over(registry):
    he, _, number = await registry.couple(NINE)
    registry.clock.at = at("09:31", DAY.replace(day=2))
    await registry.watch.times({})
    assert await registry.state(number) == "unrecorded"
    assert (await registry.hold(he, at("10:00", DAY.replace(day=3)))).state == "held"


async def test_both_are_reminded_once_and_not_at_night(registry):
    he, she, number = await registry.couple(NINE)
    registry.clock.at = at("22:00", DAY.replace(day=1, month=12)).replace(day=30, month=11)
    await registry.watch.times({})
    assert "booking-reminder" not in await registry.told(he)
    registry.clock.at = at("08:00")
    for _ in range(2):
        await registry.watch.times({})
    for who in (he, she):
        assert (await registry.told(who)).count("booking-reminder") == 1
    assert (await registry.row(number)).reminded_at


async def test_an_appointment_of_who_died_is_cancelled_and_the_other_is_told(registry):
    he, she, number = await registry.couple(NINE)
    await Resident.filter(id=he.resident).update(closed_at=registry.clock())
    await registry.watch.times({})
    assert await registry.state(number) == "cancelled"
    assert (await registry.told(she))[-1] == "booking-cancelled"
    assert await registry.told(he) == ["booking-booked"]
    assert (await registry.hold(she, NINE)).state == "held"
