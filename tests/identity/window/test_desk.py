"""The staff's side of a window: a code, a document, two people, nobody for themselves."""

import asyncio
from datetime import UTC, datetime

import pytest

from identity import documents
from identity.errors import IdNumberCheck, RegisterUnavailable
from identity.guardians import GuardianConsentNeeded
from identity.models import AuditEvent, DocumentIndex, Resident, Session, WindowRequest
from identity.person import IdNumber
from identity.staff.errors import StaffMustWait, StaffNotOneself, StaffRoleMissing
from identity.window.errors import (
    WindowCodeUnknown,
    WindowNotConfirmed,
    WindowRequestMissing,
    WindowRequestOver,
    WindowSecondPersonNeeded,
)
from identity.window.states import State
from tests.support.people import admit
from tests.support.window import REGION, Window, a_device, late, seen

PASSPORT = "E87654321"


async def test_a_code_is_taken_once(window):
    asked = await window.ask(a_device())
    clerks = [await window.clerk() for _ in range(4)]
    results = await asyncio.gather(
        *(window.desk.take(one, asked.code) for one in clerks), return_exceptions=True
    )
    assert sum(not isinstance(result, Exception) for result in results) == 1
    assert sum(isinstance(result, WindowCodeUnknown) for result in results) == 3


async def test_a_code_is_read_however_it_is_typed(window):
    asked = await window.ask(a_device())
    typed = f" {asked.code[:4].lower()}-{asked.code[4:]} "
    assert (await window.desk.take(await window.clerk(), typed)).id == asked.id


async def test_a_late_code_is_unknown(window):
    asked = await window.ask(a_device())
    await late(asked.id)
    with pytest.raises(WindowCodeUnknown):
        await window.desk.take(await window.clerk(), asked.code)


async def test_guessing_codes_makes_wait(window):
    clerk, asked = await window.clerk(), await window.ask(a_device())
    with pytest.raises(StaffMustWait):
        for _ in range(12):
            with pytest.raises(WindowCodeUnknown):
                await window.desk.take(clerk, "22222222")
    with pytest.raises(StaffMustWait):
        await window.desk.take(clerk, asked.code)


async def test_only_a_clerk_takes_and_checks_and_only_a_supervisor_confirms(window):
    asked, person = await window.ask(a_device()), await window.person()
    clerk, supervisor = await window.clerk(), await window.supervisor()
    operator = await window.staff.member("operator")
    boss = await window.staff.member("administrator")
    for member in (supervisor, operator, boss):
        with pytest.raises(StaffRoleMissing):
            await window.desk.take(member, asked.code)
        with pytest.raises(StaffRoleMissing):
            await window.desk.check(member, asked.id, seen(person))
    await window.checked(asked, person, clerk)
    for member in (clerk, operator, boss):
        with pytest.raises(StaffRoleMissing):
            await window.desk.confirm(member, asked.id)


async def test_a_document_of_wrong_form_is_refused_before_the_register_is_asked(window):
    asked, person, clerk = await window.ask(a_device()), await window.person(), await window.clerk()
    await window.desk.take(clerk, asked.code)
    wrong = person.number[:-1] + ("1" if person.number[-1] != "1" else "2")
    await window.sandbox.fault("population-register", "error")
    with pytest.raises(IdNumberCheck):
        await window.desk.check(clerk, asked.id, seen(person, number=wrong))


async def test_only_the_clerk_who_took_it_checks_it(window):
    asked, person = await window.ask(a_device()), await window.person()
    taker, other = await window.clerk(), await window.clerk()
    with pytest.raises(WindowRequestMissing):  # nobody's yet
        await window.desk.check(taker, asked.id, seen(person))
    await window.desk.take(taker, asked.code)
    with pytest.raises(WindowRequestMissing):
        await window.desk.check(other, asked.id, seen(person))


async def test_what_the_register_denies_goes_no_further_and_is_told_to_staff_only(window):
    asked, person, clerk = await window.ask(a_device()), await window.person(), await window.clerk()
    await window.desk.take(clerk, asked.code)
    assert await window.desk.check(clerk, asked.id, seen(person, name="别的名字")) == "name-differs"
    unknown = seen(person, number="11010519491231002X")
    assert await window.desk.check(clerk, asked.id, unknown) == "unknown"
    row = await WindowRequest.get(id=asked.id)
    assert (row.state, row.number_sealed) == (State.WAITING, None)
    assert await window.requests.state(asked.id, asked.secret) is State.WAITING
    assert await window.desk.check(clerk, asked.id, seen(person)) == "match"  # it was a slip


async def test_a_clerk_cannot_ask_the_register_for_ever(window):
    asked, person, clerk = await window.ask(a_device()), await window.person(), await window.clerk()
    await window.desk.take(clerk, asked.code)
    for _ in range(5):
        await window.desk.check(clerk, asked.id, seen(person, name="别的名字"))
    with pytest.raises(WindowRequestOver):
        await window.desk.check(clerk, asked.id, seen(person))
    assert await window.requests.state(asked.id, asked.secret) is State.REFUSED


async def test_a_register_that_is_away_spends_nothing(window):
    asked, person, clerk = await window.ask(a_device()), await window.person(), await window.clerk()
    await window.desk.take(clerk, asked.code)
    await window.sandbox.fault("population-register", "error")
    with pytest.raises(RegisterUnavailable):
        await window.desk.check(clerk, asked.id, seen(person))
    await window.sandbox.heal()
    assert await window.desk.check(clerk, asked.id, seen(person)) == "match"


