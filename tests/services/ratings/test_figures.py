"""Public figures tell of crowds only, and no subtraction leads to fewer than ten."""

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


def cells(figures: Figures) -> dict[str, int]:
    """How many are told of, residents who rated and residents who said nothing."""
    return {"rated": figures.count or 0, "silent": figures.unanswered or 0}


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


async def test_a_department_of_one_large_and_one_small_item_gives_the_small_one_not_away():
    await given("large", *[5] * 12)
    await given("small", *[1] * 9)
    department = (await told()).departments["fund"]
    assert set(department.items) == {"large"} and not department.others
    assert department.figures == department.items["large"]
    assert department.figures.grades == {5: 10, 4: 0, 3: 0, 2: 0, 1: 0}


async def test_small_items_are_told_of_together_and_by_tens():
    await given("small", *[1] * 7)
    await given("smaller", *[3] * 6, day=1)
    department = (await told()).departments["fund"]
    assert not department.items and department.others
    assert department.figures.grades == {5: 0, 4: 0, 3: 3, 2: 0, 1: 7}


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


@pytest.mark.parametrize("seed", range(4))
async def test_no_subtraction_of_items_or_days_leads_to_fewer_than_ten(seed: int):
    """Ratings trickle in; whoever keeps every day's page never sees a step of less than ten."""
    chance, before = random.Random(seed), Counter()
    for day in range(25):
        for service in chance.choices("abcde", weights=(8, 4, 2, 1, 1), k=4):
            await given(service, *chance.choices(range(6), k=chance.randint(1, 3)), day=day)
        now: Counter[tuple[str, str]] = Counter()
        for department in (await told()).departments.values():
            items = [cells(one) for one in department.items.values()]
            for kind, whole in cells(department.figures).items():
                rest = whole - sum(one[kind] for one in items)
                assert rest == 0 or rest >= LEAST
            for name, one in department.items.items():
                now.update({(name, kind): count for kind, count in cells(one).items()})
        steps = {now[one] - before[one] for one in now | before}
        assert all(step == 0 or step >= LEAST for step in steps)
        before = now


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
