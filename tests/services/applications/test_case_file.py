"""What is seen of an application: the path that decides how long it takes, and lists."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise, permutations
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.applications import critical
from services.catalogue import Catalogue
from services.errors import QuestionInvalid
from services.models import ApplicationStep
from tests.services.applications.bench import FORM
from tests.services.applications.permit import Brigade, Register, fire, hygiene, register
from tests.support.statements import counted

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
STEPS = (register, fire, hygiene)


def row(step, state: str, began: float | None = None, took: float = 0.0) -> ApplicationStep:
    """``began``: hours ago; ``took``: hours."""
    ready = None if began is None else NOW - timedelta(hours=began)
    ended = ready + timedelta(hours=took) if ready and state == "done" else None
    return ApplicationStep(
        name=step.name,
        department=step.department.id,
        state=state,
        ready_at=ready,
        finished_at=ended,
    )


def test_before_anything_begins_the_path_is_the_longest_one_that_was_planned():
    rows = {one.name: row(one, "waiting") for one in STEPS}
    assert critical.path(STEPS, rows, NOW) == ["register", "hygiene"]
    assert critical.shares(rows, NOW) == [
        critical.Share("brigade", 0, 0), critical.Share("register", 0, 0)
    ]  # fmt: skip


def test_what_really_took_long_is_the_path_and_its_office_has_the_share():
    rows = {
        "register": row(register, "done", 60, 6),
        "fire": row(fire, "done", 60, 54),
        "hygiene": row(hygiene, "done", 54, 12),
    }
    assert critical.path(STEPS, rows, NOW) == ["fire"]
    first, second = critical.shares(rows, NOW)
    assert (first.department, first.seconds, first.percent) == ("brigade", 54 * 3600, 75)
    assert (second.department, second.seconds, second.percent) == ("register", 18 * 3600, 25)


def test_what_runs_over_its_time_becomes_the_path():
    rows = {
        "register": row(register, "done", 200, 1),
        "fire": row(fire, "running", 200),
        "hygiene": row(hygiene, "done", 199, 1),
    }
    assert critical.path(STEPS, rows, NOW) == ["fire"]


@st.composite
def plans(draw):
    """Steps, each after some of those before it, with what they were given and what they took."""
    steps, rows = [], {}
    for number in range(draw(st.integers(1, 6))):
        name, known = f"s{number}", [one.name for one in steps]
        after = tuple(draw(st.lists(st.sampled_from(known), unique=True)) if known else ())
        office = SimpleNamespace(id=draw(st.sampled_from(["north", "south", "west"])))
        one = SimpleNamespace(
            name=name, after=after, department=office, days=draw(st.integers(0, 4))
        )
        state = draw(st.sampled_from(["waiting", "running", "done"]))
        began = None if state == "waiting" else draw(st.integers(0, 200))
        steps.append(one)
        rows[name] = row(one, state, began, draw(st.integers(0, 100)))
    return steps, rows


def weight(step, found: ApplicationStep) -> float:
    """Hours, said again in other words than the code's."""
    if found.state == "waiting":
        return step.days * 24
    took = ((found.finished_at or NOW) - found.ready_at) / timedelta(hours=1)
    return took if found.state == "done" else max(took, step.days * 24)


def chains(steps) -> list[tuple]:
    """Every chain of steps that wait for one another directly, by trying all orders of all."""
    by_name = {one.name: one for one in steps}
    return [
        tried
        for size in range(1, len(steps) + 1)
        for tried in permutations(by_name, size)
        if all(one in by_name[other].after for one, other in pairwise(tried))
    ]


@given(plans())
def test_the_path_is_a_chain_and_no_other_chain_is_longer(plan):
    steps, rows = plan
    found = critical.path(steps, rows, NOW)
    long = {
        chain: sum(weight(one, rows[one.name]) for one in steps if one.name in chain)
        for chain in chains(steps)
    }
    assert long[tuple(found)] == pytest.approx(max(long.values()))


@given(plans())
def test_shares_are_all_of_the_time_spent_and_none_of_it_twice(plan):
    _steps, rows = plan
    found = critical.shares(rows, NOW)
    spent = {
        office: sum(
            ((one.finished_at or NOW) - one.ready_at).total_seconds()
            for one in rows.values()
            if one.department == office and one.state != "waiting"
        )
        for office in {one.department for one in rows.values()}
    }
    assert {one.department: one.seconds for one in found} == spent
    assert [one.seconds for one in found] == sorted(spent.values(), reverse=True)
    total = sum(spent.values())
    for one in found:
        assert one.percent == pytest.approx(100 * spent[one.department] / (total or 1), abs=0.5)


