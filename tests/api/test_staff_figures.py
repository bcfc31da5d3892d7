"""Figures: counted by month, exact for one's own department, without small counts of others."""

import json
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from services.figures import months
from services.figures.count import JOB, NIGHTLY, handlers
from services.models import Application, ApplicationEvent, Figure, Progress, Rating
from tests.support.cases import FUND, GUANGZHOU, WITHDRAWAL, a_case, an_applicant
from tests.support.http import Api
from tests.support.staff import at_work

MONDAY = datetime(2025, 9, 1, 3, tzinfo=UTC)  # eleven in the morning in China; a plain week


async def counted(api: Api) -> None:
    await Progress.all().delete()
    row = await Progress.create(
        id=uuid4(), name=JOB, began_at=datetime.now(UTC), changed_at=datetime.now(UTC)
    )
    await handlers(api.parts.catalogue)[JOB]({"progress": str(row.id)})


async def decided(
    api: Api, name: str, days: int, *, promised: int = 5, paused: int = 0, region: str = GUANGZHOU
) -> None:
    """Submitted on a Monday, decided so many calendar days later, with a pause before that."""
    number = await a_case(api, await an_applicant(api), region=region)
    row = await Application.get(number=number)
    await ApplicationEvent.filter(application_id=row.id).delete()
    due = (MONDAY + timedelta(days=promised)).date()
    await Application.filter(id=row.id).update(submitted_at=MONDAY, promised_on=due)
    happened = [(name, days)]
    if paused:
        happened = [("ask-supplement", 1), ("answer", 1 + paused), *happened]
    for event, after in happened:
        await ApplicationEvent.create(
            application_id=row.id,
            at=MONDAY + timedelta(days=after),
            name=event,
            state="approved",
            actor_kind="rules",
        )


async def a_rating(grade: int, active: bool) -> None:
    await Rating.create(
        id=uuid4(),
        application_id=uuid4(),
        resident_id=uuid4(),
        service=WITHDRAWAL,
        department=FUND,
        region=GUANGZHOU,
        grade=grade,
        active=active,
        created_at=MONDAY,
    )


@pytest.fixture(scope="module")
async def september(api: Api) -> Figure:
    await decided(api, "approve", 1)
    await decided(api, "approve", 2)
    await decided(api, "refuse", 4)
    await decided(api, "approve", 8)  # past the promised Saturday: six working days
    await decided(api, "approve", 4, paused=2)
    await decided(api, "withdraw", 1)
    for grade, active in ((5, True), (1, True), (5, False)):
        await a_rating(grade, active)
    await counted(api)
    return await Figure.get(month=date(2025, 9, 1), service=WITHDRAWAL, region=GUANGZHOU)


async def test_a_month_counts_what_was_submitted_decided_and_rated_in_it(september: Figure):
    row = september
    assert (row.submitted, row.approved, row.refused, row.withdrawn) == (6, 4, 1, 1)
    assert (row.in_time, row.unanswered, row.department) == (4, 1, FUND)
    assert json.loads(row.grades) == {"5": 1, "1": 1}


async def test_working_days_are_counted_without_weekends_and_pauses(september: Figure):
    """One, two and four days; eight with a weekend are six; four of which two stood still."""
    assert sorted(days_of(september)) == [1, 2, 2, 4, 6]


def days_of(row: Figure) -> list[int]:

    return [int(day) for day, n in json.loads(row.days).items() for _ in range(n)]


async def test_counting_again_changes_nothing(api: Api, september: Figure):
    before = await Figure.all().order_by("month", "service", "region").values()
    await counted(api)
    after = await Figure.all().order_by("month", "service", "region").values()
    assert [{**one, "id": 0} for one in before] == [{**one, "id": 0} for one in after]


async def test_staff_of_the_department_see_small_counts_as_they_are(api: Api, september: Figure):
    desk = await at_work(api, "caseworker", region="44", departments=[FUND])
    found = (await desk.send("GET", "/staff/figures?months=36")).body
    (row,) = [one for one in found["rows"] if one["id"] == WITHDRAWAL]
    assert row["own"] and (row["withdrawn"], row["refused"], row["rated"]) == (1, 1, 2)
    assert (row["median_days"], row["mean_grade"], row["in_time_percent"]) == (2.0, 3.0, 80)
    assert row["grades"]["5"] == 1


@pytest.mark.parametrize(
    ("region", "department"), [("44", "transport"), ("45", FUND), ("4403", FUND)]
)
async def test_others_see_no_count_under_ten(
    api: Api, september: Figure, region: str, department: str
):
    desk = await at_work(api, "listener", region=region, departments=[department])
    for by in ("item", "department", "region"):
        found = (await desk.send("GET", f"/staff/figures?months=36&by={by}")).body
        for row in found["rows"]:
            counts = [
                row[name] for name in ("submitted", "decided", "refused", "withdrawn", "rated")
            ]
            assert not row["own"] and row["grades"] is None
            assert all(count is None or count == 0 for count in counts)


async def test_no_small_count_of_others_follows_from_two_larger_ones(api: Api):
    """Decided less approved is refused; this month less both; the whole region less a part."""
    first = months.before(months.this_month())
    for month, region, approved, refused in (
        (first, "460100", 22, 3),
        (first, "460200", 11, 1),
        (months.this_month(), "460100", 14, 2),
    ):
        await Figure.create(
            month=month, service=WITHDRAWAL, region=region, department=FUND,
            submitted=approved + refused + 1, approved=approved, refused=refused, withdrawn=1,
            in_time=approved + refused - 1, unanswered=0, days='{"3": 12}',
            grades='{"5": 21, "1": 4}',
        )  # fmt: skip
    desk = await at_work(api, "listener", region="44", departments=["transport"])
    seen: list[int] = []
    for count in (1, 2):
        for region in ("46", "4601", "4602"):
            path = f"/staff/figures?by=department&months={count}&region={region}"
            for row in (await desk.send("GET", path)).body["rows"]:
                names = ("submitted", "decided", "approved", "refused", "withdrawn", "rated")
                seen += [row[name] for name in names if row[name] is not None]
                assert (row["in_time_percent"] or 0) % 10 == 0
                assert row["mean_grade"] is None or row["mean_grade"] == round(row["mean_grade"], 1)
    assert {20, 30} <= set(seen) and not [one for one in seen if one % 10]


async def test_the_nightly_count_begins_one_long_job(api: Api):
    await Progress.all().delete()
    nightly = handlers(api.parts.catalogue)[NIGHTLY]
    await nightly({})
    await nightly({})
    assert await Progress.filter(name=JOB).count() == 1


def test_months_follow_each_other_over_the_year():
    november = date(2025, 11, 1)
    assert list(months.between(november, date(2026, 2, 1)))[-1] == date(2026, 2, 1)
    assert months.before(date(2026, 2, 1), 3) == november
    assert months.after(date(2025, 12, 1)) == date(2026, 1, 1)
    first, end = months.bounds(november)
    assert (first, end) == (
        datetime(2025, 10, 31, 16, tzinfo=UTC),
        datetime(2025, 11, 30, 16, tzinfo=UTC),
    )
