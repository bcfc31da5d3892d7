"""Guardians and wards: whom the register names, what the codes open, and how all of it ends."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from tortoise.context import TortoiseContext

from config.outbound import Outbound
from config.settings import Settings
from identity import ages, consent, documents, guardians
from identity.attempts import Attempts
from identity.caller import OWN_APP, Caller, CallerKind
from identity.errors import (
    ConsentMissing,
    ConsentUnknown,
    GuardianCodeNotNeeded,
    GuardianshipNotConfirmed,
    RegisterUnavailable,
    StepUpNeeded,
    WardAgeUnknown,
    WardMissing,
    WardOfAge,
)
from identity.guardians import GuardianConsentNeeded
from identity.models import AuditEvent, Consent, Guardianship, Notice, Session
from identity.person import IdNumber, mask
from identity.register import Register
from identity.residents import Residents
from identity.wards import Wanted, Wards
from tests.support import faces as pictures
from tests.support.log_capture import personal
from tests.support.minors import born_years_ago, number_of
from tests.support.people import admit
from tests.support.sandbox import Sandbox, SandboxResident
from tests.support.session_parts import SessionParts, a_worker
from tests.support.verification_parts import in_sandbox

VERSION = consent.VERSIONS[consent.GUARDIAN]
REGISTER = "population-register"


class Family:
    """A worker with a guardian at it, and the outside world that knows the family."""

    def __init__(self, settings: Settings, sandbox: Sandbox, worker: SessionParts, wards: Wards):
        self.settings, self.sandbox, self.worker, self.wards = settings, sandbox, worker, wards

    async def outside(self, born: str = "1984-08-04", **more: str) -> SandboxResident:
        made = await self.sandbox.new_resident(pictures.portrait(pictures.OBAMA), born=born, **more)
        personal(made.name), personal(made.number)
        return made

    async def child(self, of: SandboxResident, years: int = 10, days: int = 0) -> SandboxResident:
        return await self.outside(f"{born_years_ago(years, days):%Y-%m-%d}", guardian=of.number)

    async def here(self, person: SandboxResident) -> Caller:
        """A resident of ours, signed in with a fresh proof."""
        resident = (await admit(self.settings, person.name, person.number)).resident
        return await self.signed_in(resident)

    async def signed_in(self, resident: UUID) -> Caller:
        session = (await self.worker.sign_in(resident)).session
        return Caller(
            CallerKind.RESIDENT, resident, str(resident), OWN_APP, UUID(str(session.id)),
            acr="4", auth_time=datetime.now(UTC),
        )  # fmt: skip


@pytest.fixture
async def family(
    settings: Settings, database: TortoiseContext, healthy_sandbox: Sandbox
) -> AsyncIterator[Family]:
    given = in_sandbox(settings, healthy_sandbox)
    async with a_worker(given) as worker, Outbound(given) as outbound:
        wards = Wards(
            Residents(worker.vault),
            Register(outbound, given),
            Attempts(worker.cache, worker.vault, given),
            worker.sessions,
            worker.vault,
        )
        yield Family(given, healthy_sandbox, worker, wards)


def wanted(child: SandboxResident, **changed: str) -> Wanted:
    honest = Wanted(child.name, child.number, "resident-id", VERSION, "en", "web", "203.0.113.9")
    return replace(honest, **changed)


async def test_nobody_else_is_taken_for_a_guardian(family: Family) -> None:
    """Another's child, a wrong name, a number that nobody has, somebody without a guardian."""
    parent, stranger = await family.outside(), await family.outside()
    child, orphan = await family.child(parent), await family.outside("2016-05-01")
    caller, nobodys = await family.here(stranger), number_of(born_years_ago(9), 997)
    unknown = replace(child, number=nobodys.value)
    for whom in (child, replace(child, name="别人"), unknown, orphan):
        with pytest.raises(GuardianshipNotConfirmed) as caught:
            await family.wards.add(caller, wanted(whom))
        assert (caught.value.facts, caught.value.headers) == ({}, {})
    with pytest.raises(GuardianshipNotConfirmed):
        await family.wards.add(await family.here(parent), wanted(replace(child, name="别人")))
    assert not await Guardianship.exists() and not await Consent.exists()
    assert await AuditEvent.filter(event="ward:refused").count() == 5


