"""What may be shown once: over all workers, and however many come in one round trip."""

import asyncio
import time

from redis.asyncio import Redis

from config import cache as cache_room
from config.settings import Settings
from identity.replays import Counter, Once, Replays


def once(name: str, issued: float | None = None) -> Once:
    return Once(f"dpop:{name}", 25, time.time() if issued is None else issued)


async def long_since(cache: Redis) -> float:
    """A moment that Valkey remembers, whenever it was started."""
    return time.time() - int((await cache.info("server"))["uptime_in_seconds"])


async def test_of_fifty_at_once_at_two_workers_one_is_first(settings: Settings, cache: Redis):
    other = cache_room.connect(settings)
    workers = [Replays(cache), Replays(other)]
    shown = await asyncio.gather(*(workers[n % 2].first(once("same")) for n in range(50)))
    await other.aclose()
    assert [first for (first,) in shown].count(True) == 1


async def test_each_hears_its_own_answers_when_many_share_a_round_trip(cache: Redis):
    replays = Replays(cache)
    await replays.first(once("old"))
    asked = [
        replays.first_and_counted([once(f"new-{n}"), once("old")], [Counter(f"rate:{n}", 60)])
        for n in range(40)
    ]
    assert await asyncio.gather(*asked) == [([True, False], [1])] * 40


async def test_one_name_twice_in_a_request_is_first_once(cache: Redis):
    assert await Replays(cache).first(once("twice"), once("twice")) == [True, False]


async def test_what_was_issued_before_valkey_began_is_not_believed(cache: Redis):
    began = await long_since(cache)
    replays = Replays(cache)
    assert await replays.first(once("before", began - 5), once("after")) == [False, True]


async def test_counters_count_and_everything_is_forgotten_in_time(cache: Redis):
    replays, rate = Replays(cache), Counter("rate:x", 60)
    counts = [(await replays.first_and_counted((), [rate]))[1] for _ in range(3)]
    await replays.first(once("short"))
    assert counts == [[1], [2], [3]]
    assert 0 < await cache.ttl("rate:x") <= 60
    assert 0 < await cache.ttl("dpop:short") <= 25


async def test_a_valkey_that_forgot_the_script_is_told_it_again(cache: Redis):
    replays = Replays(cache)
    await replays.first(once("one"))
    await cache.script_flush()
    assert await replays.first(once("one"), once("two")) == [False, True]
