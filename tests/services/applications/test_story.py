"""Applications from their first word to their end, on real engines."""

import asyncio
from uuid import uuid4

import pytest

from identity.caller import NOBODY
from identity.errors import SignInNeeded, StepUpNeeded
from identity.models import AuditEvent, Notice
from services.applications import numbers
from services.applications.errors import (
    ApplicationChanged,
    ApplicationMissing,
    ApplicationOpen,
    FormTooLarge,
)
from services.applications.states import TransitionIllegal
from services.catalogue import Catalogue
from services.errors import OfficeRefused, QuestionInvalid, ServiceUnknown
from services.models import Application
from tests.services.applications.bench import FORM, bench
from tests.services.applications.permit import permit
from tests.services.counter import caller


async def test_nobody_applies_without_signing_in_and_proving_anew(office):
    weak = caller(office.who.resident, acr="3")
    for who, refusal in ((NOBODY, SignInNeeded), (weak, StepUpNeeded)):
        with pytest.raises(refusal):
            await office.submit(who=who)
    assert not await Application.exists()


async def test_a_form_that_does_not_fit_and_a_service_that_is_none_are_refused(office):
    with pytest.raises(QuestionInvalid) as refused:
        await office.submit({"region": "440100"})
    assert refused.value.facts["fields"] == ["stall"]
    with pytest.raises(ServiceUnknown):
        await office.story.submit(office.who, "night-market-balance", FORM, (), "en")
    with pytest.raises(FormTooLarge):
        await office.story.draft(office.who, office.service.id, {"stall": "x" * 70_000}, "en")
    assert not await Application.exists()


async def test_an_application_of_somebody_else_is_not_there(office):
    number, other = await office.submit(), caller(uuid4())
    for story in (office.story.withdraw, office.story.collect):
        with pytest.raises(ApplicationMissing):
            await story(other, number)
    for said in (number, "ZB0000000000000", "", "x" * 500):
        with pytest.raises(ApplicationMissing):
            await office.story.case_file(other, said, "en")
    assert (await office.story.listed(other, "en"))["applications"] == []


async def test_offices_are_asked_in_parallel_the_rules_decide_and_the_licence_is_written_once(
    office,
):
    number = await office.submit()
    await office.work()
    assert not office.faults
    assert await office.state(number) == "approved"
    asked = [name for name, _ in office.register.asked]
    assert asked == ["register", "hygiene", "licence"]
    events = await office.events(number)
    assert events[:3] == ["submit", "accept", "review"]
    assert events[-3:] == ["approve", "step-done:licence", "carried-out"]
    begun = await office.steps(number)
    assert begun["register"].ready_at == begun["fire"].ready_at  # at once, both of them
    assert begun["hygiene"].ready_at >= begun["register"].finished_at


async def test_every_move_is_audited_and_what_matters_is_told_with_its_subject(office):
    number = await office.submit()
    await office.work()
    rows = await AuditEvent.filter(resident_id=office.who.resident).order_by("id")
    assert [row.event for row in rows] == [
        "application:submitted",
        "application:accepted",
        *["service:answered"] * 3,
        "application:approved",
        "service:answered",
    ]
    reads = [row for row in rows if row.event == "service:answered"]
    assert {row.service for row in reads} == {office.service.id}
    assert {row.purpose for row in reads} == {"application"}
    assert sorted(row.actor for row in reads) == ["brigade", "register", "register", "register"]
    notices = await Notice.filter(resident_id=office.who.resident).order_by("created_at")
    kinds = [(one.kind, one.subject) for one in notices]
    about = f"application:{number}"
    assert kinds == [("application-accepted", about), ("application-approved", about)]


async def test_a_refusal_tells_its_reason_with_its_facts(office):
    office.brigade.says["fire"] = ["bad"]
    number = await office.submit()
    await office.work()
    assert await office.state(number) == "refused"
    file = await office.story.case_file(office.who, number, "en")
    assert file["decision"] == {"outcome": "refuse", "reasons": ["Stall A7 does not do"]}
    assert file["may"] == ["rate", "complain"]
    assert not [name for name, _ in office.register.asked if name == "licence"]


async def test_a_draft_is_kept_changed_and_sent(office):
    made = await office.story.draft(office.who, office.service.id, {}, "en")
    file = await office.story.case_file(office.who, made.number, "en")
    assert (file["may"], file["steps"], file["clock"]) == (
        ["change", "submit", "withdraw"],
        [],
        None,
    )
    with pytest.raises(QuestionInvalid):
        await office.story.send_draft(office.who, made.number, (), "en")
    await office.story.change(office.who, made.number, FORM, file["version"])
    with pytest.raises(ApplicationChanged) as told:
        await office.story.change(office.who, made.number, {"stall": "B1"}, file["version"])
    assert told.value.facts["version"] == file["version"] + 1
    sent = await office.story.send_draft(office.who, made.number, (), "en")
    assert sent.model_dump() == {"number": made.number, "state": "submitted"}
    with pytest.raises(TransitionIllegal):
        await office.story.change(office.who, made.number, FORM)
    await office.work()
    assert await office.state(made.number) == "approved"