@pytest.mark.parametrize(
    "changed", [{"acr": "3"}, {"auth_time": datetime.now(UTC) - timedelta(hours=1)}]
)
async def test_an_old_or_weak_proof_is_sent_to_prove_again(family: Family, changed: dict) -> None:
    parent = await family.outside()
    caller = replace(await family.here(parent), **changed)
    with pytest.raises(StepUpNeeded):
        await family.wards.add(caller, wanted(await family.child(parent)))
    with pytest.raises(StepUpNeeded):
        await family.wards.code(caller, "x")


async def test_without_the_guardians_own_consent_nothing_is_asked(family: Family) -> None:
    parent = await family.outside()
    child = await family.child(parent)
    await family.sandbox.fault(REGISTER, "error")
    with pytest.raises(ConsentMissing):
        await family.wards.add(await family.here(parent), wanted(child, consent_version="1999"))


async def test_somebody_of_age_has_no_guardian(family: Family) -> None:
    parent = await family.outside()
    grown = await family.child(parent, years=18)
    with pytest.raises(WardOfAge):
        await family.wards.add(await family.here(parent), wanted(grown))


async def test_a_number_that_states_no_age_is_told_as_such(family: Family) -> None:
    caller = await family.here(await family.outside())
    passport = Wanted(
        "小明", "E12345678", "passport", VERSION, "en", "web", "203.0.113.9", country="CN"
    )
    with pytest.raises(WardAgeUnknown):
        await family.wards.add(caller, passport)


@pytest.mark.parametrize("kind", ["error", "malformed", "closed"])
async def test_a_register_that_is_away_is_told_as_such(family: Family, kind: str) -> None:
    parent = await family.outside()
    child, caller = await family.child(parent), await family.here(parent)
    await family.sandbox.fault(REGISTER, kind)
    with pytest.raises(RegisterUnavailable):
        await family.wards.add(caller, wanted(child))
    assert not await Guardianship.exists()


async def test_a_ward_is_registered_once(family: Family) -> None:
    parent = await family.outside()
    child, caller = await family.child(parent), await family.here(parent)
    first = await family.wards.add(caller, wanted(child))
    again = await family.wards.add(caller, wanted(child))
    assert first.id == again.id and not first.admitted and first.codes
    assert first.name == mask(child.name)
    assert await Consent.filter(purpose=consent.GUARDIAN).count() == 1
    (shown,) = await family.wards.of(caller.resident)
    assert shown.ends_on == ages.birthday(documents.born(IdNumber(child.number)), 18)


async def test_rows_hold_neither_name_nor_number_of_the_child(family: Family) -> None:
    parent = await family.outside()
    child = await family.child(parent)
    await family.wards.add(await family.here(parent), wanted(child))
    (row,) = await Guardianship.all().values()
    kept = f"{row}".encode() + bytes(row["ward_name_sealed"])
    assert child.name.encode() not in kept and child.number.encode() not in kept


async def test_a_code_lets_the_child_in_and_only_the_last_one_does(family: Family) -> None:
    parent = await family.outside()
    child, caller = await family.child(parent), await family.here(parent)
    ward = await family.wards.add(caller, wanted(child))
    first = await family.wards.code(caller, str(ward.id))
    second = await family.wards.code(caller, str(ward.id))
    assert len(second.value) == 8 and second.expires_at > datetime.now(UTC)
    number, vault = IdNumber(child.number), family.worker.vault
    with pytest.raises(GuardianConsentNeeded):
        await guardians.check(vault, number, first.value)
    await guardians.check(vault, number, second.value)


@pytest.mark.parametrize("who", ["another guardian", "nonsense", "ended"])
async def test_a_guardianship_of_somebody_else_is_missing(family: Family, who: str) -> None:
    parent, other = await family.outside(), await family.outside()
    child, caller = await family.child(parent), await family.here(parent)
    ward = str((await family.wards.add(caller, wanted(child))).id)
    asking = caller
    if who == "another guardian":
        asking = await family.here(other)
    elif who == "ended":
        await family.wards.end(caller, ward)
    else:
        ward = "nonsense"
    for ask in (family.wards.code(asking, ward), family.wards.end(asking, ward)):
        with pytest.raises(WardMissing):
            await ask
    with pytest.raises(WardMissing):
        await family.wards.activity(asking, ward, None, 30)


