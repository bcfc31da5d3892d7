"""What is seen of an application: the path that decides how long it takes, and lists."""

from datetime import UTC, datetime, timedelta

import pytest

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
