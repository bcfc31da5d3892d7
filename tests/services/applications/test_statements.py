"""How many statements a submission sends, between BEGIN and COMMIT: a pin, not a limit of speed."""

import asyncio
from dataclasses import replace

import pytest

from services.applications.declaration import Receipt
from services.applications.errors import ApplicationOpen, MaterialsMissing
from services.idempotency import Once
from services.models import Application, ApplicationEvent, KeptAnswer
from tests.services.applications.bench import FORM, bench
from tests.services.applications.permit import ITEM, permit
from tests.support.statements import counted


def once(office, key: str) -> Once:
    return Once(office.who.resident, office.who.actor, "POST /v1/applications", key, "b" * 64)


async def sent(office, key: str = "") -> list[str]:
    """The statements of one submission."""
    known = once(office, key) if key else None
    await Application.exists()  # the first to ask opens the pool, and says so in the same log
    with counted() as statements:
        await office.story.submit(office.who, office.service.id, FORM, (), "en", once=known)
    return statements


@pytest.mark.parametrize("window", [False, True])
async def test_a_submission_looks_for_its_key_and_its_papers_and_writes_all_at_once(
    settings, database, window
):
    office = await bench(settings, permit(window=window)).there()
    look, papers, written = await sent(office, "k-1")
    assert "pg_try_advisory_xact_lock" in look
    assert "FROM material" in papers
    wanted = ["application", "application_event", "audit_event", "pgqueuer", "pgqueuer_log"]
    for table in [*wanted, "kept_answer", *(["notice"] if window else [])]:
        assert f"INSERT INTO {table} " in written
    assert len(await sent(office)) == 2  # without a key


async def test_what_is_asked_for_one_at_a_time_costs_no_statement_more_with_a_key(
    settings, database
):
    office = await bench(settings, permit(one_at_a_time=True)).there()
    look, _, written = await sent(office, "k-1")
    assert "pg_advisory_xact_lock" in look
    assert "finished_at IS NULL" in written


async def test_of_many_at_once_one_is_taken_whatever_their_keys_and_the_others_leave_nothing(
    settings, database
):
    office = await bench(settings, permit(one_at_a_time=True)).there()
    story, ask = office.story, (office.who, office.service.id, FORM, (), "en")
    tried = [story.submit(*ask, once=once(office, key)) for key in "abcdef"]
    told = await asyncio.gather(*tried, return_exceptions=True)
    (made,) = [one for one in told if isinstance(one, Receipt)]
    refused = [one.facts["number"] for one in told if isinstance(one, ApplicationOpen)]
    assert refused == [made.number] * 5
    assert await Application.all().count() == await KeptAnswer.all().count() == 1
    assert await ApplicationEvent.all().count() == len(await office.jobs()) == 1


async def test_the_same_again_is_one_statement(office):
    await sent(office, "k-1")
    assert len(await sent(office, "k-1")) == 1


async def test_a_decision_is_written_at_once_with_its_notice_and_the_job_that_carries_it_out(
    office,
):
    number = await office.submit()
    for _ in range(8):
        *_, job = await office.jobs()
        with counted() as statements:
            await office.run_one(job)
        if await office.state(number) == "approved":
            break
        for waiting in (await office.jobs())[:-1]:
            await office.run_one(waiting)
    decided = [one for one in statements if "UPDATE application SET" in one]
    assert len(decided) == 1
    assert "INSERT INTO notice " in decided[0]
    assert "INSERT INTO pgqueuer " in decided[0]


async def test_a_twin_that_ended_between_look_and_write_is_answered_and_nothing_is_done_twice(
    office, monkeypatch
):
    """Its lock was free again when ours was asked for, and our snapshot was older than its row."""
    route = once(office, "k-1")

    async def submit():
        return await office.story.submit(office.who, office.service.id, FORM, (), "en", once=route)

    first = await submit()
    look = office.story._idempotency._known
    blind = iter([None])

    async def older(connection, *asked):
        known = await look(connection, *asked)
        return next(blind, known)

    monkeypatch.setattr(office.story._idempotency, "_known", older)
    assert await submit() == first
    assert await Application.all().count() == await KeptAnswer.all().count() == 1
    assert await ApplicationEvent.all().count() == len(await office.jobs()) == 1


async def test_a_submission_that_is_refused_for_its_papers_writes_nothing(settings, database):
    (lease,) = ITEM.materials
    item = replace(ITEM, materials=(replace(lease, sources=("upload",)),))
    office = await bench(settings, permit(item=item)).there()
    with pytest.raises(MaterialsMissing):
        await sent(office, "k-1")
    assert not await Application.exists()
    assert not await KeptAnswer.exists()
