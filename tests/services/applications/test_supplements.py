"""Supplements: what is still wanted is asked for once, and what is known is not asked again."""

from datetime import date, timedelta

import pytest

from services.applications.errors import SupplementIncomplete
from services.applications.states import TransitionIllegal
from services.models import Material
from tests.services.applications.bench import FORM


@pytest.fixture
async def asked(office):
    """An application of which the rules want the lease."""
    office.register.says["register"] = ["no-lease"]
    number = await office.submit()
    await office.work()
    assert await office.state(number) == "supplement-asked"
    return number


async def test_an_answer_without_what_was_asked_for_is_refused(office, asked):
    for ids in ((), (await office.upload(),)):
        if ids:
            await Material.filter(id__in=ids).update(kind="picture")
        with pytest.raises(Exception) as refused:
            await office.story.answer(office.who, asked, None, ids, "en")
        assert refused.value.code in (SupplementIncomplete.code, "material-not-wanted")
    assert await office.state(asked) == "supplement-asked"
    assert not await Material.filter(application_id__isnull=False).exists()


async def test_it_says_what_is_wanted_why_and_until_when(office, asked):
    file = await office.story.case_file(office.who, asked, "en")
    assert file["supplement"] == {
        "wanted": [{"kind": "lease", "title": "Lease"}],
        "reasons": ["The lease is missing"],
        "words": "",
        "due_on": "2026-12-04",  # ten working days after 20 November
    }
    assert file["clock"]["paused"]
    assert file["waits_for"] == "you"
    assert "answer" in file["may"]


async def test_documents_alone_leave_what_the_departments_said_as_it_is(office, asked):
    answered = await office.story.answer(office.who, asked, None, (await office.upload(),), "en")
    assert answered.state == "submitted"
    await office.work()
    assert await office.state(asked) == "approved"
    names = [name for name, _ in office.register.asked]
    assert names == ["register", "hygiene", "licence"]
    assert len(office.brigade.asked) == 1
    with pytest.raises(TransitionIllegal):
        await office.story.answer(office.who, asked, None, (), "en")


@pytest.mark.parametrize("saved_before", [False, True])
async def test_another_form_begins_every_check_anew(office, saved_before):
    office.brigade.says["fire"] = ["which-stall"]
    number, other = await office.submit(), FORM | {"stall": "B2"}
    await office.work()
    if saved_before:
        await office.story.change(office.who, number, other)
        await office.story.change(office.who, number, other)
    await office.story.answer(office.who, number, other, (), "en")
    await office.work()
    assert await office.state(number) == "approved"
    asked = [name for name, _ in office.register.asked]
    assert asked == ["register", "hygiene"] * 2 + ["licence"]
    keys = [key for name, key in office.register.asked if name == "register"]
    assert keys[0] != keys[1]
    assert {row.round for row in (await office.steps(number)).values()} == {2}


async def test_nobody_is_asked_for_the_same_thing_twice_a_person_looks_instead(office):
    office.brigade.says["fire"] = ["which-stall", "which-stall"]
    number = await office.submit()
    await office.work()
    await office.story.answer(office.who, number, FORM | {"stall": "B2"}, (), "en")
    await office.work()
    row = await office.row(number)
    assert (row.state, row.waits_for) == ("in-review", "staff")
    file = await office.story.case_file(office.who, number, "en")
    assert file["events"][-1]["name"] == "to-staff"
    assert file["events"][-1]["reason"]


async def test_what_a_department_holds_is_never_asked_for(office):
    office.register.says["register"] = ["has-lease"]
    number = await office.submit()
    await office.work()
    assert await office.state(number) == "approved"
    held = await Material.get(application_id=(await office.row(number)).id)
    assert (held.kind, held.source, held.department) == ("lease", "department", "register")


async def test_the_clocks_stand_still_until_it_is_answered(office, asked):
    before = await office.row(asked)
    assert before.promised_on == date(2026, 11, 27)
    office.clock.move(days=10)  # a Monday
    await office.story.answer(office.who, asked, None, (await office.upload(),), "en")
    after = await office.row(asked)
    assert after.promised_on == date(2026, 12, 7)  # its five working days are all left
    assert after.paused_at is None
    assert after.statutory_on - before.statutory_on >= timedelta(days=10)


async def test_withdrawing_instead_ends_it(office, asked):
    await office.story.withdraw(office.who, asked)
    await office.work()
    assert await office.state(asked) == "withdrawn"
    file = await office.story.case_file(office.who, asked, "en")
    assert (file["waits_for"], file["clock"]["days_left"]) == (None, None)
