"""Corrections: asked for, looked at in the resident's sight, decided once with a reason."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from tortoise.context import TortoiseContext

from config.settings import Settings
from config.texts import LOCALES, words
from identity import corrections
from identity.caller import Caller
from identity.corrections import (
    CorrectionDecided,
    CorrectionMissing,
    CorrectionReason,
    Corrections,
    CorrectionsTooMany,
)
from identity.errors import NameInvalid, SignInNeeded, StepUpNeeded
from identity.models import AuditEvent, Correction, Notice
from identity.residents import Residents
from identity.staff.accounts import Accounts
from identity.staff.errors import StaffNotOneself, StaffRoleMissing
from identity.staff.roles import Member
from identity.vault import Vault
from tests.support.everything_held import caller_of
from tests.support.minors import born_years_ago, number_of
from tests.support.people import admit
from tests.support.staff import StaffRoom


@pytest.fixture
def vault(settings: Settings, database: TortoiseContext) -> Vault:
    return Vault.from_settings(settings)


@pytest.fixture
def room(vault: Vault) -> Corrections:
    return Corrections(vault, Residents(vault), Accounts(vault))


@pytest.fixture
async def supervisor(vault: Vault) -> Member:
    return await StaffRoom.on(vault).member("supervisor")


@pytest.fixture
async def resident(settings: Settings, vault: Vault) -> AsyncIterator[UUID]:
    yield (await admit(settings, "欧阳修远", number_of(born_years_ago(40)).value)).resident


async def asked(
    room: Corrections, resident: UUID, field: str = "name", wanted: str = "欧阳修原"
) -> UUID:
    return (await room.ask(caller_of(resident), field, wanted)).id


async def test_nobody_asks_without_signing_in(room: Corrections) -> None:
    with pytest.raises(SignInNeeded):
        await room.ask(Caller(), "name", "x")


async def test_a_name_needs_a_fresh_proof_and_the_rest_does_not(
    room: Corrections, resident: UUID
) -> None:
    weak = caller_of(resident, acr="3")
    with pytest.raises(StepUpNeeded):
        await room.ask(weak, "name", "欧阳修原")
    assert (await room.ask(weak, "phone", "139")).state == "open"


async def test_a_clerk_neither_sees_nor_decides(
    room: Corrections, vault: Vault, resident: UUID
) -> None:
    named, clerk = await asked(room, resident), await StaffRoom.on(vault).member("clerk")
    with pytest.raises(StaffRoleMissing):
        await room.waiting(clerk)
    with pytest.raises(StaffRoleMissing):
        await room.decide(clerk, named, "made", "corrected")


async def test_nobody_decides_their_own(room: Corrections, vault: Vault, resident: UUID) -> None:
    named = await asked(room, resident)
    own = (await room.residents.reveal(resident)).number
    oneself = await StaffRoom.on(vault).member("supervisor", document=own)
    with pytest.raises(StaffNotOneself):
        await room.decide(oneself, named, "made", "corrected")
    assert (await Correction.get()).state == "open"


async def test_a_name_that_is_none_is_refused(room: Corrections, resident: UUID) -> None:
    with pytest.raises(NameInvalid):
        await asked(room, resident, wanted="张3")


async def test_only_so_many_wait_at_once(room: Corrections, resident: UUID) -> None:
    for _ in range(corrections.MOST_OPEN):
        await asked(room, resident)
    with pytest.raises(CorrectionsTooMany):
        await asked(room, resident)


async def test_what_nobody_asked_for_is_not_decided(room: Corrections, supervisor: Member) -> None:
    with pytest.raises(CorrectionMissing):
        await room.decide(supervisor, uuid4(), "made", "corrected")


@pytest.mark.parametrize(
    ("decision", "reason"),
    [("made", "already-right"), ("declined", "corrected"), ("declined", ""), ("made", "because")],
)
async def test_a_reason_must_go_with_the_decision(
    room: Corrections, supervisor: Member, resident: UUID, decision, reason: str
) -> None:
    named = await asked(room, resident)
    with pytest.raises(CorrectionReason):
        await room.decide(supervisor, named, decision, reason)


async def test_what_was_asked_for_is_sealed(room: Corrections, resident: UUID) -> None:
    await asked(room, resident, "other", "My street was renamed")
    (row,) = await Correction.all().values()
    assert b"street" not in f"{row}".encode() + bytes(row["wanted_sealed"])
    (mine,) = await room.of(resident)
    assert (mine.wanted, mine.state) == ("My street was renamed", "open")
    assert "street" not in repr(mine)
    assert await room.of(uuid4()) == []


async def test_the_resident_sees_that_a_supervisor_looked(
    room: Corrections, supervisor: Member, resident: UUID
) -> None:
    await asked(room, resident)
    (seen,) = await room.waiting(supervisor)
    assert (seen.asked.wanted, seen.name) == ("欧阳修原", "欧**远")
    assert "欧阳" not in repr(seen)
    looked = await AuditEvent.get(event="record:read", resident_id=resident)
    assert (looked.actor_kind, looked.actor) == ("staff", str(supervisor.id))


async def test_a_name_is_put_right_and_the_resident_is_told(
    room: Corrections, supervisor: Member, resident: UUID
) -> None:
    await room.decide(supervisor, await asked(room, resident), "made", "corrected")
    assert (await room.residents.reveal(resident)).name == "欧阳修原"
    assert (await Notice.get(resident_id=resident)).kind == "correction-decided"
    (mine,) = await room.of(resident)
    assert (mine.state, mine.answer) == ("made", "corrected") and mine.decided_at
    assert await room.waiting(supervisor) == []


@pytest.mark.parametrize(
    ("decision", "reason"), [("declined", "register-first"), ("made", "corrected-elsewhere")]
)
async def test_other_decisions_change_no_name(
    room: Corrections, supervisor: Member, resident: UUID, decision, reason: str
) -> None:
    await room.decide(supervisor, await asked(room, resident), decision, reason)
    assert (await room.residents.reveal(resident)).name == "欧阳修远"


async def test_of_two_supervisors_one_decides(
    room: Corrections, supervisor: Member, resident: UUID
) -> None:
    named = await asked(room, resident)
    tried = await asyncio.gather(
        room.decide(supervisor, named, "made", "corrected"),
        room.decide(supervisor, named, "declined", "not-shown"),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in tried) == ["CorrectionDecided", "NoneType"]
    with pytest.raises(CorrectionDecided):
        await room.decide(supervisor, named, "made", "corrected")
    assert await Notice.all().count() == 1


@pytest.mark.parametrize("locale", LOCALES)
def test_every_field_state_and_reason_has_its_words(locale: str) -> None:
    known = words(locale)
    codes = [corrections.OPEN, corrections.MADE, corrections.DECLINED]
    codes += [*corrections.REASONS_MADE, *corrections.REASONS_DECLINED]
    codes += [f"field.{one}" for one in corrections.FIELDS]
    assert not [code for code in codes if f"correction.{code}" not in known]
