"""Budgets of tries (CONTRACTS: Verification): per number, per device, and the address's pace."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from tortoise.context import TortoiseContext

from config.settings import Settings
from identity import attempts as room
from identity.documents import parse
from identity.errors import TooManyFromAddress, TryBudgetSpent, TryTooSoon
from identity.models import Session, Try
from tests.support.budgets import NUMBER, OTHER, Budgets
from tests.support.session_parts import a_resident, a_worker


@pytest.fixture
async def budgets(settings: Settings, database: TortoiseContext):
    async with a_worker(settings) as parts:
        yield Budgets(parts, settings).without_waits()


@pytest.fixture
async def waiting(budgets: Budgets, settings: Settings) -> Budgets:
    return Budgets(budgets.parts, settings)


async def test_a_number_is_closed_after_five_mismatches(budgets: Budgets) -> None:
    for place in range(5):
        await budgets.miss(device=f"device {place}")
    assert 86_000 < await budgets.closed(device="a new device") <= 86_401
    await budgets.open(OTHER, "a new device")


async def test_a_device_is_closed_after_ten_mismatches(budgets: Budgets) -> None:
    for first in (NUMBER, OTHER):
        for _ in range(5):
            await budgets.miss(first)
    fresh = parse("resident-id", "110105194912310038")
    await budgets.closed(fresh)
    await budgets.open(fresh, "another device")


async def test_a_stranger_cannot_close_a_known_device(budgets: Budgets) -> None:
    resident = await budgets.signed_in("my phone")
    for _ in range(5):
        await budgets.miss(device="a stranger's", resident=resident)
    await budgets.closed(device="a stranger's", resident=resident)
    await budgets.open(device="my phone", resident=resident)


async def test_a_known_device_has_a_budget_too(budgets: Budgets) -> None:
    resident = await budgets.signed_in("my phone")
    for _ in range(5):
        await budgets.miss(device="my phone", resident=resident)
    await budgets.closed(device="my phone", resident=resident)


async def test_a_device_thrown_out_for_token_theft_is_a_stranger(budgets: Budgets) -> None:
    resident = await budgets.signed_in("my phone")
    await Session.all().update(ended_why="reuse")
    for _ in range(5):
        await budgets.miss(device="a stranger's", resident=resident)
    await budgets.closed(device="my phone", resident=resident)


@pytest.mark.parametrize("number", [None, OTHER])
async def test_fifty_at_once_never_exceed_the_budget(budgets: Budgets, number) -> None:
    """One number from fifty devices; one device with one number."""

    async def one(place: int) -> bool:
        try:
            await budgets.miss(number or NUMBER, "one" if number else f"device {place}")
        except TryBudgetSpent:
            return False
        return True

    went = await asyncio.gather(*(one(place) for place in range(50)))
    assert sum(went) == 5
    spent = Try.filter(spent=True, kind__in=["number", "device"])
    assert await spent.count() == 10


async def test_a_try_given_back_does_not_count(budgets: Budgets) -> None:
    for _ in range(20):
        await budgets.open()
    assert not await Try.exists()


async def test_a_try_is_given_back_when_something_fails(budgets: Budgets) -> None:
    for fault in (RuntimeError, asyncio.CancelledError):
        with pytest.raises(fault):
            async with budgets.room.reserved(NUMBER, "a", None):
                raise fault
    assert not await Try.exists()


async def test_tries_under_way_count(budgets: Budgets) -> None:
    async with asyncio.TaskGroup() as group:
        inside, leave = asyncio.Semaphore(0), asyncio.Event()

        async def stay() -> None:
            async with budgets.room.reserved(NUMBER, "a", None):
                inside.release()
                await leave.wait()

        for _ in range(5):
            group.create_task(stay())
        for _ in range(5):
            await inside.acquire()
        assert await budgets.closed() <= 61
        leave.set()
    await budgets.open()


async def test_a_reservation_of_a_dead_process_lapses(budgets: Budgets) -> None:
    given = await budgets.room._budgets(NUMBER, "a", None, "")
    then = datetime.now(UTC) - timedelta(seconds=room.HELD + 1)
    for one in given:
        for _ in range(20):
            await Try.create(id=uuid4(), subject=one.subjects[0], at=then)
    await budgets.open()


async def later(seconds: int) -> None:
    """What was tried, was tried so much earlier."""
    for row in await Try.all():
        await Try.filter(id=row.id).update(at=row.at - timedelta(seconds=seconds))


async def test_from_the_second_mismatch_on_a_number_waits_longer_each_time(
    waiting: Budgets,
) -> None:
    for wait in (30, 120, 600):
        await waiting.miss()
        if wait == 30:
            await waiting.miss()
        assert wait - 5 < await waiting.waits(device="another") <= wait
        await later(wait)
    await waiting.miss()
    assert await waiting.closed() > 80_000


async def test_who_tries_many_times_at_once_does_not_get_around_the_wait(waiting: Budgets) -> None:
    async def one(place: int) -> bool:
        try:
            await waiting.miss(device=f"device {place}")
        except TryTooSoon:
            return False
        return True

    assert sum(await asyncio.gather(*(one(place) for place in range(20)))) == room.FREE


async def test_a_wait_of_strangers_is_none_on_a_known_device(waiting: Budgets) -> None:
    resident = await waiting.signed_in("my phone")
    for _ in range(2):
        await waiting.miss(device="a stranger's", resident=resident)
    await waiting.waits(device="a stranger's", resident=resident)
    await waiting.open(device="my phone", resident=resident)


async def test_all_documents_of_a_resident_share_ten_mismatches(budgets: Budgets) -> None:
    resident = await a_resident()
    third = parse("resident-id", "110105194912310038")
    for number in (NUMBER, OTHER):
        for place in range(5):
            await budgets.miss(number, f"{number} {place}", resident)
    await budgets.closed(third, "a new device", resident)
    await budgets.open(third, "a new device", await a_resident())


async def test_a_number_of_nobody_is_counted_like_one_of_somebody(waiting: Budgets) -> None:
    """No oracle: the same refusals after the same tries, and the same rows."""
    resident = await a_resident()
    for number, whose in ((NUMBER, None), (OTHER, resident)):
        for place in range(2):
            await waiting.miss(number, f"{number} {place}", whose)
        assert 25 < await waiting.waits(number, "another", whose) <= 30
    kinds = Counter(await Try.all().values_list("kind", flat=True))
    assert kinds == {"number": 4, "account": 4, "device": 4, "network": 4}


async def test_a_day_later_the_number_is_open_again(budgets: Budgets) -> None:
    for _ in range(5):
        await budgets.miss()
    await budgets.closed()
    await Try.all().update(at=datetime.now(UTC) - timedelta(hours=24, seconds=1))
    await budgets.open()
    await room.forget_old()
    assert not await Try.exists()


async def test_an_address_is_slowed_and_not_locked(budgets: Budgets, settings: Settings) -> None:
    with pytest.raises(TooManyFromAddress) as caught:
        for _ in range(3 * settings.requests_per_address):
            await budgets.room.pace("203.0.113.7")
    assert 1 <= int(caught.value.headers["Retry-After"]) <= 60
    await budgets.room.pace("203.0.113.8")


async def test_addresses_of_one_customer_share_a_pace(budgets: Budgets, settings: Settings) -> None:
    with pytest.raises(TooManyFromAddress):
        for place in range(3 * settings.requests_per_address):
            await budgets.room.pace(f"2001:db8:0:1::{place:x}")
    await budgets.room.pace("2001:db8:0:2::1")


async def test_no_table_and_no_key_names_a_number_or_an_address(budgets: Budgets) -> None:
    await budgets.miss()
    await budgets.room.pace("203.0.113.7")
    subjects = " ".join(await Try.all().values_list("subject", flat=True))
    keys = b" ".join([key async for key in budgets.parts.cache.scan_iter()]).decode()
    for value in (NUMBER.value, "203.0.113.7"):
        assert value not in subjects + keys