async def test_from_fourteen_on_there_is_no_code(family: Family) -> None:
    parent = await family.outside()
    child, caller = await family.child(parent, years=14), await family.here(parent)
    ward = await family.wards.add(caller, wanted(child))
    assert not ward.codes
    with pytest.raises(GuardianCodeNotNeeded):
        await family.wards.code(caller, str(ward.id))


async def test_a_child_who_is_here_is_told_and_sees_the_guardian(family: Family) -> None:
    parent = await family.outside()
    child, caller = await family.child(parent, years=16), await family.here(parent)
    grown = await family.here(child)
    ward = await family.wards.add(caller, wanted(child))
    assert ward.admitted
    assert (await Notice.get(resident_id=grown.resident)).kind == "ward-registered"
    (seen,) = await family.wards.guardians_of(grown.resident)
    assert seen.name.startswith(parent.name[0]) and parent.name not in seen.name
    given = await Consent.get(resident_id=grown.resident, purpose=consent.GUARDIAN)
    assert given.given_by == caller.resident


async def test_a_guardian_sees_what_happens_and_the_child_sees_that(family: Family) -> None:
    parent = await family.outside()
    child, caller = await family.child(parent, years=16), await family.here(parent)
    grown = await family.here(child)
    ward = await family.wards.add(caller, wanted(child))
    events = await family.wards.activity(caller, str(ward.id), None, 30)
    assert [row.event for row in events] == ["record:read", "ward:registered"]
    looked = await AuditEvent.get(event="record:read", resident_id=grown.resident)
    assert (looked.actor, looked.purpose) == (str(caller.resident), consent.GUARDIAN)


async def test_a_child_left_without_a_guardian_is_signed_out(family: Family) -> None:
    parent, second = await family.outside(), await family.outside()
    child, caller = await family.child(parent), await family.here(parent)
    small = await family.here(child)
    ward = await family.wards.add(caller, wanted(child))
    await Guardianship.all().update(ward_id=small.resident)
    other = await Guardianship.get()
    other.id, other.guardian_id = small.session, (await family.here(second)).resident
    await Guardianship.bulk_create([other])  # the other parent
    await family.wards.end(caller, str(ward.id))
    assert await Session.filter(id=small.session, ended_at__isnull=True).exists()
    both = await Guardianship.get(ended_at__isnull=True)
    await family.wards.end(replace(caller, resident=both.guardian_id), str(both.id))
    assert (await Session.get(id=small.session)).ended_why == "guardian-withdrew"


async def test_withdrawing_the_consent_releases_every_ward(family: Family) -> None:
    parent = await family.outside()
    caller = await family.here(parent)
    for _ in range(2):
        await family.wards.add(caller, wanted(await family.child(parent)))
    sessions = family.worker.sessions
    await consent.withdraw(sessions, caller.resident, consent.GUARDIAN, caller)
    assert await family.wards.of(caller.resident) == []
    assert not await Consent.filter(withdrawn_at__isnull=True).exists()
    with pytest.raises(ConsentUnknown):
        await consent.withdraw(sessions, caller.resident, consent.GUARDIAN, caller)
    assert await Session.filter(id=caller.session, ended_at__isnull=True).exists()


async def test_at_eighteen_it_is_over_before_any_job_says_so(family: Family) -> None:
    parent = await family.outside()
    child, caller = await family.child(parent, years=17), await family.here(parent)
    await family.here(child)
    ward = await family.wards.add(caller, wanted(child))
    await Guardianship.all().update(ends_on=ages.today())  # the birthday
    assert await family.wards.of(caller.resident) == []
    with pytest.raises(WardMissing):
        await family.wards.activity(caller, str(ward.id), None, 30)
    assert await guardians.end_of_age() == 1
    assert await guardians.end_of_age() == 0
    row = await Guardianship.get()
    assert row.ended_why == "of-age"
    told = {one.resident_id for one in await Notice.filter(kind="ward-of-age")}
    assert told == {row.guardian_id, row.ward_id}
    assert not await Consent.filter(purpose=consent.GUARDIAN, withdrawn_at__isnull=True).exists()
