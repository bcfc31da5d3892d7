"""Budgets of tries are one for all workers, and outlive an emptied Valkey and every restart."""

from uuid import UUID

import pytest
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.settings import Settings
from identity.attempts import Attempts
from identity.documents import parse
from identity.errors import TryBudgetSpent, TryTooSoon
from identity.person import IdNumber
from tests.support.session_parts import SessionParts, a_resident, a_worker

FIRST, SECOND, THIRD = (
    parse("resident-id", number)
    for number in ("11010519491231002X", "440524188001010014", "110105194912310038")
)


@pytest.fixture
def without_waits(settings: Settings) -> Settings:
    return settings.model_copy(update={"try_waits": ()})


async def miss(
    worker: SessionParts, house: Settings, number: IdNumber, device: str, resident: UUID | None
) -> None:
    """A judged mismatch on this worker; raises what a budget says."""
    room = Attempts(worker.cache, worker.vault, house)
    async with room.reserved(number, device, resident) as attempt, in_transaction() as connection:
        await attempt.spend(connection)


@pytest.mark.parametrize(
    ("numbers", "one_device", "one_person"),
    [([FIRST], False, False), ([FIRST, SECOND], True, False), ([FIRST, SECOND], False, True)],
    ids=["number", "device", "account"],
)
async def test_what_was_spent_anywhere_is_spent_everywhere_and_after_a_restart(
    without_waits: Settings,
    database: TortoiseContext,
    numbers: list[IdNumber],
    one_device: bool,
    one_person: bool,
) -> None:
    house, resident = without_waits, await a_resident() if one_person else None
    async with a_worker(house) as one, a_worker(house) as two:
        for place, number in enumerate(numbers * 5):
            device = "the same" if one_device else f"device {place}"
            await miss((one, two)[place % 2], house, number, device, resident)
        await one.cache.flushdb()
    closed = FIRST if len(numbers) == 1 else THIRD
    device = "the same" if one_device else "a new device"
    async with a_worker(house) as restarted:
        with pytest.raises(TryBudgetSpent):
            await miss(restarted, house, closed, device, resident)
        await miss(restarted, house, THIRD if closed is FIRST else closed, "another", None)


async def test_a_wait_that_began_on_one_worker_holds_on_all(
    settings: Settings, database: TortoiseContext
) -> None:
    async with a_worker(settings) as one, a_worker(settings) as two:
        for place in range(2):
            await miss(one, settings, FIRST, f"device {place}", None)
        with pytest.raises(TryTooSoon):
            await miss(two, settings, FIRST, "a new device", None)
