"""Public figures tell of crowds only, and no subtraction leads to fewer than ten."""

import asyncio
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from tortoise.context import TortoiseContext

from services.models import Rating
from services.ratings.figures import LEAST, Figures, PublicFigures, Published
from tests.support.statements import counted

BEGAN = datetime(2026, 1, 5, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("database")


async def given(service: str, *grades: int, department: str = "fund", day: int = 0) -> None:
    rows = [
        Rating(
            id=uuid4(), application_id=uuid4(), resident_id=uuid4(), service=service,
            department=department, grade=grade, active=grade > 0,
            created_at=BEGAN + timedelta(days=day, seconds=place),
        )
        for place, grade in enumerate(grades)
    ]  # fmt: skip
    await Rating.bulk_create(rows)


async def told() -> Published:
    return await PublicFigures().read()


def cells(figures: Figures) -> Counter[int]:
    """How many are told of, by grade; 0: who said nothing."""
    return Counter(figures.grades or {}) + Counter({0: figures.unanswered or 0})


def crowds(figures: Figures) -> tuple[int, int]:
    return figures.count or 0, figures.unanswered or 0


async def test_of_fewer_than_ten_nothing_is_told():
    await given("a", *[1] * 9)
    shown = (await told()).departments
    assert shown == {}


async def test_silence_makes_no_crowd_of_a_few_who_spoke():
    await given("a", *[1] * 9, *[0] * 12)
    department = (await told()).departments["fund"]
    item = department.items["a"]
    assert (item.count, item.average, item.satisfied, item.unanswered) == (None, None, None, 10)
    assert department.figures == item


async def test_a_department_s_figures_are_those_of_its_large_items():
    await given("large", *[5] * 12)
    await given("small", *[1] * 9)
    await given("smaller", *[1] * 9)
    department = (await told()).departments["fund"]
    assert set(department.items) == {"large"}
    assert department.figures == department.items["large"]
    assert department.figures.grades == {5: 10, 4: 0, 3: 0, 2: 0, 1: 0}


async def test_another_department_s_crowd_hides_nobody_here():
    await given("a", *[2] * 5, department="fund")
    await given("a", *[4] * 15, department="tax")
    assert set((await told()).departments) == {"tax"}


async def test_figures_of_what_was_said():
    await given("a", *[5] * 4, *[4] * 3, 3, 2, 1, *[0] * 10)
    item = (await told()).departments["fund"].items["a"]
    assert (item.count, item.average, item.satisfied) == (10, 3.8, 80)
    assert item.unanswered == 10


async def test_a_rating_without_a_department_is_told_of_nobody():
    await given("gone", *[5] * 20, department="")
    assert (await told()).departments == {}


@pytest.mark.parametrize("seed", range(2))
async def test_no_subtraction_of_items_or_days_leads_to_fewer_than_ten(seed: int):
    """Ratings trickle in; whoever keeps every day's page, of items and of departments, sees steps
    of ten or of nothing, and no grade that is taken back.
    """
    chance = random.Random(seed)
    before: dict[str, Figures] = {}
    for day in range(12):
        for service in chance.choices("abcde", weights=(8, 4, 2, 1, 1), k=5):
            await given(service, *chance.choices(range(6), k=chance.randint(2, 5)), day=day)
        now: dict[str, Figures] = {}
        for department in (await told()).departments.values():
            items = sum((cells(one) for one in department.items.values()), Counter())
            assert cells(department.figures) == items
            now |= department.items | {"department": department.figures}
        for name, figures in now.items():
            old = before.get(name, Figures(None, None))
            assert all(size % LEAST == 0 for size in crowds(figures))
            assert not cells(old) - cells(figures)
            if crowds(old) == crowds(figures):
                assert old == figures
        assert now.keys() >= before.keys()
        before = now


async def test_a_crowd_that_comes_at_once_is_answered_by_one_statement():
    """Anybody may ask: each must not begin a count of every rating of the province."""
    await given("a", *[5] * 10)
    figures = PublicFigures()
    with counted() as statements:
        await asyncio.gather(*(figures.read() for _ in range(20)))
    assert len(statements) == 1


async def test_they_are_counted_once_a_minute_by_one_statement(database: TortoiseContext):
    await given("a", *[5] * 10)
    now = 0.0
    figures = PublicFigures(lambda: now)
    with counted() as statements:
        for _ in range(20):
            await figures.read()
        assert len(statements) == 1
        now = 60.0
        await figures.read()
        assert len(statements) == 2
