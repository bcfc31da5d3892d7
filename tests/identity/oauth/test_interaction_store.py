"""What waits for a resident's answer: sealed, for ten minutes, for one browser, for one answer."""

import asyncio
import time
from dataclasses import replace

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from config.settings import Settings
from identity.oauth.authorization_request import AuthorizationRequest
from identity.oauth.interaction_store import SECONDS, InteractionStore, InteractionUnknown
from identity.vault import Vault
from tests.conftest import fresh_key

REQUEST = AuthorizationRequest(
    client="c-1",
    redirect_uri="https://hospital.example/callback",
    scope=("openid", "profile:name"),
    challenge="A" * 43,
    state="a-state-to-look-for",
    prompt=("login", "consent"),
    max_age=0,
    level=4,
)


@pytest.fixture
def store(cache: Redis, settings: Settings) -> InteractionStore:
    return InteractionStore(cache, Vault.from_settings(settings))


@pytest.mark.parametrize("id", ["", "x", "x" * 500, "\0", "\ud800"])
async def test_nobody_knows_what_was_never_begun(store: InteractionStore, id: str):
    with pytest.raises(InteractionUnknown):
        await store.find(id, "secret")


async def test_another_secret_or_none_opens_nothing(store: InteractionStore):
    mine, other = await store.begin(REQUEST), await store.begin(REQUEST)
    for wrong in ("", "x", other.secret, mine.secret + "x"):
        with pytest.raises(InteractionUnknown):
            await store.find(mine.id, wrong)


async def test_what_was_sealed_elsewhere_is_unknown(
    store: InteractionStore, cache: Redis, settings: Settings
):
    begun = await store.begin(REQUEST)
    keys = {name: SecretStr(f"1:{fresh_key()}") for name in ("seal_keys", "index_keys")}
    others = settings.model_copy(update=keys)
    with pytest.raises(InteractionUnknown):
        await InteractionStore(cache, Vault.from_settings(others)).find(begun.id, begun.secret)


async def test_what_lies_at_another_place_is_unknown(store: InteractionStore, cache: Redis):
    """Sealed for its own id: what somebody moved in Valkey opens nothing."""
    one, two = await store.begin(REQUEST), await store.begin(REQUEST)
    places = [key async for key in cache.scan_iter("interaction:*")]
    values = [await cache.get(place) for place in places]
    for place, value in zip(places, reversed(values), strict=True):
        await cache.set(place, value or b"")
    for begun in (one, two):
        with pytest.raises(InteractionUnknown):
            await store.find(begun.id, begun.secret)


async def test_what_is_over_is_unknown_though_it_still_lies_there(store: InteractionStore):
    begun = await store.begin(REQUEST)
    found = await store.find(begun.id, begun.secret)
    assert SECONDS - 5 <= found.until - time.time() <= SECONDS
    await store.take(found)
    await store.keep(replace(found, until=time.time() - 1))
    with pytest.raises(InteractionUnknown):
        await store.find(begun.id, begun.secret)


async def test_of_many_who_take_it_one_has_it(store: InteractionStore):
    begun = await store.begin(REQUEST)
    found = await store.find(begun.id, begun.secret)
    taken = await asyncio.gather(*(store.take(found) for _ in range(50)), return_exceptions=True)
    assert [each for each in taken if not isinstance(each, InteractionUnknown)] == [None]


async def test_everything_asked_comes_back_as_it_was_and_nothing_can_be_read(
    store: InteractionStore, cache: Redis
):
    begun = await store.begin(REQUEST)
    found = await store.find(begun.id, begun.secret)
    assert found.request == REQUEST
    for key in [key async for key in cache.scan_iter("*")]:
        value = await cache.get(key) or b""
        assert b"a-state-to-look-for" not in value and begun.secret.encode() not in value
        assert begun.id.encode() not in key
    assert "a-state-to-look-for" not in repr(found) + repr(REQUEST) + repr(begun)
    assert begun.secret not in repr(begun)


async def test_what_was_taken_can_be_put_back(store: InteractionStore):
    begun = await store.begin(REQUEST)
    found = await store.find(begun.id, begun.secret)
    await store.take(found)
    await store.keep(found)
    assert await store.find(begun.id, begun.secret) == found
