"""What waits between two requests: who may not have it, and that one caller gets it once."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from config import cache as cache_room
from config.errors import CacheUnavailable
from config.settings import Settings
from identity.admission import Arrival
from identity.cards.errors import CardCheckForeign as Foreign
from identity.cards.errors import CardCheckUnknown as Unknown
from identity.pending import SECONDS, Kept, Pending, Ticket, digest
from identity.vault import Vault

HERE = Arrival(device="a-device", device_name="a phone", purpose="test")
FACTS = {"name": "欧阳甲乙", "left": "3"}


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return Vault.from_settings(settings)


@pytest.fixture
def pending(cache: Redis, vault: Vault) -> Pending:
    return Pending(cache, vault, "room", Unknown, Foreign)


@pytest.fixture
async def ticket(pending: Pending) -> AsyncIterator[Ticket]:
    drawn = Ticket.draw()
    await pending.keep(drawn, FACTS, HERE)
    yield drawn


@pytest.mark.parametrize("name", ["", "made-up", "x" * 129, "x" * 100_000, "\0", "房间"])
async def test_what_was_never_begun_is_unknown(pending: Pending, name: str) -> None:
    with pytest.raises(Unknown):
        await pending.find(name)


@pytest.mark.parametrize(
    ("secret", "change"),
    [
        ("", {}),
        ("x" * 43, {}),
        (None, {"device": "another-device"}),
        (None, {"device": ""}),
    ],
)
async def test_only_who_began_has_it(
    pending: Pending, ticket: Ticket, secret: str | None, change: dict[str, str]
) -> None:
    given = ticket.secret if secret is None else secret
    with pytest.raises(Foreign):
        await pending.owned(ticket.id, given, replace(HERE, **change))  # type: ignore[arg-type]
    assert (await pending.owned(ticket.id, ticket.secret, HERE)).facts == FACTS


@pytest.mark.parametrize("key", ["", "another"])
async def test_what_was_begun_with_a_key_needs_that_key(pending: Pending, key: str) -> None:
    ticket, with_key = Ticket.draw(), replace(HERE, key="thumbprint")
    await pending.keep(ticket, FACTS, with_key)
    with pytest.raises(Foreign):
        await pending.owned(ticket.id, ticket.secret, replace(HERE, key=key))
    assert await pending.owned(ticket.id, ticket.secret, with_key)


async def test_a_key_that_came_later_is_no_obstacle(pending: Pending, ticket: Ticket) -> None:
    assert await pending.owned(ticket.id, ticket.secret, replace(HERE, key="new"))


async def test_another_room_knows_nothing_of_it(
    pending: Pending, ticket: Ticket, cache: Redis, vault: Vault
) -> None:
    other = Pending(cache, vault, "elsewhere", Unknown, Foreign)
    with pytest.raises(Unknown):
        await other.find(ticket.id)
    sealed = await cache.get(f"room:{digest(ticket.id)}")
    await cache.set(f"elsewhere:{digest(ticket.id)}", sealed)
    with pytest.raises(Unknown):
        await other.find(ticket.id)


async def test_a_changed_bit_makes_it_unknown(
    pending: Pending, ticket: Ticket, cache: Redis
) -> None:
    place = f"room:{digest(ticket.id)}"
    sealed = bytearray(await cache.get(place))
    sealed[-1] ^= 1
    await cache.set(place, bytes(sealed))
    with pytest.raises(Unknown):
        await pending.find(ticket.id)


async def test_twenty_at_once_and_one_has_it(pending: Pending, ticket: Ticket) -> None:
    kept = await pending.find(ticket.id)
    results = await asyncio.gather(*(pending.take(kept) for _ in range(20)), return_exceptions=True)
    assert results.count(None) == 1
    assert sum(isinstance(one, Unknown) for one in results) == 19


async def test_what_is_put_back_lives_no_longer_for_it(
    pending: Pending, ticket: Ticket, cache: Redis
) -> None:
    kept = await pending.find(ticket.id)
    await pending.take(kept)
    await pending.put_back(replace(kept, until=time.time() + 30))
    assert 0 < await cache.ttl(f"room:{digest(ticket.id)}") <= 30
    await pending.take(kept)
    await pending.put_back(replace(kept, until=time.time() - 1))
    with pytest.raises(Unknown):
        await pending.find(ticket.id)


async def test_the_first_answer_stays(pending: Pending, ticket: Ticket) -> None:
    kept = await pending.find(ticket.id)
    await pending.put_back(replace(kept, facts={"code": "second"}), once=True)
    assert (await pending.find(ticket.id)).facts == FACTS


async def test_it_lapses_by_itself_and_says_nothing(
    pending: Pending, ticket: Ticket, cache: Redis
) -> None:
    assert 0 < await cache.ttl(f"room:{digest(ticket.id)}") <= SECONDS
    held = b"".join([key + (await cache.dump(key) or b"") async for key in cache.scan_iter()])
    for private in (*FACTS.values(), ticket.id, ticket.secret, HERE.device):
        if len(private) > 3:
            assert private.encode() not in held
    kept: Kept = await pending.find(ticket.id)
    assert "欧阳" not in repr(kept) and ticket.secret not in repr(ticket)


async def test_without_valkey_it_is_unavailable_and_not_unknown(
    settings: Settings, vault: Vault
) -> None:
    away = settings.model_copy(update={"redis_url": SecretStr("redis://127.0.0.1:1/0")})
    cache = cache_room.connect(away)
    pending = Pending(cache, vault, "room", Unknown, Foreign)
    with pytest.raises(CacheUnavailable):
        await pending.keep(Ticket.draw(), FACTS, HERE)
    with pytest.raises(CacheUnavailable):
        await pending.find("anything")
    await cache.aclose()