def test_no_steps_have_no_path():
    assert critical.path((), {}, NOW) == []
    assert critical.shares({}, NOW) == []


async def test_the_file_shows_steps_path_shares_and_clock(office):
    number = await office.submit()
    await office.run_one((await office.jobs())[0])
    file = await office.story.case_file(office.who, number, "zh-CN")
    assert [(one["name"], one["state"], one["critical"]) for one in file["steps"]] == [
        ("register", "queued", True),
        ("fire", "queued", False),
        ("hygiene", "waiting", True),
    ]
    assert file["critical_path"] == ["register", "hygiene"]
    assert file["steps"][1]["department"] == {"id": "brigade", "title": "消防队"}
    assert file["clock"] == {
        "promised_on": "2026-11-27",
        "statutory_on": "2026-12-18",
        "paused": False,
        "days_left": 5,
    }
    assert [event["title"] for event in file["events"]] == ["提交申请", "受理", "开始审核"]
    assert file["service"]["id"] == office.service.id
    assert {one["percent"] for one in file["offices"]} <= set(range(101))


async def test_resident_and_window_read_one_file_and_departments_work_from_what_it_shows(office):
    """What staff see, of the window and of departments, is ``Reader.file`` too (``Work.open``)."""
    office.register.says["register"] = ["no-lease"]
    number = await office.submit()
    await office.work()
    for locale in ("zh-CN", "en"):
        seen = await office.story.case_file(office.who, number, locale)
        window = await office.story.reader.file(await office.row(number), locale)
        assert seen == window | {"findings_locked": False}
    asked = {name for name, _ in office.register.asked + office.brigade.asked}
    assert asked == {one["name"] for one in seen["steps"] if one["state"] == "done"}
    told = [event["title"] for event in seen["events"] if event["by"] == "department"]
    assert len(told) == len(asked)


@pytest.mark.parametrize("many", [0, 1, 23])
async def test_a_list_of_any_length_is_two_statements(office, many):
    office.register.says["register"] = ["no-lease"] * many
    for _ in range(many):
        await office.submit()
    await office.work()
    with counted() as statements:
        page = await office.story.listed(office.who, "en")
    assert len(statements) == (2 if many else 1)
    assert len(page["applications"]) == min(many, 20)
    assert (page["next"] is not None) == (many > 20)


async def test_pages_follow_each_other_and_the_youngest_comes_first(office):
    numbers = [await office.submit() for _ in range(23)]
    first = await office.story.listed(office.who, "en")
    second = await office.story.listed(office.who, "en", cursor=first["next"])
    seen = [one["number"] for page in (first, second) for one in page["applications"]]
    assert seen == numbers[::-1]
    assert second["next"] is None


async def test_a_list_says_whom_each_waits_for_and_until_when(office):
    office.register.says["register"] = ["no-lease"]
    asked = await office.submit()
    await office.work()
    draft = (await office.story.draft(office.who, office.service.id, FORM, "en")).number
    done = await office.submit()
    await office.work()
    lines = (await office.story.listed(office.who, "en"))["applications"]
    told = {one["number"]: (one["state"], one["waits_for"], one["due_on"]) for one in lines}
    assert told == {
        asked: ("supplement-asked", "you", "2026-12-04"),
        draft: ("draft", "you", None),
        done: ("approved", None, None),
    }
    only = await office.story.listed(office.who, "en", state="approved")
    assert [one["number"] for one in only["applications"]] == [done]


@pytest.mark.parametrize("asked", [{"state": "lost"}, {"cursor": "%%%"}, {"cursor": "YWJj"}])
async def test_a_list_of_nonsense_is_refused(office, asked):
    with pytest.raises(QuestionInvalid):
        await office.story.listed(office.who, "en", **asked)


async def test_an_application_to_a_service_that_is_offered_no_more_is_listed_by_its_id(office):
    await office.submit()
    office.story._catalogue = Catalogue([], [Register, Brigade])
    (line,) = (await office.story.listed(office.who, "en"))["applications"]
    assert line["service"] == {"id": office.service.id, "title": office.service.id, "icon": "file"}