async def test_a_draft_of_another_service_does_not_become_this_one(settings, database):
    office = bench(settings, permit("stall-permit", max_age=None, level=3), permit())
    await office.there()
    weak = caller(office.who.resident, acr="3")
    made = await office.story.draft(weak, "night-market-permit", {}, "en")
    with pytest.raises(ApplicationMissing):
        await office.story.submit(weak, "stall-permit", FORM, (), "en", draft=made.number)
    assert await office.state(made.number) == "draft"


async def test_offices_are_asked_about_the_region_that_is_sent_not_that_of_the_draft(office):
    made = await office.story.draft(office.who, office.service.id, {"region": "659001"}, "en")
    await office.story.submit(office.who, office.service.id, FORM, (), "en", draft=made.number)
    assert (await office.row(made.number)).region == FORM["region"]


async def test_what_was_submitted_is_changed_only_with_the_proof_that_submitting_needs(office):
    office.brigade.says["fire"] = ["which-stall"]
    number = await office.submit()
    await office.work()
    weak = caller(office.who.resident, acr="3")
    with pytest.raises(StepUpNeeded):
        await office.story.change(weak, number, FORM | {"stall": "B2"})
    assert (await office.story.case_file(weak, number, "en"))["form"] == FORM


async def test_where_one_is_asked_for_at_a_time_a_second_waits_for_the_first(settings, database):
    office = bench(settings, permit(one_at_a_time=True))
    told = await asyncio.gather(*(office.submit() for _ in range(4)), return_exceptions=True)
    (number,) = [one for one in told if isinstance(one, str)]
    refused = [one for one in told if isinstance(one, ApplicationOpen)]
    assert [one.facts["number"] for one in refused] == [number] * 3
    office.register.says["licence"] = [OfficeRefused()]
    await office.work()
    assert await office.state(number) == "approved"  # and not carried out: it is not over
    with pytest.raises(ApplicationOpen):
        await office.submit()
    assert await office.submit(who=caller(uuid4()))
    await Application.filter(number=number).update(finished_at=office.clock())
    assert await office.submit() != number


def test_money_is_asked_for_one_at_a_time():
    plan = Catalogue.load().service("provident-fund-withdrawal").plan
    assert plan and plan.one_at_a_time


@pytest.mark.parametrize("state", ["draft", "submitted", "approved", "refused", "withdrawn"])
async def test_what_a_state_does_not_allow_is_refused_and_leaves_no_trace(office, state):
    number = await _in(office, state)
    before = await office.events(number)
    moves = {
        "submit": lambda: office.story.send_draft(office.who, number, (), "en"),
        "answer": lambda: office.story.answer(office.who, number, None, (), "en"),
        "withdraw": lambda: office.story.withdraw(office.who, number),
        "collect": lambda: office.story.collect(office.who, number),
    }
    legal = {"draft": {"submit", "withdraw"}, "submitted": {"withdraw"}}.get(state, set())
    for name in moves.keys() - legal:
        with pytest.raises(TransitionIllegal) as refused:
            await moves[name]()
        assert refused.value.facts["state"] == state
    assert await office.events(number) == before


async def _in(office, state: str) -> str:
    if state == "draft":
        return (await office.story.draft(office.who, office.service.id, FORM, "en")).number
    office.brigade.says["fire"] = ["bad" if state == "refused" else "good"]
    number = await office.submit()
    if state == "withdrawn":
        await office.story.withdraw(office.who, number)
    elif state != "submitted":
        await office.work()
    assert await office.state(number) == state
    return number


async def test_what_is_withdrawn_is_asked_of_nobody(office):
    number = await office.submit()
    await office.story.withdraw(office.who, number)
    await office.work()
    assert office.register.asked == office.brigade.asked == []
    assert await office.events(number) == ["submit", "withdraw"]
    assert (await office.row(number)).finished_at


async def test_findings_are_shown_to_who_has_proven_themselves_as_the_service_asks(office):
    number = await office.submit()
    await office.work()
    weak = caller(office.who.resident, acr="3")
    locked = await office.story.case_file(weak, number, "en")
    shown = await office.story.case_file(office.who, number, "en")
    assert locked["findings_locked"]
    assert not any(step["finding"] for step in locked["steps"])
    found = shown["steps"][0]["finding"]
    assert found == [{"name": "said", "title": "Finding", "value": "good", "show": None}]
    assert "never shown" not in str(shown)


async def test_a_number_of_today_that_is_taken_is_made_again(office, monkeypatch):
    drawn = iter([7, 7, 7, 8])
    monkeypatch.setattr(numbers.secrets, "randbelow", lambda _most: next(drawn))
    first, second = await office.submit(), await office.submit()
    assert first != second
    assert await Application.all().count() == 2
