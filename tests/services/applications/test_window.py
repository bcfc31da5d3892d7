"""Applications that members of staff accept and decide; the rules only advise."""

from uuid import uuid4

import pytest
from tortoise.transactions import in_transaction

from identity.caller import Caller, CallerKind
from services.applications.by import By
from services.applications.ledger import locked
from services.applications.states import TransitionIllegal
from tests.services.applications.bench import bench
from tests.services.applications.permit import permit

CLERK = uuid4()
STAFF = By("staff", str(CLERK), Caller(CallerKind.STAFF, actor=str(CLERK), client="staff-desk"))


@pytest.fixture
async def window(settings, database):
    return await bench(settings, permit(window=True, collected=True)).there()


async def staff(office, number: str, move: str, **others) -> None:
    async with in_transaction() as connection:
        row = await locked(connection, (await office.row(number)).id)
        await getattr(office.moves, move)(connection, row, STAFF, **others)


async def test_nothing_is_asked_of_an_office_before_it_is_accepted(window):
    number = await window.submit()
    await window.work()
    assert window.register.asked == []
    row = await window.row(number)
    assert (row.state, row.waits_for) == ("submitted", "staff")


async def test_it_is_accepted_checked_advised_decided_and_collected(window):
    number = await window.submit()
    await staff(window, number, "accept")
    await window.work()
    row = await window.row(number)
    assert (row.state, row.waits_for) == ("in-review", "staff")
    assert window.story.reader.advice(row, "en") == ["All is well"]
    file = await window.story.case_file(window.who, number, "en")
    assert file["decision"] is None
    assert (file["events"][-1]["name"], file["events"][-1]["reason"]) == ("advise", "")
    await window.handlers["advance-application"]({"application": str(row.id)})
    assert (await window.events(number)).count("advise") == 1
    with pytest.raises(TransitionIllegal):
        await window.story.collect(window.who, number)
    await staff(window, number, "approve", reasons=("all-good",), words="Welcome")
    with pytest.raises(TransitionIllegal):  # the licence is not written yet
        await window.story.collect(window.who, number)
    await window.work()
    file = await window.story.case_file(window.who, number, "en")
    assert "collect" in file["may"]
    assert file["waits_for"] == "you"
    assert [event["words"] for event in file["events"] if event["words"]] == ["Welcome"]
    assert not any(str(CLERK) in str(event) for event in file["events"])  # a role, never who
    await window.story.collect(window.who, number)
    assert await window.state(number) == "collected"


async def test_staff_ask_in_their_own_words_and_accept_anew(window):
    number = await window.submit()
    await staff(window, number, "ask_supplement", wanted=("lease",), words="Please, the lease")
    file = await window.story.case_file(window.who, number, "en")
    assert file["supplement"]["words"] == "Please, the lease"
    await window.story.answer(window.who, number, None, (await window.upload(),), "en")
    row = await window.row(number)
    assert (row.state, row.waits_for) == ("submitted", "staff")


async def test_what_staff_decide_while_an_office_is_asked_stands(window):
    number = await window.submit()
    await staff(window, number, "accept")
    await window.run_one((await window.jobs())[0])

    async def refused_meanwhile():
        await staff(window, number, "refuse", reasons=("unclear",))
        return "good"

    window.brigade.says["fire"] = [refused_meanwhile]
    await window.work()
    assert await window.state(number) == "refused"
    assert "answered-late:fire" in await window.events(number)


async def test_what_staff_approve_without_a_check_is_carried_out(window):
    number = await window.submit()
    await staff(window, number, "accept")
    await window.run_one((await window.jobs())[0])
    await staff(window, number, "approve")
    await window.work()
    assert [name for name, _ in window.register.asked] == ["licence"]
    assert (await window.row(number)).finished_at
