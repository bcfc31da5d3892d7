"""Rate and quota of clients: counted over all workers, told with when to come back."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from config.settings import Settings
from identity.partners.client import Client
from identity.partners.quota import ClientTooOften, Quotas, check
from identity.replays import Replays
from identity.vault import Vault
from tests.support.partner_parts import a_client

HOME, AWAY = "198.51.100.7", "203.0.113.9"


@pytest.fixture
async def quotas(settings: Settings, cache: Redis) -> AsyncIterator[Quotas]:
    yield Quotas(cache, Vault.from_settings(settings), now=lambda: 1_800_000_000.0)


def allowed(rate: int, quota: int, id: str = "c-1", **changed: object) -> Client:
    return replace(a_client(id, **changed), rate=rate, quota=quota)


async def test_over_the_rate_it_waits_for_the_next_minute(quotas: Quotas):
    client = allowed(3, 100)
    for _ in range(3):
        await quotas.spend(client, HOME)
    with pytest.raises(ClientTooOften) as refused:
        await quotas.spend(client, HOME)
    assert 1 <= int(refused.value.headers["Retry-After"]) <= 60


async def test_over_the_quota_it_waits_for_the_next_day(quotas: Quotas):
    client = allowed(1000, 2)
    for _ in range(2):
        await quotas.spend(client, HOME)
    with pytest.raises(ClientTooOften) as refused:
        await quotas.spend(client, HOME)
    assert 1 <= int(refused.value.headers["Retry-After"]) <= 24 * 3600


def test_exactly_the_rate_and_the_quota_are_allowed():
    check(allowed(3, 5), [3, 5])
    for counts in ([4, 5], [3, 6]):
        with pytest.raises(ClientTooOften):
            check(allowed(3, 5), counts)


async def test_one_client_uses_up_nothing_of_another(quotas: Quotas):
    with pytest.raises(ClientTooOften):
        for _ in range(2):
            await quotas.spend(allowed(1, 1), HOME)
    await quotas.spend(allowed(1, 1, "c-2"), HOME)


async def test_the_name_of_a_public_client_can_be_used_up_by_nobody_else(quotas: Quotas):
    """Anybody may say it, so it is counted with the address it came from."""
    public = {"token_endpoint_auth_method": "none", "jwks": None}
    client = allowed(1, 1, **public)
    with pytest.raises(ClientTooOften):
        for _ in range(2):
            await quotas.spend(client, HOME)
    await quotas.spend(client, AWAY)


async def test_no_address_stands_in_what_is_counted(quotas: Quotas, cache: Redis):
    public = allowed(5, 5, token_endpoint_auth_method="none", jwks=None)
    await quotas.spend(public, HOME)
    names = [name.decode() for name in await cache.keys("*")]
    assert len([name for name in names if public.id in name]) == 2
    assert not [name for name in names if HOME in name]


async def test_counters_are_forgotten_by_themselves(quotas: Quotas, cache: Redis):
    await quotas.spend(allowed(5, 5), HOME)
    lives = [await cache.ttl(name) for name in await cache.keys("*c-1*")]
    assert len(lives) == 2 and all(0 < life <= 24 * 3600 + 60 for life in lives)


async def test_they_are_counted_in_the_round_trip_of_the_replays(quotas: Quotas, cache: Redis):
    client = allowed(5, 5)
    counters = quotas.counters(client, HOME)
    for count in (1, 2):
        first, counts = await Replays(cache).first_and_counted([], counters)
        assert (first, counts) == ([], [count, count])
    assert (await quotas.usage(client)).today == 2


async def test_nothing_is_used_before_anything_was_asked(quotas: Quotas):
    used = await quotas.usage(allowed(5, 5, "c-new"))
    assert (used.minute, used.today) == (0, 0)
