"""Freezing: by a word only the resident has, never by a stranger; lifted by a proof."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.settings import Settings
from identity import errors, freeze, notices, wrong_codes
from identity.freeze import FreezeWordUnknown, IdentityFrozen, fresh_code, is_code, pass_freeze
from identity.models import (
    AuditEvent,
    BoundDevice,
    FreezeCode,
    Mandate,
    Notice,
    Passkey,
    Resident,
    Session,
)
from tests.support.log_capture import personal
from tests.support.records import ADDRESS, Records, a_records_room, caller_of, card


@pytest.fixture
async def records(settings: Settings, database: TortoiseContext) -> AsyncIterator[Records]:
    async with a_records_room(settings) as made:
        yield made


async def frozen(resident: UUID) -> bool:
    return (await Resident.get(id=resident)).frozen_at is not None


async def a_notice(records: Records, resident: UUID, session: UUID | None = None) -> str:
    """Somebody was told of a session, with a word for "this was not me"."""
    notice = uuid4()
    word = personal(notices.not_me_word(records.worker.vault, notice))
    await Notice.create(
        id=notice,
        resident_id=resident,
        kind="new-device",
        session_id=session,
        not_me=notices.not_me_digest(records.worker.vault, word),
    )
    return word


async def a_code(records: Records, resident: UUID) -> str:
    return personal(await records.freezes.new_code(caller_of(resident)))


@pytest.mark.parametrize("word", ["", "x", "陈晓雯", "440305198108030023", "0000-0000-0000"])
async def test_what_nobody_was_given_freezes_nobody(records: Records, word: str) -> None:
    resident = await records.admit(card())
    await a_code(records, resident)
    await a_notice(records, resident)
    with pytest.raises(FreezeWordUnknown):
        await records.freezes.by_word(word, ADDRESS)
    assert not await frozen(resident)


async def test_a_code_that_was_replaced_freezes_nobody(records: Records) -> None:
    resident = await records.admit(card())
    old, new = await a_code(records, resident), await a_code(records, resident)
    with pytest.raises(FreezeWordUnknown):
        await records.freezes.by_word(old, ADDRESS)
    assert not await frozen(resident)
    await records.freezes.by_word(new, ADDRESS)
    assert await frozen(resident)


async def test_a_word_is_good_once_and_for_a_month(records: Records) -> None:
    resident = await records.admit(card())
    word, late = await a_notice(records, resident), await a_notice(records, resident)
    await records.freezes.by_word(word, ADDRESS)
    await Notice.all().update(created_at=datetime.now(UTC) - timedelta(days=31))
    for spent in (word, late):
        with pytest.raises(FreezeWordUnknown):
            await records.freezes.by_word(spent, ADDRESS)


async def test_wrong_words_of_one_network_are_slowed_and_right_ones_not_counted(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wrong_codes, "WRONG_AN_HOUR", 3)
    resident = await records.admit(card())
    code = await a_code(records, resident)
    for _ in range(5):
        await records.freezes.by_word(code, ADDRESS)
    for _ in range(3):
        with pytest.raises(FreezeWordUnknown):
            await records.freezes.by_word("x", ADDRESS)
    with pytest.raises(errors.TooManyFromAddress):
        await records.freezes.by_word(code, ADDRESS)
    await records.freezes.by_word(code, "198.51.100.1")


@pytest.mark.parametrize("how", ["as given", "small", "without groups", "misread"])
async def test_a_code_on_paper_freezes_and_signs_out_everywhere(records: Records, how: str) -> None:
    resident = await records.admit(card())
    callers = [(await records.signed_in(resident))[0] for _ in range(3)]
    stranger, _ = await records.signed_in(await records.admit(card(order=4)))
    code = await a_code(records, resident)
    typed = {
        "as given": code,
        "small": f" {code.lower()} ",
        "without groups": code.replace("-", ""),
        "misread": code.replace("0", "O").replace("1", "l"),
    }[how]
    await records.freezes.by_word(typed, ADDRESS)
    assert await frozen(resident)
    for caller in callers:
        with pytest.raises(errors.SessionEnded):
            await records.worker.revocations.check(caller.session)
    await records.worker.revocations.check(stranger.session)


async def test_a_freeze_is_heard_by_other_workers(records: Records, settings: Settings) -> None:
    resident = await records.admit(card())
    _, token = await records.signed_in(resident)
    async with a_records_room(settings) as other:
        while not other.worker.news.hearing:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await other.worker.tokens.read(token)
        await records.freezes.by_resident(caller_of(resident))
        async with asyncio.timeout(30):
            with pytest.raises(errors.SessionEnded):
                while True:
                    await other.worker.tokens.read(token)
                    await asyncio.sleep(0.01)


async def test_not_me_takes_with_it_what_the_session_brought(records: Records) -> None:
    resident = await records.admit(card())
    own, _ = await records.signed_in(resident)
    await Session.all().update(device="e" * 64, created_at=datetime.now(UTC) - timedelta(days=9))
    foreign, _ = await records.signed_in(resident)
    now = datetime.now(UTC)
    for device, since in (("e" * 64, timedelta(days=9)), ("d" * 64, timedelta(0))):
        await BoundDevice.create(
            id=uuid4(), resident_id=resident, kind="key", mark=uuid4().hex, device=device,
            device_name="", last_used_at=now,
        )  # fmt: skip
        passkey = await Passkey.create(
            id=uuid4(), resident_id=resident, credential=uuid4().hex, public_key=b"",
            sign_count=0, name=device[0], bound_at_level=4, usable_from=now,
        )  # fmt: skip
        await Passkey.filter(id=passkey.id).update(created_at=datetime.now(UTC) - since)
    await records.freezes.by_word(await a_notice(records, resident, foreign.session), ADDRESS)
    assert await frozen(resident)
    sessions = {row.id: row.ended_why for row in await Session.all()}
    assert sessions == {own.session: "frozen", foreign.session: freeze.NOT_ME}
    living = [row.device[0] for row in await BoundDevice.filter(ended_at__isnull=True)]
    living += [row.name for row in await Passkey.filter(ended_at__isnull=True)]
    assert living == ["e", "e"]
    events = [row.event for row in await AuditEvent.filter(resident_id=resident).order_by("id")]
    assert events == ["identity:not-me", "identity:frozen", "device:unbound"]


async def a_mandate(principal: UUID, since: timedelta, state: str) -> UUID:
    """Offered so long ago."""
    today, made = datetime.now(UTC).date(), uuid4()
    await Mandate.create(
        id=made, principal_id=principal, agent="a" * 64, agent_name_sealed=b"", services="",
        starts_on=today, ends_on=today, state=state,
    )  # fmt: skip
    await Mandate.filter(id=made).update(offered_at=datetime.now(UTC) - since)
    return made


async def test_not_me_leaves_mandates_of_before_and_of_others_alone(records: Records) -> None:
    resident, other = await records.admit(card()), await records.admit(card(order=4))
    foreign, _ = await records.signed_in(resident)
    kept = {
        await a_mandate(resident, timedelta(days=9), "accepted"): "accepted",
        await a_mandate(resident, timedelta(0), "refused"): "refused",
        await a_mandate(other, timedelta(0), "offered"): "offered",
    }
    await Mandate.filter(state="refused").update(ended_at=datetime.now(UTC))
    await records.freezes.by_word(await a_notice(records, resident, foreign.session), ADDRESS)
    assert {row.id: row.state for row in await Mandate.all()} == kept


async def test_a_freeze_that_disowns_no_session_revokes_no_mandate(records: Records) -> None:
    resident = await records.admit(card())
    await records.signed_in(resident)
    mandate = await a_mandate(resident, timedelta(0), "accepted")
    await records.freezes.by_word(await a_notice(records, resident), ADDRESS)
    assert (await Mandate.get(id=mandate)).state == "accepted"


@pytest.mark.parametrize("state", ["offered", "accepted"])
async def test_not_me_revokes_what_was_offered_since_that_session_began(
    records: Records, state: str
) -> None:
    resident = await records.admit(card())
    foreign, _ = await records.signed_in(resident)
    mandate = await a_mandate(resident, timedelta(0), state)
    await records.freezes.by_word(await a_notice(records, resident, foreign.session), ADDRESS)
    row = await Mandate.get(id=mandate)
    assert row.state == "revoked" and row.ended_at
    assert await AuditEvent.filter(event="mandate:revoked", resident_id=resident).count() == 1


async def test_frozen_again_it_stays_frozen_since_then(records: Records) -> None:
    resident = await records.admit(card())
    code = await a_code(records, resident)
    await asyncio.gather(*(records.freezes.by_word(code, ADDRESS) for _ in range(5)))
    assert await AuditEvent.filter(event="identity:frozen").count() == 1


async def test_a_closed_record_is_not_frozen(records: Records) -> None:
    resident = await records.admit(card())
    code = await a_code(records, resident)
    await Resident.all().update(closed_at=datetime.now(UTC))
    with pytest.raises(FreezeWordUnknown):
        await records.freezes.by_word(code, ADDRESS)


@pytest.mark.parametrize(("level", "lift"), [(4, False), (5, False), (3, True)])
async def test_a_freeze_is_not_lifted_by_the_way(records: Records, level: int, lift: bool) -> None:
    resident = await records.admit(card())
    await records.freezes.by_resident(caller_of(resident))
    with pytest.raises(IdentityFrozen):
        async with in_transaction() as connection:
            row = await records.residents.admit(connection, card(), "陈晓雯", level)
            await pass_freeze(connection, row, level, lift)
    assert await frozen(resident)


async def test_a_proof_at_level_four_lifts_a_freeze_that_it_names(records: Records) -> None:
    resident = await records.admit(card())
    await records.freezes.by_resident(caller_of(resident))
    async with in_transaction() as connection:
        row = await records.residents.admit(connection, card(), "陈晓雯", 4)
        await pass_freeze(connection, row, 4, True)
    assert not await frozen(resident)
    assert await AuditEvent.filter(event="identity:thawed", resident_id=resident).exists()


async def test_neither_word_nor_code_is_kept(records: Records) -> None:
    resident = await records.admit(card())
    code, word = await a_code(records, resident), await a_notice(records, resident)
    kept = f"{await FreezeCode.all().values()}{await Notice.all().values()}"
    for secret in (code, code.replace("-", ""), word):
        assert secret not in kept


def test_a_slip_in_a_code_is_noticed() -> None:
    code = fresh_code()
    assert is_code(code) and len(code) == 14
    plain = code.replace("-", "")
    for place, right in enumerate(plain):
        for wrong in set("0123456789ABCDEFGHJKMNPQRSTVWXYZU*") - {right}:
            assert not is_code(plain[:place] + wrong + plain[place + 1 :])
    for wrong in ("", plain[:-1], plain + "0"):
        assert not is_code(wrong)
