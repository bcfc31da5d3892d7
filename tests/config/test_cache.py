"""Valkey: limits, faults by kind, recovery by itself."""

import asyncio
import os
import signal

import pytest
from redis.exceptions import ResponseError

from config import cache as room
from config import embedded
from config.errors import CacheUnavailable
from tests.conftest import settings_on
from tests.support import engines as engines_room


async def test_a_wrong_command_is_our_fault_and_passes_through(cache):
    await cache.set("text", "a")
    with pytest.raises(ResponseError), room.reaching_cache():
        await cache.incr("text")


async def test_a_server_that_is_not_there_is_unavailable(tmp_path):
    client = room.connect(settings_on("", f"unix://{tmp_path}/none.sock", tmp_path))
    with pytest.raises(CacheUnavailable) as refused, room.reaching_cache():
        await client.get("a")
    assert refused.value.headers["Retry-After"] == "2"
    await client.aclose()


async def test_more_callers_than_connections_wait_instead_of_failing(settings):
    narrow = settings.model_copy(update={"cache_connections": 2})
    client = room.connect(narrow)
    answers = await asyncio.gather(*(client.incr("count") for _ in range(300)))
    assert sorted(answers) == list(range(1, 301))
    assert len(await client.client_list()) <= 2 + 1  # and the fixture's own
    await client.aclose()


async def test_an_increment_whose_answer_was_lost_is_not_hidden_for_ever(cache):
    """One quick retry: a connection the server has closed meanwhile is replaced unseen."""
    await cache.set("a", "1")
    other = await cache.client_id()
    await cache.client_kill_filter(_id=str(other), skipme=False)
    with room.reaching_cache():
        assert await cache.get("a") == b"1"


async def test_a_frozen_and_a_stopped_server_are_unavailable_and_found_again():
    async with engines_room.short_folder() as folder:
        home = embedded.open_folder(folder / "e")
        server = embedded.Valkey(home, home / "logs" / "valkey.log")
        process = await server.start()
        client = room.connect(settings_on("", embedded.valkey_url(home), folder))
        await client.set("a", "1")
        os.kill(process.pid, signal.SIGSTOP)
        try:
            with pytest.raises(CacheUnavailable), room.reaching_cache():
                await client.get("a")
        finally:
            os.kill(process.pid, signal.SIGCONT)
        assert await client.get("a") == b"1"
        await server.stop()
        with pytest.raises(CacheUnavailable), room.reaching_cache():
            await client.get("a")
        await server.start()
        with room.reaching_cache():
            assert await client.get("a") == b"1"
        await client.aclose()
        await server.stop()
