"""One rating for a finished application, by its resident alone; a bad one is heard (GB/T 39735)."""

import asyncio
from contextvars import Context
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from identity.models import AuditEvent, Notice
from services.applications.errors import ApplicationMissing
from services.clocks import add_working_days, today
from services.models import Rating, Ticket
from services.ratings.giving import Opinion
from services.ratings.grades import (
    OPEN_FOR,
    RatingGiven,
    RatingInvalid,
    RatingTooEarly,
    RatingTooLate,
)
from tests.support.opinions import Opinions

WORDS = "We waited for weeks"
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "wrong",
    [
        Opinion(0),
        Opinion(6),
        Opinion(3, ("rude",)),
        Opinion(3, ("fast", "fast")),
        Opinion(3, ("fast", "clear", "friendly", "no-visit", "slow", "unclear")),
        Opinion(3, (), "x" * 501),
    ],
    ids=["no grade", "six", "unknown tag", "a tag twice", "six tags", "too long"],
)
async def test_an_opinion_of_another_form_is_refused(counter: Opinions, wrong: Opinion):
    number = await counter.applied()
    with pytest.raises(RatingInvalid):
        await counter.ratings.give(counter.who, counter.me, number, wrong, None)
    assert not await Rating.exists()


@pytest.mark.parametrize("state", ["submitted", "in-review", "supplement-asked", "withdrawn"])
async def test_what_is_not_finished_or_was_withdrawn_is_not_rated(counter: Opinions, state: str):
    with pytest.raises(RatingTooEarly) as refused:
        await counter.rate(await counter.applied(state), 5)
    assert refused.value.facts == {"state": state}


async def test_what_is_approved_and_not_carried_out_is_not_finished(counter: Opinions):
    with pytest.raises(RatingTooEarly):
        await counter.rate(await counter.applied(finished_at=None), 5)


async def test_a_draft_and_what_is_somebody_else_s_are_not_there(counter: Opinions):
    for number in (await counter.applied("draft"), "no number", "A20260101000000000"):
        with pytest.raises(ApplicationMissing):
            await counter.rate(number, 5)
    with pytest.raises(ApplicationMissing):
        await counter.rate(await counter.applied(), 5, me=uuid4())


async def test_after_fifteen_days_it_is_too_late(counter: Opinions):
    number, now = await counter.applied(), datetime.now(UTC)
    await counter.finished(number, now - OPEN_FOR)
    assert await counter.ratings.beside(counter.me, number) == (None, False)
    with pytest.raises(RatingTooLate):
        await counter.rate(number, 5)
    await counter.finished(number, now - OPEN_FOR + DAY)
    assert await counter.ratings.beside(counter.me, number) == (None, True)
    assert await counter.rate(number, 5) == ""


async def test_of_many_at_once_exactly_one_is_given(counter: Opinions):
    number = await counter.applied()
    tasks = [asyncio.create_task(counter.rate(number, 1), context=Context()) for _ in range(6)]
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert sorted(type(one).__name__ for one in found) == ["RatingGiven"] * 5 + ["str"]
    assert (await Rating.all().count(), await Ticket.all().count()) == (1, 1)


@pytest.mark.parametrize("state", ["approved", "refused", "collected"])
async def test_every_end_but_a_withdrawal_is_rated_once(counter: Opinions, state: str):
    number = await counter.applied(state)
    assert await counter.rate(number, 3) == ""
    with pytest.raises(RatingGiven):
        await counter.rate(number, 4)
    shown, again = await counter.ratings.beside(counter.me, number)
    assert shown and (shown["grade"], shown["active"], shown["ticket"], again) == (
        3, True, None, False,
    )  # fmt: skip


@pytest.mark.parametrize("grade", [3, 4, 5])
async def test_a_good_one_opens_nothing(counter: Opinions, grade: int):
    assert await counter.rate(await counter.applied(), grade, WORDS) == ""
    assert not await Ticket.exists()


@pytest.mark.parametrize("grade", [1, 2])
async def test_a_bad_one_opens_a_ticket_of_fifteen_working_days(counter: Opinions, grade: int):
    number = await counter.applied()
    opened = await counter.rate(number, grade, WORDS)
    row = await counter.ticket(opened)
    assert (row.kind, row.state, row.department, row.call_back) == (
        "rating",
        "open",
        "register",
        "",
    )
    assert row.due_on == add_working_days(today(), 15)
    shown, _ = await counter.ratings.beside(counter.me, number)
    assert shown and (shown["words"], shown["ticket"]) == (WORDS, opened)
    assert (await counter.tickets.one(counter.me, opened)).words == WORDS
    (told,) = await Notice.filter(resident_id=counter.me)
    assert (told.kind, told.subject) == ("ticket-opened", f"ticket:{opened}")
    events = await AuditEvent.filter(resident_id=counter.me).values_list("event", flat=True)
    assert sorted(map(str, events)) == ["rating:given", "ticket:opened"]


async def test_what_was_written_stands_sealed(counter: Opinions):
    await counter.rate(await counter.applied(), 1, WORDS)
    kept = repr([await Rating.all().values(), await Ticket.all().values()])
    assert WORDS not in kept and WORDS not in repr(Opinion(1, (), WORDS))
