"""Corrections: asked for, looked at in the resident's sight, decided once with a reason."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from tortoise.context import TortoiseContext

from config.settings import Settings
from config.texts import LOCALES, words
from identity import corrections
from identity.caller import Caller, CallerKind
from identity.corrections import (
    CorrectionDecided,
    CorrectionMissing,
    CorrectionReason,
    Corrections,
    CorrectionsTooMany,
)
from identity.errors import NameInvalid, SignInNeeded
from identity.models import AuditEvent, Correction, Notice
from identity.residents import Residents
from identity.vault import Vault
from tests.support.everything_held import caller_of
from tests.support.minors import born_years_ago, number_of
from tests.support.people import admit

STAFF = uuid4()
SUPERVISOR = Caller(CallerKind.STAFF, None, str(STAFF), "zhiban-staff")


@pytest.fixture
def vault(settings: Settings, database: TortoiseContext) -> Vault:
    return Vault.from_settings(settings)


@pytest.fixture
async def resident(settings: Settings, vault: Vault) -> AsyncIterator[UUID]:
    yield (await admit(settings, "欧阳修远", number_of(born_years_ago(40)).value)).resident


async def asked(vault: Vault, resident: UUID, field: str = "name", wanted: str = "欧阳修原") -> str:
    return str((await Corrections(vault).ask(caller_of(resident), field, wanted)).id)


async def test_nobody_asks_without_signing_in(vault: Vault) -> None:
    with pytest.raises(SignInNeeded):
        await Corrections(vault).ask(Caller(), "name", "x")


async def test_a_name_that_is_none_is_refused(vault: Vault, resident: UUID) -> None:
    with pytest.raises(NameInvalid):
        await asked(vault, resident, wanted="张3")


async def test_only_so_many_wait_at_once(vault: Vault, resident: UUID) -> None:
    for _ in range(corrections.MOST_OPEN):
        await asked(vault, resident)
    with pytest.raises(CorrectionsTooMany):
        await asked(vault, resident)


@pytest.mark.parametrize("named", ["nonsense", str(uuid4())])
async def test_what_nobody_asked_for_is_not_decided(vault: Vault, named: str) -> None:
    with pytest.raises(CorrectionMissing):
        await Corrections(vault).decide(SUPERVISOR, named, "made", "corrected")


@pytest.mark.parametrize(
    ("decision", "reason"),
    [("made", "already-right"), ("declined", "corrected"), ("declined", ""), ("made", "because")],
)
async def test_a_reason_must_go_with_the_decision(
    vault: Vault, resident: UUID, decision, reason: str
) -> None:
    named = await asked(vault, resident)
    with pytest.raises(CorrectionReason):
        await Corrections(vault).decide(SUPERVISOR, named, decision, reason)


async def test_what_was_asked_for_is_sealed(vault: Vault, resident: UUID) -> None:
    await asked(vault, resident, "other", "My street was renamed")
    (row,) = await Correction.all().values()
    assert b"street" not in f"{row}".encode() + bytes(row["wanted_sealed"])
    (mine,) = await Corrections(vault).of(resident)
    assert (mine.wanted, mine.state) == ("My street was renamed", "open")
    assert "street" not in repr(mine)
    assert await Corrections(vault).of(uuid4()) == []


async def test_the_resident_sees_that_a_supervisor_looked(vault: Vault, resident: UUID) -> None:
    await asked(vault, resident)
    (seen,) = await Corrections(vault).waiting(SUPERVISOR)
    assert seen.wanted == "欧阳修原"
    looked = await AuditEvent.get(event="record:read", resident_id=resident)
    assert (looked.actor_kind, looked.actor) == ("staff", str(STAFF))


async def test_a_name_is_put_right_and_the_resident_is_told(vault: Vault, resident: UUID) -> None:
    await Corrections(vault).decide(SUPERVISOR, await asked(vault, resident), "made", "corrected")
    assert (await Residents(vault).reveal(resident)).name == "欧阳修原"
    assert (await Notice.get(resident_id=resident)).kind == "correction-decided"
    (mine,) = await Corrections(vault).of(resident)
    assert (mine.state, mine.answer) == ("made", "corrected") and mine.decided_at
    assert await Corrections(vault).waiting(SUPERVISOR) == []


@pytest.mark.parametrize(
    ("decision", "reason"), [("declined", "register-first"), ("made", "corrected-elsewhere")]
)
async def test_other_decisions_change_no_name(
    vault: Vault, resident: UUID, decision, reason: str
) -> None:
    await Corrections(vault).decide(SUPERVISOR, await asked(vault, resident), decision, reason)
    assert (await Residents(vault).reveal(resident)).name == "欧阳修远"


async def test_of_two_supervisors_one_decides(vault: Vault, resident: UUID) -> None:
    named = await asked(vault, resident)
    tried = await asyncio.gather(
        Corrections(vault).decide(SUPERVISOR, named, "made", "corrected"),
        Corrections(vault).decide(SUPERVISOR, named, "declined", "not-shown"),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in tried) == ["CorrectionDecided", "NoneType"]
    with pytest.raises(CorrectionDecided):
        await Corrections(vault).decide(SUPERVISOR, named, "made", "corrected")
    assert await Notice.all().count() == 1


@pytest.mark.parametrize("locale", LOCALES)
def test_every_field_state_and_reason_has_its_words(locale: str) -> None:
    known = words(locale)
    codes = [corrections.OPEN, corrections.MADE, corrections.DECLINED]
    codes += [*corrections.REASONS_MADE, *corrections.REASONS_DECLINED]
    codes += [f"field.{one}" for one in corrections.FIELDS]
    assert not [code for code in codes if f"correction.{code}" not in known]