async def test_a_document_the_register_does_not_know_is_for_two_pairs_of_eyes(window):
    here = a_device()
    asked, person, clerk = await window.ask(here), await window.person(), await window.clerk()
    await window.desk.take(clerk, asked.code)
    passport = seen(person, document_type="passport", number=PASSPORT, country="FR")
    assert await window.desk.check(clerk, asked.id, passport) == "not-asked"
    await window.desk.confirm(await window.supervisor(), asked.id)
    done = await window.requests.tokens(asked.id, asked.secret, here)
    assert done.resident.proofed == 5


async def test_under_fourteen_a_guardian_has_agreed_first(window):
    asked, clerk = await window.ask(a_device()), await window.clerk()
    year = datetime.now(UTC).year - 8
    child = await window.sandbox.new_resident(
        (await window.person()).portrait, born=f"{year}-03-05"
    )
    await window.desk.take(clerk, asked.code)
    with pytest.raises(GuardianConsentNeeded):
        await window.desk.check(clerk, asked.id, seen(child, guardian_code="WRONG234"))


async def test_of_the_dead_nobody_is_verified_and_their_record_closes(window):
    here, person = a_device(), await window.person()
    done = await window.verified(here, person)
    await window.sandbox.change(person.number, deceased=True)
    asked, clerk = await window.ask(a_device()), await window.clerk()
    await window.desk.take(clerk, asked.code)
    assert await window.desk.check(clerk, asked.id, seen(person)) == "deceased"
    assert (await Resident.get(id=done.resident.id)).closed_why == "deceased"
    assert await Session.filter(resident_id=done.resident.id, ended_at__isnull=True).count() == 0


async def test_nobody_checks_or_confirms_their_own_document(window):
    person = await window.person()
    own = documents.parse("resident-id", person.number)
    asked = await window.ask(a_device())
    clerk = await window.staff.member("clerk", region=REGION, document=own)
    await window.desk.take(clerk, asked.code)
    with pytest.raises(StaffNotOneself):
        await window.desk.check(clerk, asked.id, seen(person))
    await window.desk.refuse(clerk, asked.id)
    await window.staff.accounts.disable(await window.staff.member("administrator"), clerk.id)
    supervisor = await window.staff.member("supervisor", region=REGION, document=own)
    asked = await window.ask(a_device())
    await window.checked(asked, person, await window.clerk())
    with pytest.raises(StaffNotOneself):
        await window.desk.confirm(supervisor, asked.id)


async def test_who_checked_does_not_confirm(window):
    both = await window.staff.member("clerk", "supervisor", region=REGION)
    asked, person = await window.ask(a_device()), await window.person()
    await window.checked(asked, person, both)
    with pytest.raises(WindowSecondPersonNeeded):
        await window.desk.confirm(both, asked.id)


async def test_two_accounts_of_one_person_are_one_person(window, settings):
    number, passport = "11010519491231002X", documents.parse("passport", PASSPORT, "CN")
    one = (await admit(settings, "某人", number)).person.number
    clerk = await window.staff.member("clerk", region=REGION, document=one)
    supervisor = await window.staff.member("supervisor", region=REGION, document=passport)
    asked, person = await window.ask(a_device()), await window.person()
    await window.checked(asked, person, clerk)
    theirs = await DocumentIndex.get(digest__in=digests(window, one))
    await DocumentIndex.create(
        digest=window.worker.vault.digest("document", passport.canonical),
        key_version=1,
        document_id=theirs.document_id,
    )
    with pytest.raises(WindowSecondPersonNeeded):
        await window.desk.confirm(supervisor, asked.id)


def digests(window: Window, number: IdNumber) -> list[str]:
    return list(window.worker.vault.digests("document", number.canonical).values())


async def test_a_supervisor_of_another_region_neither_sees_nor_confirms(window):
    asked, person = await window.ask(a_device()), await window.person()
    await window.checked(asked, person, await window.clerk("4403"))
    for region in ("45", "4404", "440305"):
        stranger = await window.supervisor(region)
        assert await window.desk.open_requests(stranger) == []
        for act in (window.desk.show, window.desk.confirm, window.desk.refuse):
            with pytest.raises(WindowRequestMissing):
                await act(stranger, asked.id)
    above = await window.supervisor("44")
    assert [row.id for row in await window.desk.open_requests(above)] == [asked.id]
    await window.desk.confirm(above, asked.id)


async def test_what_is_not_checked_is_not_confirmed(window):
    here = a_device()
    asked = await window.ask(here)
    supervisor = await window.supervisor()
    with pytest.raises(WindowRequestMissing):
        await window.desk.confirm(supervisor, asked.id)
    await window.desk.take(await window.clerk(), asked.code)
    with pytest.raises(WindowRequestOver):
        await window.desk.confirm(supervisor, asked.id)
    with pytest.raises(WindowNotConfirmed):
        await window.requests.tokens(asked.id, asked.secret, here)


async def test_twenty_confirmations_at_once_are_one(window):
    asked, person = await window.ask(a_device()), await window.person()
    await window.checked(asked, person, await window.clerk())
    supervisor = await window.supervisor()
    results = await asyncio.gather(
        *(window.desk.confirm(supervisor, asked.id) for _ in range(20)), return_exceptions=True
    )
    assert results.count(None) == 1
    assert sum(isinstance(result, WindowRequestOver) for result in results) == 19
    assert await AuditEvent.filter(event="window:confirmed").count() == 1
