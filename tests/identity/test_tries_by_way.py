"""Tries and the ways: one spent by one way closes no other, and a proof without a face forgives."""

import pytest
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.settings import Settings
from identity import attempts as room
from identity.errors import TryBudgetSpent
from identity.ways import BANK_CARD, FACE, NETWORK_IDENTITY, Way
from tests.support.budgets import NUMBER, OTHER, Budgets
from tests.support.session_parts import a_resident, a_worker


@pytest.fixture
async def budgets(settings: Settings, database: TortoiseContext):
    async with a_worker(settings) as parts:
        yield Budgets(parts, settings).without_waits()


async def test_a_proof_without_a_face_opens_what_mismatches_closed(budgets: Budgets) -> None:
    resident = await budgets.signed_in("my phone")
    for device in ("a stranger's", "my phone"):
        for _ in range(5):
            await budgets.miss(device=device, resident=resident)
    async with in_transaction() as connection:
        await room.forgive(connection, budgets.parts.vault, NUMBER, resident, "my phone")
    await budgets.open(device="my phone", resident=resident)
    await budgets.open(device="a new device", resident=resident)


async def test_another_residents_proof_opens_nothing_of_mine(budgets: Budgets) -> None:
    resident, other = await a_resident(), await a_resident()
    for _ in range(5):
        await budgets.miss(resident=resident)
    async with in_transaction() as connection:
        await room.forgive(connection, budgets.parts.vault, OTHER, other, "theirs")
    await budgets.closed(resident=resident)


@pytest.mark.parametrize("way", [FACE, BANK_CARD, NETWORK_IDENTITY], ids=lambda way: way.id)
async def test_who_is_refused_by_one_way_is_told_the_others(budgets: Budgets, way: Way) -> None:
    for place in range(6):
        try:
            async with (
                budgets.room.reserved(NUMBER, f"device {place}", None, way=way) as attempt,
                in_transaction() as connection,
            ):
                await attempt.spend(connection)
        except TryBudgetSpent as refused:
            told = set(refused.facts["ways"])
    assert told == {"network-identity", "window", "bank-card"} - {way.id}
    await budgets.open(OTHER)


async def test_what_one_way_spent_closes_no_other(budgets: Budgets) -> None:
    for _ in range(5):
        await budgets.miss()
    await budgets.closed(device="another")
    for way in (BANK_CARD, NETWORK_IDENTITY):
        async with budgets.room.reserved(NUMBER, "another", None, way=way):
            pass
