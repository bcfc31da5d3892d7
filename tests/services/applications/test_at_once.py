"""Many at once: one of them is done, the others are told, and nothing happens twice."""

import asyncio
from datetime import timedelta

import pytest

from config import database as database_room
from config.jobs import Patience, Worker
from services.applications.declaration import Receipt
from services.applications.states import TransitionIllegal
from services.idempotency import IdempotencyInFlight, IdempotencyKeyReused, Once
from services.models import Application, ApplicationEvent
from tests.services.applications.bench import FORM
from tests.services.test_worker import until


def once(office, body: str = "b" * 64) -> Once:
    route = "POST /v1/services/{id}/applications"
    return Once(office.who.resident, office.who.actor, route, "k-1", body)


async def test_fifty_submissions_with_one_key_are_one_application(office):
    async def submit():
        return await office.story.submit(
            office.who, office.service.id, FORM, (), "en", once=once(office)
        )

    told = await asyncio.gather(*(submit() for _ in range(50)), return_exceptions=True)
    receipts = [one for one in told if isinstance(one, Receipt)]
    assert receipts
    assert len({one.number for one in receipts}) == 1
    others = {type(one) for one in told if not isinstance(one, Receipt)}
    assert others <= {IdempotencyInFlight}
    assert await submit() == receipts[0]
    assert await Application.all().count() == 1
    assert await ApplicationEvent.all().count() == 1
    assert len(await office.jobs()) == 1
    with pytest.raises(IdempotencyKeyReused):
        await office.story.submit(
            office.who, office.service.id, FORM, (), "en", once=once(office, "c" * 64)
        )


async def test_one_draft_sent_twice_at_once_is_submitted_once(office):
    made = await office.story.draft(office.who, office.service.id, FORM, "en")
    sends = (office.story.send_draft(office.who, made.number, (), "en") for _ in range(8))
    told = await asyncio.gather(*sends, return_exceptions=True)
    assert sum(isinstance(one, Receipt) for one in told) == 1
    assert sum(isinstance(one, TransitionIllegal) for one in told) == 7
    assert await ApplicationEvent.filter(name="submit").count() == 1


async def test_withdrawn_while_the_rules_decide_it_is_one_or_the_other(office):
    for _ in range(12):
        number = await office.submit()
        await office.run_one((await office.jobs())[0])
        steps = await office.steps(number)
        for name in ("register", "fire", "hygiene"):
            await office.visits.do_step({"step": str(steps[name].id)})
            await office.run_one((await office.jobs("advance-application"))[0])
            steps = await office.steps(number)
        advance = [job for job in await office.jobs("advance-application")]
        told = await asyncio.gather(
            office.story.withdraw(office.who, number),
            *(office.run_one(job) for job in advance),
            return_exceptions=True,
        )
        await office.work()
        licences = [name for name, _ in office.register.asked if name == "licence"]
        if isinstance(told[0], TransitionIllegal):
            assert await office.state(number) == "approved"
            assert len(licences) == 1
        else:
            assert await office.state(number) == "withdrawn"
            assert licences == []
        office.register.asked.clear()


async def all_finished() -> bool:
    return not await Application.filter(finished_at__isnull=True).exists()


async def test_several_workers_finish_many_applications_and_ask_every_office_once_for_each(
    office, settings
):
    quick = Patience(first=timedelta(seconds=0.05), poll=timedelta(seconds=0.2))
    numbers = [await office.submit() for _ in range(6)]
    address = database_room.dsn(settings)
    workers = [Worker(address, office.handlers, patience=quick) for _ in range(3)]
    running = [asyncio.create_task(worker.run()) for worker in workers]
    try:
        await until(all_finished)
    finally:
        for worker in workers:
            worker.stop()
        await asyncio.gather(*running)
    for number in numbers:
        events = await office.events(number)
        assert len(events) == len(set(events)) == 9
    asked = office.register.asked + office.brigade.asked
    assert len(asked) == len(set(asked)) == 4 * len(numbers)
