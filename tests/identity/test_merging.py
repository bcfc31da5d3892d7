"""Two records of one person become one, and what was another's leaves it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.settings import Settings
from identity import consent, errors
from identity.audit import activity
from identity.freeze import IdentityFrozen
from identity.merging import MergeImpossible, OtherProofNeeded
from identity.models import (
    BoundDevice,
    Consent,
    Document,
    Mandate,
    Passkey,
    Resident,
    Session,
)
from identity.tokens import Tokens
from identity.two_staff import TwoStaff, TwoStaffNeeded
from tests.support.records import (
    Records,
    a_records_room,
    a_staff_member,
    bound,
    caller_of,
    card,
    foreign,
    permit,
    speaking_for,
)


@pytest.fixture
async def records(settings: Settings, database: TortoiseContext) -> AsyncIterator[Records]:
    async with a_records_room(settings) as made:
        yield made


async def unchanged(*residents: UUID) -> None:
    assert await Resident.filter(id__in=residents, closed_at__isnull=True).count() == len(residents)
    assert await Document.filter(ended_at__isnull=False).count() == 0


@pytest.mark.parametrize("weak", [{"acr": "3"}, {"minutes": 16}])
async def test_a_merge_needs_a_fresh_proof_of_who_asks(records: Records, weak) -> None:
    mine, other = await records.admit(card()), await records.admit(permit())
    _, token = await records.signed_in(other)
    with pytest.raises(errors.StepUpNeeded):
        await records.merging.by_token(caller_of(mine, **weak), token)
    await unchanged(mine, other)


async def test_a_merge_needs_a_fresh_proof_of_the_other(records: Records) -> None:
    mine, other = await records.admit(card()), await records.admit(permit())
    caller, _ = await records.signed_in(mine)
    _, weak = await records.signed_in(other, acr="3")
    opened = await records.worker.sign_in(other)
    opened.session.auth_time -= timedelta(minutes=16)
    old = (await records.worker.tokens.issue(opened.session)).value
    for token in (weak, old):
        with pytest.raises(OtherProofNeeded):
            await records.merging.by_token(caller, token)
    await unchanged(mine, other)


async def test_a_token_of_another_device_key_joins_nothing(records: Records) -> None:
    mine, other = await records.admit(card()), await records.admit(permit())
    caller, _ = await records.signed_in(mine)
    opened = await records.worker.sign_in(other)
    opened.session.key = "k" * 43
    stolen = (await records.worker.tokens.issue(opened.session)).value
    with pytest.raises(OtherProofNeeded):
        await records.merging.by_token(caller, stolen)
    await unchanged(mine, other)


@pytest.mark.parametrize("token", ["", "rubbish", "a.b.c"])
async def test_what_is_no_token_joins_nothing(records: Records, token: str) -> None:
    caller, _ = await records.signed_in(await records.admit(card()))
    with pytest.raises(errors.TokenInvalid):
        await records.merging.by_token(caller, token)


@pytest.mark.parametrize(
    "other",
    [
        permit(birth="19810804"),  # born on another day
        permit(order=3),  # a man's
        card(order=4),  # a second number that is kept for life
    ],
)
async def test_documents_of_two_people_are_not_joined(records: Records, other) -> None:
    mine, theirs = await records.admit(card()), await records.admit(other)
    caller, _ = await records.signed_in(mine)
    _, token = await records.signed_in(theirs)
    with pytest.raises(MergeImpossible):
        await records.merging.by_token(caller, token)
    await unchanged(mine, theirs)


async def test_a_record_is_not_joined_with_itself(records: Records) -> None:
    caller, token = await records.signed_in(await records.admit(card()))
    with pytest.raises(MergeImpossible):
        await records.merging.by_token(caller, token)


async def test_a_frozen_or_closed_record_is_not_joined(records: Records) -> None:
    mine, other = await records.admit(card()), await records.admit(permit())
    caller, _ = await records.signed_in(mine)
    _, token = await records.signed_in(other)
    await Resident.filter(id=other).update(frozen_at=datetime.now(UTC))
    with pytest.raises(IdentityFrozen):
        await records.merging.by_token(caller, token)
    await Resident.filter(id=other).update(closed_at=datetime.now(UTC))
    with pytest.raises(errors.ResidentClosed):
        await records.merging.by_token(caller, token)


async def test_two_records_become_one(records: Records) -> None:
    mine, other = await records.admit(card()), await records.admit(permit(), "陈大文", level=5)
    caller, _ = await records.signed_in(mine)
    theirs, token = await records.signed_in(other)
    await bound(other)
    async with in_transaction() as connection:
        await consent.give(connection, other, consent.VERIFICATION, locale="en", channel="web")
    await records.merging.by_token(caller, token)
    for number in (card(), permit()):
        assert await records.residents.find(number) == mine
        assert await records.admit(number, level=3) == mine
    gone = await Resident.get(id=other)
    assert (gone.closed_why, gone.merged_into) == ("merged", mine)
    assert await speaking_for(other) == 0
    assert await Consent.filter(resident_id=mine).count() == 1
    assert (await Resident.get(id=mine)).proofed == 5
    with pytest.raises(errors.SessionEnded):
        await records.worker.revocations.check(theirs.session)
    await records.worker.revocations.check(caller.session)


async def test_what_was_recorded_of_both_stays_readable(records: Records) -> None:
    residents = [await records.admit(number) for number in (card(), permit(), foreign())]
    for resident in residents:
        await records.signed_in(resident)
        await records.freezes.new_code(caller_of(resident))
    first, second, third = residents
    _, token = await records.signed_in(third)
    await records.merging.by_token((await records.signed_in(second))[0], token)
    _, token = await records.signed_in(second)
    await records.merging.by_token((await records.signed_in(first))[0], token)
    events = [row.event for row in await activity(first, None, 50)]
    assert events.count("freeze-code:made") == 3
    assert events.count("identity:merged") == 2
    assert {row.merged_into for row in await Resident.exclude(id=first)} == {first}


async def test_a_renewed_foreign_card_joins_the_old_one(records: Records) -> None:
    old, new = await records.admit(foreign()), await records.admit(foreign(order=4))
    caller, _ = await records.signed_in(old)
    _, token = await records.signed_in(new)
    await records.merging.by_token(caller, token)
    (living,) = await records.documents(old)
    assert records.residents.documents.number(living) == foreign(order=4)
    assert await records.residents.find(foreign()) == old


async def test_joined_by_both_sides_at_once_there_is_one_record(records: Records) -> None:
    mine, other = await records.admit(card()), await records.admit(permit())
    ones = [await records.signed_in(mine), await records.signed_in(other)]
    (caller, token), (theirs, their_token) = ones
    done = await asyncio.gather(
        records.merging.by_token(caller, their_token),
        records.merging.by_token(theirs, token),
        *(records.admit(number) for number in (card(), permit())),
        return_exceptions=True,
    )
    assert sum(one is None for one in done) == 1, done
    assert await Resident.filter(closed_at__isnull=True).count() == 1
    (left,) = await Resident.filter(closed_at__isnull=True)
    assert {row.resident_id for row in await Document.all()} == {left.id}


async def test_nobody_is_their_own_agent_after_a_merge(records: Records) -> None:
    mine, other = await records.admit(card()), await records.admit(permit())
    third = await records.admit(card(order=8))
    day = date(2026, 1, 1)
    for principal, agent in ((mine, other), (other, third)):
        await Mandate.create(
            id=uuid4(), principal_id=principal, agent="", agent_id=agent, agent_name_sealed=b"",
            services="", starts_on=day, ends_on=day, state="accepted",
        )  # fmt: skip
    _, token = await records.signed_in(other)
    await records.merging.by_token((await records.signed_in(mine))[0], token)
    rows = await Mandate.filter(principal_id=mine)
    assert {(row.agent_id, row.ended_at is None) for row in rows} == {(mine, False), (third, True)}


async def test_one_member_of_staff_is_not_two() -> None:
    alone = uuid4()
    with pytest.raises(TwoStaffNeeded):
        TwoStaff(alone, alone)


async def test_staff_who_are_unknown_or_serve_themselves_join_nothing(records: Records) -> None:
    mine, other = await records.admit(card()), await records.admit(card(order=4))
    one = await a_staff_member()
    own = records.worker.vault.digest("document", card().canonical)
    for second in (uuid4(), await a_staff_member(own)):
        with pytest.raises(TwoStaffNeeded):
            await records.merging.by_staff(mine, other, TwoStaff(one, second))
    await unchanged(mine, other)


async def test_two_accounts_of_one_person_are_not_two(records: Records) -> None:
    mine, other = await records.admit(card()), await records.admit(card(order=4))
    clerk = await records.admit(card(order=6))
    async with in_transaction() as connection:
        await records.residents.documents.add(connection, clerk, permit(6), "林小敏", level=4)
    digest = records.worker.vault.digest
    both = [await a_staff_member(digest("document", one(6).canonical)) for one in (card, permit)]
    with pytest.raises(TwoStaffNeeded):
        await records.merging.by_staff(mine, other, TwoStaff(*both))
    await unchanged(mine, other)


async def test_two_staff_join_what_the_numbers_keep_apart(records: Records) -> None:
    mine, other = await records.admit(card()), await records.admit(card(order=4))
    staff = TwoStaff(await a_staff_member(), await a_staff_member())
    await records.merging.by_staff(mine, other, staff)
    assert await records.residents.find(card()) == mine
    rows = [row for row in await activity(mine, None, 50) if row.event == "identity:merged"]
    assert {row.actor for row in rows} == {str(staff.first), str(staff.second)}


async def test_rooms_above_are_told_within_the_transaction(
    records: Records, settings: Settings
) -> None:
    told = []

    async def move(connection, other: UUID, into: UUID) -> None:
        told.append((other, into, await Resident.filter(id=other).using_db(connection).exists()))
        raise RuntimeError

    mine, other = await records.admit(card()), await records.admit(permit())
    worker = records.worker
    tokens: Tokens = worker.tokens
    merging = type(records.merging)(
        records.residents.documents, worker.sessions, tokens, moves=[move]
    )
    _, token = await records.signed_in(other)
    with pytest.raises(RuntimeError):
        await merging.by_token((await records.signed_in(mine))[0], token)
    assert told == [(other, mine, True)]
    await unchanged(mine, other)


async def test_what_ended_with_a_record_goes_along_so_that_an_erasure_reaches_it(
    records: Records,
) -> None:
    mine, other = await records.admit(card()), await records.admit(permit())
    caller, _ = await records.signed_in(mine)
    _, token = await records.signed_in(other)
    await bound(other)
    await records.merging.by_token(caller, token)
    for table in (Session, BoundDevice, Passkey):
        assert not await table.filter(resident_id=other).exists(), table
        assert await table.filter(resident_id=mine, ended_at__isnull=False).count() == 1, table
