"""A hand-off goes forward once, whoever asks at once and on whatever worker."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from redis.asyncio import Redis

from config import cache as cache_room
from config.settings import Settings
from identity.kiosks.errors import HandoffAnswered, HandoffUnknown
from identity.kiosks.waiting import (
    LENGTH,
    LETTERS,
    TRIES,
    Decision,
    Handoff,
    Waiting,
    draw_number,
    grouped,
    plain,
)
from identity.vault import Vault

CLIENT, KEY, SERVICE = "kiosk-1", "k" * 43, "provident-fund-balance"
AT_ONCE = 50


@pytest.fixture
async def workers(settings: Settings) -> AsyncIterator[list[Waiting]]:
    """Four web workers on one Valkey."""
    vault = Vault.from_settings(settings)
    clients: list[Redis] = [cache_room.connect(settings) for _ in range(4)]
    yield [Waiting(one, vault) for one in clients]
    for one in clients:
        await one.aclose()


async def claimed(waiting: Waiting) -> tuple[str, Handoff, UUID, UUID]:
    """A device code, its hand-off, and the resident and session that claimed it."""
    codes = await waiting.show(CLIENT, KEY, SERVICE)
    resident, session = uuid4(), uuid4()
    return codes.device, await waiting.claim(codes.user, resident, session), resident, session


async def test_of_many_scans_at_once_one_has_it(workers: list[Waiting]):
    codes = await workers[0].show(CLIENT, KEY, SERVICE)
    said = await asyncio.gather(
        *(workers[n % 4].claim(codes.user, uuid4(), uuid4()) for n in range(AT_ONCE)),
        return_exceptions=True,
    )
    won = [one for one in said if isinstance(one, Handoff)]
    assert len(won) == 1
    assert all(isinstance(one, HandoffUnknown) for one in said if one not in won)


async def test_of_many_answers_at_once_one_counts(workers: list[Waiting]):
    device, handoff, _, _ = await claimed(workers[0])
    said = await asyncio.gather(
        *(workers[n % 4].decide(handoff, Decision(n % 2 == 0, f"{n:04d}")) for n in range(AT_ONCE)),
        return_exceptions=True,
    )
    assert said.count(None) == 1
    assert sum(isinstance(one, HandoffAnswered) for one in said) == AT_ONCE - 1
    kept = await workers[3].of_kiosk(device)
    assert kept and kept.decision
    assert kept.decision.number == f"{said.index(None):04d}"


async def test_of_many_uses_at_once_one_is_the_first(workers: list[Waiting]):
    _, handoff, _, _ = await claimed(workers[0])
    said = await asyncio.gather(*(workers[n % 4].use(handoff) for n in range(AT_ONCE)))
    assert said.count(True) == 1
    await workers[1].give_back(handoff)
    assert await workers[2].use(handoff)


async def test_tries_are_counted_over_all_workers(workers: list[Waiting]):
    _, handoff, _, _ = await claimed(workers[0])
    left = await asyncio.gather(*(workers[n % 4].tried(handoff) for n in range(10)))
    assert sorted(left, reverse=True)[:TRIES] == [2, 1, 0]
    assert all(one < 0 for one in sorted(left, reverse=True)[TRIES:])
    assert await workers[1].dead(handoff)


async def test_only_whoever_claimed_finds_it_by_its_id(workers: list[Waiting]):
    _, handoff, resident, session = await claimed(workers[0])
    found = await workers[1].of_telephone(handoff.id, resident, session)
    assert (found.visit, found.id) == (handoff.visit, handoff.id)
    for other in ((uuid4(), session), (resident, uuid4())):
        with pytest.raises(HandoffUnknown):
            await workers[1].of_telephone(handoff.id, *other)


async def test_a_value_moved_to_another_hand_off_is_not_opened(
    workers: list[Waiting], cache: Redis
):
    """Sealed to its place: a yes for one kiosk is none for another."""
    one, first, _, _ = await claimed(workers[0])
    other, second, _, _ = await claimed(workers[0])
    await workers[0].decide(first, Decision(True, "1234", "4", "face", 1.0))
    kept = await cache.get(f"handoff:{first.place}:decision")
    await cache.set(f"handoff:{second.place}:decision", kept)
    moved = await workers[0].of_kiosk(other)
    assert moved and moved.decision is None
    stays = await workers[0].of_kiosk(one)
    assert stays and stays.decision and stays.decision.allowed


async def test_codes_are_long_enough_and_print_nothing(workers: list[Waiting]):
    codes = await workers[0].show(CLIENT, KEY, SERVICE)
    assert len(codes.device) >= 43  # 256 bits
    assert len(codes.user) == LENGTH and set(codes.user) <= set(LETTERS)
    assert codes.device not in repr(codes) and codes.user not in repr(codes)
    assert "1234" not in repr(Decision(True, "1234"))


def test_user_codes_have_no_vowels_and_no_digits():
    """RFC 8628 §6.1: no words, nothing that is mistaken for another."""
    assert not set(LETTERS) & set("AEIOUY0123456789")
    assert plain(" bcdf-ghjk ") == "BCDFGHJK"
    assert grouped("BCDFGHJK") == "BCDF-GHJK"


def test_numbers_are_four_digits():
    drawn = {draw_number() for _ in range(50)}
    assert all(len(one) == 4 and one.isdecimal() for one in drawn)
