"""Departments that answer late, twice, never, or not now; and two workers on one step."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tortoise.connection import get_connection

from config.jobs import dead_letters, revive
from identity.models import AuditEvent
from services.errors import DepartmentClosed, DepartmentFailed, DepartmentTimeout, NoRecord
from services.models import ApplicationStep
from tests.services.applications.bench import bench
from tests.services.applications.permit import fire, hygiene, permit, register


async def begun(office) -> str:
    """Submitted, with the jobs of its first steps waiting."""
    number = await office.submit()
    (job,) = await office.jobs()
    await office.run_one(job)
    return number


async def job_of(office, number: str, name: str) -> dict[str, str]:
    return {"step": str((await office.steps(number))[name].id)}


async def test_an_answer_after_a_withdrawal_is_recorded_and_not_kept(office):
    number = await begun(office)

    async def withdrawn_meanwhile():
        await office.story.withdraw(office.who, number)
        return "good"

    office.register.says["register"] = [withdrawn_meanwhile]
    await office.work()
    assert not office.faults
    assert (await office.events(number))[-1] == "answered-late:register"
    row = (await office.steps(number))["register"]
    assert (row.state, row.finding_sealed) == ("dropped", None)
    assert await office.state(number) == "withdrawn"
    assert (
        await AuditEvent.filter(event="service:answered").count() == 1
    )  # it was read all the same
    assert office.brigade.asked == []


async def test_two_workers_on_one_step_ask_the_department_once(office):
    number = await begun(office)
    job, asked, go = await job_of(office, number, "register"), asyncio.Event(), asyncio.Event()

    async def slow():
        asked.set()
        await go.wait()
        return "good"

    office.register.says["register"] = [slow]
    first = asyncio.create_task(office.visits.do_step(job))
    await asked.wait()
    await office.visits.do_step(job)
    go.set()
    await first
    assert len(office.register.asked) == 1
    await office.visits.do_step(job)  # and one that comes when it is done
    assert (await office.events(number)).count("step-done:register") == 1
    await office.work()
    assert await office.state(number) == "approved"


async def test_a_worker_that_died_is_followed_by_one_with_the_same_key_and_a_second_answer_is_told(
    office,
):
    number = await begun(office)
    job, asked, go = await job_of(office, number, "register"), asyncio.Event(), asyncio.Event()

    async def hung():
        asked.set()
        await go.wait()
        return "too late"

    office.register.says["register"] = [hung, "good"]
    first = asyncio.create_task(office.visits.do_step(job))
    await asked.wait()
    office.clock.move(seconds=register.deadline + 6)
    await office.visits.do_step(job)
    go.set()
    await first
    assert (await office.events(number))[-2:] == ["step-done:register", "answered-twice:register"]
    (one, key), (another, same) = office.register.asked
    assert (one, key) == (another, same)
    file = await office.story.case_file(office.who, number, "en")
    assert file["steps"][0]["finding"][0]["value"] == "good"


async def test_a_department_that_does_not_answer_is_tried_again_and_others_go_on(office):
    office.register.says["register"] = [DepartmentTimeout("slow"), DepartmentFailed("down")]
    number = await office.submit()
    for _ in range(3):
        await office.work()
    assert [type(fault) for fault in office.faults] == [DepartmentTimeout, DepartmentFailed]
    assert len(office.brigade.asked) == 1
    assert len({key for name, key in office.register.asked if name == "register"}) == 1
    assert await office.state(number) == "approved"


async def test_a_department_that_never_answers_leaves_the_case_to_staff_until_it_is_revived(office):
    office.register.says["register"] = [DepartmentTimeout("slow")]
    number = await office.submit()
    await office.work()
    database = get_connection("default")
    given_up = "UPDATE pgqueuer SET status = 'failed' WHERE entrypoint = 'do-step'"
    await database.execute_query(given_up)  # as config.jobs leaves it
    await office.watch.give_up_dead({})
    await office.watch.give_up_dead({})
    await office.work()
    row = await office.row(number)
    assert (row.state, row.waits_for) == ("in-review", "staff")
    assert (await office.events(number))[-2:] == ["step-failed:register", "to-staff"]
    step = (await office.steps(number))["register"]
    assert (step.state, step.fault) == ("failed", "department-timeout")
    failed = await AuditEvent.get(event="service:failed")
    assert failed.outcome == "department-timeout"
    letters = await dead_letters(database)
    assert [one.name for one in letters] == ["do-step"]
    await revive(database, [letters[0].id])
    await office.work()
    assert await office.state(number) == "approved"


async def test_a_step_past_its_deadline_counts_as_no_answer(settings, database):
    short = (replace(register, deadline=0.05), fire, hygiene)
    office = bench(settings, permit(steps=short))

    async def never():
        await asyncio.sleep(3600)

    office.register.says["register"] = [never]
    await office.submit()
    await office.work()
    assert [type(fault) for fault in office.faults] == [DepartmentTimeout]


async def test_a_form_that_a_release_takes_no_longer_is_a_fault_that_ends_like_any_other(office):
    """Else it would be tried every some seconds, for ever, and nobody would look."""
    number = await begun(office)
    row = await office.row(number)
    row.form_sealed = office.moves.papers.seal_form(row.id, {"booth": "A7"})
    await row.save(update_fields=["form_sealed"])
    await office.work()
    found = (await office.steps(number))["register"]
    assert (found.state, found.fault) == ("queued", "service-broken")
    assert (len(office.faults), office.register.asked) == (2, [])


async def test_a_department_that_opens_in_a_thousand_years_is_asked_again_within_a_day(office):
    number, now = await begun(office), datetime.now(UTC)
    opens = now.replace(year=3026, month=1, day=1)
    office.register.says["register"] = [DepartmentClosed("odd", opens=opens, now=now)]
    job = await job_of(office, number, "register")
    await office.visits.do_step(job)
    waiting = await get_connection("default").execute_query_dict(
        "SELECT execute_after FROM pgqueuer WHERE convert_from(payload, 'UTF8') LIKE $1",
        [f"%{job['step']}%"],
    )
    last = max(one["execute_after"] for one in waiting)
    assert now + timedelta(hours=1) < last < now + timedelta(days=1)


async def test_a_closed_department_is_asked_when_it_opens_and_its_tries_are_not_spent(office):
    now = datetime.now(UTC)
    closed = DepartmentClosed("night", opens=now + timedelta(hours=9), now=now)
    office.register.says["register"] = [closed]
    number = await begun(office)
    await office.visits.do_step(await job_of(office, number, "register"))
    assert (await office.steps(number))["register"].state == "queued"
    rows = await get_connection("default").execute_query_dict(
        "SELECT execute_after - now() > interval '8 hours' AS late FROM pgqueuer "
        "WHERE entrypoint = 'do-step' ORDER BY id DESC LIMIT 1"
    )
    assert rows == [{"late": True}]


@pytest.mark.parametrize(
    ("said", "code"), [(NoRecord("nothing"), "no-record"), (ZeroDivisionError(), "service-broken")]
)
async def test_what_another_try_cannot_mend_and_what_a_release_must(office, said, code):
    office.brigade.says["fire"] = [said]
    number = await office.submit()
    await office.work()
    step = (await office.steps(number))["fire"]
    assert step.fault == code
    assert step.state == ("failed" if code == "no-record" else "queued")
    assert len(office.faults) == (code == "service-broken")


async def test_rules_that_break_leave_the_case_to_staff(office):
    office.brigade.says["fire"] = ["broken"]
    number = await office.submit()
    await office.work()
    row = await office.row(number)
    assert not office.faults
    assert (row.state, row.waits_for) == ("in-review", "staff")


async def test_what_an_older_release_wrote_otherwise_leaves_the_case_to_staff_who_can_read_it(
    office,
):
    number = await office.submit()
    for _ in range(4):
        await office.run_one((await office.jobs())[0])
    step = (await office.steps(number))["fire"]
    old = office.vault.seal(b'{"heard": "good"}', f"application_step:{step.id}")
    await ApplicationStep.filter(id=step.id).update(state="done", finding_sealed=old)
    await office.work()
    row = await office.row(number)
    assert not office.faults
    assert (row.state, row.waits_for) == ("in-review", "staff")
    file = await office.story.case_file(office.who, number, "en")
    found = {one["name"]: bool(one["finding"]) for one in file["steps"]}
    assert found == {"register": True, "fire": False, "hygiene": True}


async def test_a_licence_that_could_not_be_written_waits_for_staff_and_is_written_once(office):
    office.register.says["licence"] = [NoRecord("who?")]
    number = await office.submit()
    await office.work()
    row = await office.row(number)
    assert (row.state, row.waits_for, row.finished_at) == ("approved", "staff", None)
    step = (await office.steps(number))["licence"]
    await office.visits.do_step({"step": str(step.id)})
    await office.work()
    keys = {key for name, key in office.register.asked if name == "licence"}
    assert len(keys) == 1
    row = await office.row(number)
    assert row.finished_at
    assert row.waits_for == ""


async def test_a_step_that_a_later_release_adds_is_done_by_what_is_under_way(settings, database):
    before = bench(settings, permit(steps=(register, fire)))
    number = await begun(before)
    after = bench(settings, permit())
    after.who = before.who
    await after.work()
    assert await after.state(number) == "approved"
    assert "step-done:hygiene" in await after.events(number)
