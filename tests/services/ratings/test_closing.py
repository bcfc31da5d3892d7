"""Who says nothing for fifteen days is counted apart, with no grade; asked once, never pressed."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from identity.models import Notice
from services.models import Rating, Ticket
from services.ratings import closing
from services.ratings.grades import OPEN_FOR, RatingTooLate
from tests.support.opinions import Opinions

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


async def finished(counter: Opinions, ago: timedelta, state: str = "approved") -> str:
    number = await counter.applied(state)
    await counter.finished(number, datetime.now(UTC) - ago)
    return number


async def test_what_is_withdrawn_open_or_young_is_neither_asked_about_nor_closed(counter: Opinions):
    await finished(counter, 3 * OPEN_FOR, "withdrawn")
    await counter.applied("in-review")
    await finished(counter, 3 * DAY - MINUTE)
    await closing.close(counter.catalogue, {})
    assert not await Rating.exists() and not await Notice.exists()


async def test_a_rating_that_was_given_stays_what_it_is(counter: Opinions):
    number = await finished(counter, 4 * DAY)
    await counter.rate(number, 1)
    await Notice.all().delete()
    await counter.finished(number, datetime.now(UTC) - 2 * OPEN_FOR)
    await closing.close(counter.catalogue, {})
    (row,) = await Rating.all()
    assert (row.grade, row.active) == (1, True) and not await Notice.exists()


async def test_somebody_is_asked_once_after_three_days(counter: Opinions):
    number = await finished(counter, 3 * DAY + MINUTE)
    for _ in range(3):
        await closing.close(counter.catalogue, {})
    (asked,) = await Notice.all()
    assert (asked.kind, asked.subject) == ("rating-asked", f"application:{number}")
    assert not await Rating.exists()


async def test_silence_is_no_opinion_and_opens_no_ticket(counter: Opinions):
    number = await finished(counter, OPEN_FOR + MINUTE)
    for _ in range(2):
        await closing.close(counter.catalogue, {})
    (row,) = await Rating.all()
    assert (row.grade, row.active, row.department) == (0, False, "register")
    assert not await Ticket.exists() and not await Notice.exists()
    with pytest.raises(RatingTooLate):
        await counter.rate(number, 5)
    shown, again = await counter.ratings.beside(counter.me, number)
    assert shown and (shown["grade"], shown["active"], again) == (None, False, False)


async def test_a_day_of_more_than_a_portion_is_closed_whole(
    counter: Opinions, monkeypatch: pytest.MonkeyPatch
):
    """Also where several ended in the same moment."""
    monkeypatch.setattr(closing, "PORTION", 2)
    at = datetime.now(UTC) - OPEN_FOR - DAY
    for _ in range(5):
        await counter.finished(await counter.applied(), at)
    await finished(counter, OPEN_FOR + 2 * DAY)
    await partial(closing.close, counter.catalogue)({})
    assert await Rating.filter(active=False).count() == 6
