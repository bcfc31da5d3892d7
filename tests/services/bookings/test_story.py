"""One resident holds a time, another confirms it: who may, what is told, what happens once."""

from dataclasses import replace
from datetime import date

import pytest

from identity.errors import ScopeMissing, StepUpNeeded
from services.bookings.errors import (
    BookingCodeUnknown,
    BookingElsewhere,
    BookingMissing,
    BookingOfOneself,
    BookingOpen,
    BookingRefused,
    ChangesTooMany,
    OfficeElsewhere,
    OfficeUnknown,
    SlotTaken,
    SlotUnknown,
    StatementsMissing,
)
from services.bookings.states import BookingMoved
from services.errors import DepartmentFailed
from services.idempotency import IdempotencyKeyReused
from services.models import Booking, BookingParty
from tests.services.bookings.bench import DAY, OFFICE, at, once, stale

NINE, TEN = at("09:00"), at("10:00")


async def test_an_old_proof_or_an_agent_books_nothing(registry):
    who = await registry.man()
    with pytest.raises(StepUpNeeded):
        await registry.hold(stale(who), NINE)
    with pytest.raises(StepUpNeeded):
        await registry.hold(replace(who, acr="3"), NINE)
    with pytest.raises(ScopeMissing):
        await registry.hold(replace(who, actor=str((await registry.woman()).resident)), NINE)
    assert not await Booking.all().exists() and not registry.bureau.asked


@pytest.mark.parametrize(
    "starts_at",
    [
        at("09:10"),  # no time begins then
        at("12:00"),  # closed
        at("09:00", date(2026, 12, 5)),  # a Saturday
        at("09:00", date(2027, 1, 1)),  # a holiday, and too far away
        at("10:30", date(2026, 11, 20)),  # in half an hour
        at("09:00", date(2026, 11, 19)),  # yesterday
    ],
)
async def test_a_time_that_is_none_is_refused(registry, starts_at):
    with pytest.raises(SlotUnknown):
        await registry.hold(await registry.man(), starts_at)


async def test_other_provinces_and_other_documents_are_told_where_to_go(registry):
    """Any registry of the country since 10 May 2025, but each by its own platform."""
    who = await registry.man()
    with pytest.raises(OfficeUnknown):
        await registry.hold(who, NINE, office="999999")
    with pytest.raises(OfficeElsewhere) as elsewhere:
        await registry.hold(who, NINE, office="110105")
    assert "10 May 2025" in elsewhere.value.facts["where"]
    traveller = await registry.man(kind="hong-kong-macao-residence")
    with pytest.raises(BookingElsewhere) as other:
        await registry.hold(traveller, NINE)
    assert "12345" in other.value.facts["where"]


async def test_nothing_is_held_without_every_statement(registry):
    """Regulations on Marriage Registration, art. 8; Civil Code art. 1046, 1048."""
    for stated in ((), ("voluntary", "unmarried"), ("voluntary", "unmarried", "unrelated", "x")):
        with pytest.raises(StatementsMissing):
            await registry.hold(await registry.man(), NINE, stated=stated)


async def test_who_is_married_or_unknown_to_the_register_is_refused_with_the_source(registry):
    """Civil Code art. 1042."""
    who = await registry.man()
    for says, source in (("married", "Article 1042"), ("unknown", "Article 8")):
        registry.bureau.says = says
        with pytest.raises(BookingRefused) as refused:
            await registry.hold(who, NINE)
        assert source in refused.value.facts["told"]
    assert not await Booking.all().exists()


async def test_an_office_that_is_away_holds_nothing_and_takes_nothing(registry):
    who = await registry.man()
    registry.bureau.says = DepartmentFailed("status 500")
    with pytest.raises(DepartmentFailed) as away:
        await registry.hold(who, NINE)
    assert away.value.facts["department"] == "Civil Affairs Bureau"
    assert registry.audit.rows == [("service:failed", "marriage-appointment", "booking")]
    registry.bureau.says = "single"
    assert (await registry.hold(who, NINE)).state == "held"


async def test_two_confirm_and_both_are_told(registry):
    he, she = await registry.man(), await registry.woman()
    held = await registry.hold(he, NINE)
    assert held.state == "held" and held.code and held.until
    seen = await registry.confirming.invited(she, held.code, "192.0.2.1")
    assert seen.row.number == held.number and "测" not in seen.by
    booked = await registry.confirm(she, held.code.lower().replace("-", " "))
    assert (booked.number, booked.state, booked.code, booked.until) == (
        held.number, "booked", None, None,
    )  # fmt: skip
    for who in (he, she):
        assert await registry.told(who) == ["booking-booked"]
    assert await registry.events(he) == ["held", "booked"]
    assert await registry.events(she) == ["booked"]
    assert registry.audit.rows == [("service:answered", "marriage-appointment", "booking")] * 2


async def test_a_code_works_once_for_another_and_in_time(registry):
    he, she, third = await registry.man(), await registry.woman(), await registry.woman()
    held = await registry.hold(he, NINE)
    with pytest.raises(BookingOfOneself):
        await registry.confirm(he, held.code)
    for wrong in ("", "0000-0000", "not a code", "啊" * 8):
        with pytest.raises(BookingCodeUnknown):
            await registry.confirm(she, wrong)
    with pytest.raises(StepUpNeeded):
        await registry.confirm(stale(she), held.code)
    await registry.confirm(she, held.code)
    with pytest.raises(BookingCodeUnknown):
        await registry.confirm(third, held.code)
    late = await registry.hold(third, TEN)
    registry.clock.move(minutes=30)
    with pytest.raises(BookingCodeUnknown):
        await registry.confirm(await registry.man(), late.code)


