"""One-time challenges and the replay guard, on a real Valkey (CONTRACTS: Verification)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from config import cache as cache_room
from config.errors import CacheUnavailable
from config.settings import Settings
from identity.challenges import Challenges, ReplayGuard, draw_prompts
from identity.errors import CaptureReplayed, ChallengeExpired, ChallengeForeign, ChallengeUnknown
from identity.faces.limits import FRAMES
from identity.faces.prompts import steps
from identity.vault import Vault

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return Vault.from_settings(settings)


@pytest.fixture
def challenges(settings: Settings, cache: Redis, vault: Vault) -> Challenges:
    return Challenges(cache, vault, settings)


@pytest.fixture
def guard(cache: Redis, vault: Vault) -> ReplayGuard:
    return ReplayGuard(cache, vault)


@pytest.fixture
async def nowhere(settings: Settings) -> AsyncIterator[Redis]:
    """A client of a Valkey that is gone."""
    away = settings.model_copy(update={"redis_url": SecretStr("redis://127.0.0.1:1/0")})
    client = cache_room.connect(away)
    yield client
    await client.aclose()


@pytest.mark.parametrize("made_up", ["", "x", "../..", "x" * 10_000, "\x00"])
async def test_a_challenge_that_was_never_issued_is_unknown(
    challenges: Challenges, made_up: str
) -> None:
    with pytest.raises(ChallengeUnknown):
        await challenges.redeem(made_up, "a device")


async def test_a_challenge_serves_once(challenges: Challenges) -> None:
    issued = await challenges.issue("a device")
    assert await challenges.redeem(issued.id, "a device") == issued.prompts
    with pytest.raises(ChallengeUnknown):
        await challenges.redeem(issued.id, "a device")


async def test_fifty_at_once_redeem_a_challenge_once(challenges: Challenges) -> None:
    issued = await challenges.issue("a device")

    async def redeem() -> bool:
        try:
            await challenges.redeem(issued.id, "a device")
        except ChallengeUnknown:
            return False
        return True

    assert sum(await asyncio.gather(*(redeem() for _ in range(50)))) == 1


async def test_a_challenge_serves_no_other_device(challenges: Challenges) -> None:
    issued = await challenges.issue("a device")
    with pytest.raises(ChallengeForeign):
        await challenges.redeem(issued.id, "another device")
    with pytest.raises(ChallengeUnknown):  # whoever tried, it is used up
        await challenges.redeem(issued.id, "a device")


async def test_a_late_answer_is_expired(cache: Redis, vault: Vault, settings: Settings) -> None:
    past = settings.model_copy(update={"challenge_seconds": -1})
    late = Challenges(cache, vault, past)
    issued = await late.issue("a device")
    with pytest.raises(ChallengeExpired):
        await late.redeem(issued.id, "a device")


async def test_a_challenge_lives_as_long_as_it_says(
    challenges: Challenges, cache: Redis, settings: Settings
) -> None:
    issued = await challenges.issue("a device")
    assert issued.seconds == settings.challenge_seconds
    left = (issued.expires_at - datetime.now(UTC)).total_seconds()
    assert issued.seconds - 5 < left <= issued.seconds
    (key,) = [key async for key in cache.scan_iter()]
    assert 0 < await cache.ttl(key) < 3600


async def test_what_is_kept_names_neither_challenge_nor_device(
    challenges: Challenges, cache: Redis
) -> None:
    issued = await challenges.issue("a device")
    (key,) = [key async for key in cache.scan_iter()]
    kept = key + await cache.get(key)
    assert issued.id.encode() not in kept
    assert b"a device" not in kept


def test_prompts_begin_in_front_and_then_vary_in_order_and_number() -> None:
    drawn = {draw_prompts() for _ in range(4000)}
    assert {prompts[0] for prompts in drawn} == {"front"}
    assert {len(prompts) - 1 for prompts in drawn} == {3, 4, 5}
    moves = {prompts[1:] for prompts in drawn}
    assert {move for each in moves for move in each} == {"left", "right", "nod", "blink", "mouth"}
    for place in range(3):  # any movement may come at any place
        assert len({each[place] for each in moves}) == 5
    assert len(drawn) > 200  # of about a thousand: whoever prepares one film rarely meets it


def test_every_draw_has_a_turn_and_another_movement_and_fits_a_verification() -> None:
    for _ in range(2000):
        moves = draw_prompts()[1:]
        assert set(moves) & {"left", "right"}
        assert set(moves) - {"left", "right"}
        assert all(one != other for one, other in pairwise(moves))
        assert len(steps(("front", *moves))) <= FRAMES


async def test_a_frame_shown_before_is_refused(guard: ReplayGuard) -> None:
    await guard.admit([b"one", b"two"])
    with pytest.raises(CaptureReplayed):
        await guard.admit([b"three", b"two"])


async def test_a_frame_of_last_night_is_refused_this_morning(guard: ReplayGuard) -> None:
    """The key changes with the day; the memory does not."""
    await guard.admit([b"frame"], NOON)
    with pytest.raises(CaptureReplayed):
        await guard.admit([b"frame"], NOON + timedelta(hours=13))


async def test_fifty_at_once_show_a_frame_once(guard: ReplayGuard) -> None:
    results = await asyncio.gather(
        *(guard.admit([b"frame"]) for _ in range(50)), return_exceptions=True
    )
    assert results.count(None) == 1
    assert sum(isinstance(result, CaptureReplayed) for result in results) == 49


async def test_frames_are_remembered_for_a_day_and_only_as_digests(
    guard: ReplayGuard, cache: Redis
) -> None:
    await guard.admit([b"the bytes of a frame"])
    (key,) = [key async for key in cache.scan_iter()]
    assert b"the bytes" not in key
    assert await cache.get(key) == b""
    assert 86_000 < await cache.ttl(key) <= 86_400


async def test_without_valkey_everything_says_so(
    nowhere: Redis, vault: Vault, settings: Settings
) -> None:
    away, guard = Challenges(nowhere, vault, settings), ReplayGuard(nowhere, vault)
    for asking in (away.issue("a"), away.redeem("x", "a"), guard.admit([b"frame"])):
        with pytest.raises(CacheUnavailable):
            await asking
