"""The clock of applications: it warns, escalates and ends, once each, however often it looks."""

from datetime import UTC, datetime

import asyncpg
import pytest

from config import database as database_room
from identity.models import Notice
from services.models import Application, Supplement


async def looked(office, *, times: int = 2) -> None:
    for _ in range(times):
        await office.watch.watch({})


async def kinds(office) -> list[str]:
    rows = await Notice.filter(resident_id=office.who.resident).order_by("created_at")
    return [row.kind.removeprefix("application-") for row in rows]


async def test_nothing_is_said_while_there_is_time(office):
    number = await office.submit()
    await looked(office)
    assert await office.events(number) == ["submit"]


async def test_it_warns_before_and_escalates_after_and_the_resident_hears_of_the_latter(office):
    number = await office.submit()  # Friday 20 November, promised for Friday the 27th
    office.clock.move(days=5)
    await looked(office)
    assert await office.events(number) == ["submit"]
    office.clock.move(days=1)
    await looked(office)
    assert await office.events(number) == ["submit", "warn"]
    office.clock.move(days=2)
    await looked(office)
    assert (await office.events(number))[-1] == "overdue"
    assert (await office.row(number)).escalated_at
    office.clock.move(days=30)
    await looked(office)
    assert await office.events(number) == ["submit", "warn", "overdue", "statutory-over"]
    assert await kinds(office) == ["escalated"]


async def test_spring_festival_is_nobodys_delay(office):
    office.clock.at = datetime(2026, 2, 11, 2, 0, tzinfo=UTC)
    number = await office.submit()
    assert (await office.row(number)).promised_on.isoformat() == "2026-02-25"
    office.clock.at = datetime(2026, 2, 23, 2, 0, tzinfo=UTC)  # the last day of the holiday
    await looked(office)
    assert await office.events(number) == ["submit"]


async def test_a_supplement_is_reminded_of_once_and_unanswered_ends_with_its_reason(office):
    office.register.says["register"] = ["no-lease"]
    number = await office.submit()
    await office.work()
    office.clock.move(days=12)  # two working days before 4 December
    await looked(office)
    assert (await kinds(office))[-1] == "reminder"
    assert (await office.events(number)).count("remind") == 1
    office.clock.move(days=2)  # the day itself
    await looked(office)
    assert await office.state(number) == "supplement-asked"
    office.clock.move(days=1)
    await looked(office)
    assert await office.state(number) == "refused"
    file = await office.story.case_file(office.who, number, "en")
    assert file["events"][-1]["by"] == "clock"
    assert file["decision"]["reasons"] == [
        "What was asked for did not arrive in time. You may apply again."
    ]
    assert (await kinds(office)).count("refused") == 1


async def test_of_two_supplements_the_one_that_was_answered_ends_nothing(office):
    """The watch read it as unanswered; before its turn came it was answered, and another asked."""
    office.register.says["register"], office.brigade.says["fire"] = ["no-lease"], ["which-stall"]
    number = await office.submit()
    await office.work()
    read_before = await Supplement.get(application_id=(await office.row(number)).id)
    await office.story.answer(office.who, number, None, (await office.upload(),), "en")
    await office.work()
    assert await office.state(number) == "supplement-asked"
    await office.watch._end(read_before, office.service)
    assert await office.state(number) == "supplement-asked"


async def test_a_paused_application_is_never_late(office):
    office.register.says["register"] = ["no-lease"]
    number = await office.submit()
    await office.work()
    office.clock.move(days=10)
    await looked(office)
    assert (await office.row(number)).escalated_at is None


async def test_a_row_that_somebody_works_on_is_left_for_the_next_time(office, settings):
    number = await office.submit()
    office.clock.move(days=10)
    other = await asyncpg.connect(database_room.dsn(settings))
    async with other.transaction():
        await other.execute("SELECT 1 FROM application FOR UPDATE")
        await looked(office, times=1)
    await other.close()
    assert await office.events(number) == ["submit"]
    await looked(office, times=1)
    assert (await office.events(number))[-1] == "overdue"


@pytest.mark.parametrize("state", ["approved", "withdrawn"])
async def test_what_is_over_is_looked_at_no_more(office, state):
    number = await office.submit()
    if state == "withdrawn":
        await office.story.withdraw(office.who, number)
    await office.work()
    before = await office.events(number)
    office.clock.move(days=90)
    await looked(office)
    assert await office.events(number) == before
    assert not await Application.filter(escalated_at__isnull=False).exists()