async def test_what_stands_in_the_way_of_the_second_is_told_to_them_alone(registry):
    he, she = await registry.man(), await registry.woman()
    held = await registry.hold(he, NINE)
    registry.bureau.says = "married"
    with pytest.raises(BookingRefused):
        await registry.confirm(she, held.code)
    assert await registry.told(he) == []
    assert await registry.state(held.number) == "held"


async def test_a_couple_is_a_man_and_a_woman_under_the_law_in_force(registry):
    """Civil Code art. 1046."""
    held = await registry.hold(await registry.man(), NINE)
    with pytest.raises(BookingRefused) as refused:
        await registry.confirm(await registry.man(), held.code)
    assert "Article 1046" in refused.value.facts["told"]


async def test_of_a_seat_one_couple_has_it_and_the_third_is_told(registry):
    await registry.couple(NINE)
    third = await registry.woman()
    asked = registry.bureau.asked
    with pytest.raises(SlotTaken):
        await registry.hold(third, NINE)
    assert registry.bureau.asked == asked  # nobody is asked for what is gone
    assert (await registry.hold(third, TEN)).state == "held"


async def test_one_has_one_appointment_whichever_of_two_one_is(registry):
    he, she, number = await registry.couple(NINE)
    for who in (he, she):
        with pytest.raises(BookingOpen) as open:
            await registry.hold(who, TEN)
        assert open.value.facts["number"] == number
    held = await registry.hold(await registry.woman(), TEN)
    with pytest.raises(BookingOpen):
        await registry.confirm(he, held.code)


async def test_the_same_request_is_answered_the_same_and_done_once(registry):
    he, she = await registry.man(), await registry.woman()
    held = await registry.hold(he, NINE, once=once(he))
    assert await registry.hold(he, NINE, once=once(he)) == held
    with pytest.raises(IdempotencyKeyReused):
        await registry.hold(he, NINE, once=once(he, body="c" * 64))
    route = "POST /v1/booking-confirmations"
    booked = await registry.confirm(she, held.code, once=once(she, route=route))
    assert await registry.confirm(she, held.code, once=once(she, route=route)) == booked
    assert await Booking.all().count() == 1
    assert await BookingParty.all().count() == 2


async def test_a_hold_that_nobody_confirms_frees_its_seat_and_its_holder(registry):
    he = await registry.man()
    held = await registry.hold(he, NINE)
    registry.clock.move(minutes=31)
    await registry.watch.lines({})
    assert await registry.state(held.number) == "lapsed"
    assert await registry.told(he) == ["booking-lapsed"]
    assert (await registry.hold(he, NINE)).state == "held"


async def test_who_comes_by_before_the_clock_finds_what_is_over_free(registry):
    held = await registry.hold(await registry.man(), NINE)
    registry.clock.move(minutes=31)
    assert (await registry.hold(await registry.man(), NINE)).state == "held"
    assert await registry.state(held.number) == "lapsed"


async def test_either_cancels_and_the_other_is_told(registry):
    _, she, number = await registry.couple(NINE)
    stranger = await registry.woman()
    with pytest.raises(BookingMissing):
        await registry.changes.cancel(stranger, number)
    await registry.changes.cancel(she, number)
    assert await registry.state(number) == "cancelled"
    with pytest.raises(BookingMoved):
        await registry.changes.cancel(she, number)
    assert await registry.told(she) == ["booking-booked", "booking-cancelled"]
    await registry.couple(NINE)


async def test_what_has_begun_is_not_cancelled_or_changed(registry):
    he, _, number = await registry.couple(NINE)
    registry.clock.at = NINE
    for act in (
        registry.changes.cancel(he, number),
        registry.changes.change(he, number, OFFICE, at("14:30"), "en"),
    ):
        with pytest.raises(BookingMoved):
            await act


async def test_a_change_moves_both_and_frees_what_they_had(registry):
    he, she, number = await registry.couple(NINE)
    await registry.couple(TEN)
    with pytest.raises(SlotTaken):
        await registry.changes.change(he, number, OFFICE, TEN, "en")
    await registry.changes.change(she, number, "440802", at("16:30"), "en")
    row = await registry.row(number)
    assert (row.office, row.starts_at, row.state) == ("440802", at("16:30"), "booked")
    assert await registry.told(he) == ["booking-booked", "booking-changed"]
    await registry.couple(NINE)
    for clock in ("14:30", "15:00"):
        await registry.changes.change(he, number, "440802", at(clock), "en")
    with pytest.raises(ChangesTooMany):
        await registry.changes.change(he, number, "440802", at("15:30"), "en")


async def test_ages_count_on_the_day_also_when_it_is_changed(registry):
    """22 and 20 full years on the day of registration (Civil Code art. 1047)."""
    he = await registry.man(born=date(2004, 12, 1))
    with pytest.raises(BookingRefused) as refused:
        await registry.hold(he, at("09:00", date(2026, 11, 30)))
    assert "1 December 2026" in refused.value.facts["told"]
    assert not registry.bureau.asked
    held = await registry.hold(he, at("09:00", DAY))
    await registry.confirm(await registry.woman(born=date(2006, 12, 1)), held.code)
    with pytest.raises(BookingRefused):
        await registry.changes.change(
            he, held.number, OFFICE, at("09:00", date(2026, 11, 30)), "en"
        )
