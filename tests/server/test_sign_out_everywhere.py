"""A signed-out token is refused by every web worker within a second (docs: State).

Workers share one port. Connections are kept open, so that each stays with the worker that took
it, and the operating system says which worker that is.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
import psutil
import pytest

from tests.support import journey
from tests.support.house import House
from tests.support.journey import Refused, Tokens

pytestmark = pytest.mark.server

TOGETHER, MOST = 20, 400
WITHIN = 1.0  # s
Answers = Counter[tuple[int, str]]


class Visits:
    """One resident's token, shown over connections that stay open."""

    def __init__(self, house: House, tokens: Tokens, stack: AsyncExitStack):
        self.house, self.stack = house, stack
        self.headers = {"Authorization": f"Bearer {tokens.access}"}
        self.open: list[aiohttp.ClientSession] = []

    async def until_every_worker_is_met(self) -> Answers:
        """Open connections until each worker holds some; what was answered to the last ones."""
        while len(self.open) < MOST:
            for _ in range(TOGETHER):
                one = aiohttp.ClientSession(
                    self.house.url, headers=self.headers, connector=aiohttp.TCPConnector(limit=1)
                )
                self.open.append(await self.stack.enter_async_context(one))
            answers = await self.ask()
            if min(self.held().values()) > 0:
                return answers
        raise AssertionError(f"{MOST} connections met only some workers: {self.held()}")

    async def ask(self) -> Answers:
        """Status and code on every connection at once."""
        return Counter(await asyncio.gather(*(self._one(http) for http in self.open)))

    async def _one(self, http: aiohttp.ClientSession) -> tuple[int, str]:
        async with http.get("/v1/me") as reply:
            return reply.status, (await reply.json(content_type=None)).get("code", "")

    def held(self) -> Counter[int]:
        """Open connections of each worker, by process id."""
        return Counter({one.pid: self._connections(one) for one in self.house.web_workers()})

    def _connections(self, worker: psutil.Process) -> int:
        return sum(
            one.status == psutil.CONN_ESTABLISHED and one.laddr.port == self.house.port
            for one in worker.net_connections("tcp")
        )


@asynccontextmanager
async def visits(house: House, tokens: Tokens) -> AsyncIterator[Visits]:
    async with AsyncExitStack() as stack:
        yield Visits(house, tokens, stack)


@pytest.fixture(scope="module")
async def person(running_house: House) -> tuple[str, str]:
    resident = await journey.new_resident(running_house.sandbox_url)
    return resident.name, resident.number


async def test_a_signed_out_token_is_refused_by_every_worker(
    running_house: House, person: tuple[str, str]
) -> None:
    tokens = await journey.verify(running_house.url, *person)
    async with visits(running_house, tokens) as visitors:
        before = await visitors.until_every_worker_is_met()
        assert len(visitors.held()) >= 2
        assert before == {(200, ""): len(visitors.open)}
        await journey.sign_out(running_house.url, tokens.access)
        await asyncio.sleep(WITHIN)
        after = await visitors.ask()
        assert after == {(401, "session-ended"): len(visitors.open)}
        assert min(visitors.held().values()) > 0, "a worker was not asked"
    with pytest.raises(Refused) as refused:
        await journey.refresh(running_house.url, tokens.refresh)
    assert refused.value.status == 401


async def test_another_session_of_the_same_resident_stays(
    running_house: House, person: tuple[str, str]
) -> None:
    ended, kept = [await journey.verify(running_house.url, *person) for _ in range(2)]
    async with visits(running_house, kept) as visitors:
        await visitors.until_every_worker_is_met()
        await journey.sign_out(running_house.url, ended.access)
        await asyncio.sleep(WITHIN)
        assert await visitors.ask() == {(200, ""): len(visitors.open)}
