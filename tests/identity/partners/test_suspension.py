"""A suspension holds on every worker within a second, and so it does while Valkey is away.

Two workers in one process: each has its own ear, its own memory and its own reader of tokens, on
the same PostgreSQL and Valkey.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from tortoise.context import TortoiseContext

from config import cache as cache_room
from config import embedded
from config.embedded import Valkey
from config.outbound import Outbound
from config.settings import Settings
from identity.errors import SessionEnded
from identity.models import Grant, Partner, RefreshToken, Session
from identity.news import News
from identity.oauth.callers import Callers
from identity.partners import closing
from identity.partners.judging import Judging
from identity.partners.keys import ClientKeys
from identity.partners.life import By, Life
from identity.partners.registry import Registry
from identity.staff.accounts import COMMAND
from identity.vault import Vault
from tests.support import engines as engines_room
from tests.support.log_capture import run
from tests.support.partner_app import an_approved_partner
from tests.support.session_parts import a_resident

WITHIN = 1.0
PATIENCE = 20.0
BY = By(COMMAND)


@dataclass
class Worker:
    news: News
    registry: Registry
    callers: Callers
    life: Life

    @classmethod
    @asynccontextmanager
    async def at_work(cls, settings: Settings) -> AsyncIterator["Worker"]:
        async with AsyncExitStack() as stack:
            cache = cache_room.connect(settings)
            stack.push_async_callback(cache.aclose)
            outbound = await stack.enter_async_context(Outbound(settings))
            news = News(cache)
            registry = Registry(news)
            await news.start()
            stack.push_async_callback(news.stop)
            judging = Judging(outbound, ClientKeys(outbound), settings)
            callers = Callers(registry, cache, Vault.from_settings(settings))
            yield cls(news, registry, callers, Life(registry, judging, settings))

    async def hears(self) -> "Worker":
        async with asyncio.timeout(PATIENCE):
            while not self.news.hearing:  # noqa: ASYNC110  # nobody is told
                await asyncio.sleep(0.02)
        return self


@dataclass
class House:
    settings: Settings
    valkey: Valkey


@pytest.fixture
async def house(settings: Settings, database: TortoiseContext) -> AsyncIterator[House]:
    """A Valkey of its own, so that it may go away."""
    async with engines_room.short_folder() as folder:
        home = embedded.open_folder(folder / "e")
        valkey = Valkey(home, home / "logs" / "valkey.log")
        await valkey.start()
        try:
            address = embedded.valkey_url(home)
            yield House(Settings(_env_file=None, **as_given(settings, address)), valkey)
        finally:
            await valkey.stop()
            run.keep((home / "logs" / "valkey.log").read_text(errors="replace"))


def as_given(settings: Settings, redis_url: str) -> dict[str, object]:
    return settings.model_dump() | {"redis_url": redis_url}


async def a_session(client: str, resident: UUID, grant: UUID | None = None) -> UUID:
    now = datetime.now(UTC)
    row = await Session.create(
        id=uuid4(), resident_id=resident, client=client, device="d" * 64, device_name="",
        channel="partner", acr="3", amr="face", auth_time=now, grant_id=grant, last_used_at=now,
        expires_at=now + timedelta(days=1),
    )  # fmt: skip
    await RefreshToken.create(digest=uuid4().hex * 2, session_id=row.id)
    return UUID(str(row.id))


@dataclass
class Token:
    """What is asked about on every use of a verified token."""

    client: str
    issued: datetime


async def shown(worker: Worker, client: str) -> Token:
    """A token of now that this worker has seen and remembers the client of."""
    token = Token(client, datetime.now(UTC))
    await worker.callers.check(token.client, token.issued)
    return token


async def refused(worker: Worker, token: Token) -> bool:
    try:
        await worker.callers.check(token.client, token.issued)
    except SessionEnded:
        return True
    return False


async def test_a_suspension_holds_on_two_workers_within_a_second(house: House):
    async with Worker.at_work(house.settings) as one, Worker.at_work(house.settings) as two:
        client = (await an_approved_partner("http://127.0.0.1")).id
        for worker in (await one.hears(), await two.hears()):
            assert not await refused(worker, await shown(worker, client))
        tokens = [await shown(worker, client) for worker in (one, two)]
        assert client in two.registry._known, "it answers from memory"
        await one.life.suspend(BY, client, "misuse")
        assert await refused(one, tokens[0])
        await asyncio.sleep(WITHIN)
        assert await refused(two, tokens[1])


async def test_a_suspension_holds_while_valkey_is_away(house: House):
    async with Worker.at_work(house.settings) as one, Worker.at_work(house.settings) as two:
        client = (await an_approved_partner("http://127.0.0.1")).id
        tokens = [await shown(await worker.hears(), client) for worker in (one, two)]
        await house.valkey.stop()
        await asyncio.sleep(WITHIN)
        for worker, token in zip((one, two), tokens, strict=True):
            assert not await refused(worker, token), "a worker that hears nothing asks PostgreSQL"
        await one.life.suspend(BY, client, "misuse")
        for worker, token in zip((one, two), tokens, strict=True):
            assert await refused(worker, token)


async def test_a_suspension_that_nobody_was_told_of_holds_when_valkey_is_back(house: House):
    async with Worker.at_work(house.settings) as one, Worker.at_work(house.settings) as two:
        client = (await an_approved_partner("http://127.0.0.1")).id
        tokens = [await shown(await worker.hears(), client) for worker in (one, two)]
        await house.valkey.stop()
        await one.life.suspend(BY, client, "misuse")
        await house.valkey.start()
        await asyncio.sleep(WITHIN)
        for worker, token in zip((one, two), tokens, strict=True):
            assert await refused(await worker.hears(), token)


async def test_news_that_was_never_sent_is_made_good(house: House, monkeypatch: pytest.MonkeyPatch):
    """Somebody died between the commit and the announcement."""
    async with Worker.at_work(house.settings) as worker:
        client = (await an_approved_partner("http://127.0.0.1")).id
        token = await shown(await worker.hears(), client)
        await Partner.filter(id=client).update(state="suspended")
        assert not await refused(worker, token)
        monkeypatch.setattr("identity.partners.registry.OLDEST", 0.0)
        assert await refused(worker, token)


async def test_its_sessions_and_refresh_tokens_end_with_it_and_nobody_elses(house: House):
    async with Worker.at_work(house.settings) as worker:
        mine, other = [(await an_approved_partner("http://127.0.0.1")).id for _ in range(2)]
        resident = await a_resident()
        ended = [await a_session(mine, await a_resident()) for _ in range(3)]
        ended.append(await a_session(mine, resident))
        kept = [await a_session(other, resident), await a_session("zhiban-app", resident)]
        await worker.life.suspend(BY, mine, "breach")
        rows = await Session.filter(id__in=ended)
        assert {row.ended_why for row in rows} == {"client-suspended"}
        assert not await RefreshToken.filter(session_id__in=ended).exists()
        assert await Session.filter(id__in=kept, ended_at__isnull=True).count() == 2
        assert await RefreshToken.filter(session_id__in=kept).count() == 2


async def test_of_a_large_client_the_rest_is_ended_by_a_job(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    """The decision holds at once; the rows follow batch by batch, and none that came later."""
    monkeypatch.setattr(closing, "BATCH", 2)
    async with Worker.at_work(house.settings) as worker:
        client = (await an_approved_partner("http://127.0.0.1")).id
        mine = [await a_session(client, await a_resident()) for _ in range(5)]
        await worker.life.suspend(BY, client, "breach")
        living = Session.filter(client=client, ended_at__isnull=True)
        assert await living.count() == 3
        before = (await Partner.get(id=client)).tokens_from
        later = await a_session(client, await a_resident())
        job = {"client": client, "before": before.isoformat(), "why": closing.SUSPENDED}
        for left in (1, 0, 0):
            await closing.end_rest(job)
            assert await living.exclude(id=later).count() == left
        rows = await Session.filter(id__in=mine)
        assert {(row.ended_at, row.ended_why) for row in rows} == {(before, closing.SUSPENDED)}
        assert not await RefreshToken.filter(session_id__in=mine).exists()
        assert await living.get(id=later)


async def test_after_a_reinstatement_the_tokens_from_before_stay_dead(house: House):
    async with Worker.at_work(house.settings) as worker:
        client = (await an_approved_partner("http://127.0.0.1")).id
        token = await shown(worker, client)
        await worker.life.suspend(BY, client, "misuse")
        slipped = await a_session(client, await a_resident())
        await worker.life.reinstate(BY, client)
        assert await refused(worker, token)
        assert (await Session.get(id=slipped)).ended_at
        assert (found := await worker.registry.client(client)) and found.approved
        assert found.tokens_from > token.issued


async def test_closing_ends_what_residents_gave(house: House):
    async with Worker.at_work(house.settings) as worker:
        client = (await an_approved_partner("http://127.0.0.1")).id
        now = datetime.now(UTC)
        grant = await Grant.create(
            id=uuid4(), resident_id=await a_resident(), client=client, subject=uuid4(),
            asked="openid", scopes="openid", purpose="p", locale="en", channel="partner",
            text_hash="0" * 64, given_at=now, expires_at=now + timedelta(days=1),
        )  # fmt: skip
        session = await a_session(client, UUID(str(grant.resident_id)), UUID(str(grant.id)))
        await worker.life.close(BY, client)
        await grant.refresh_from_db()
        assert (grant.ended_why, bool(grant.ended_at)) == ("client-closed", True)
        assert (await Session.get(id=session)).ended_why == "client-closed"


async def test_what_is_said_from_another_worker_is_never_kept_when_it_was_read_too_early(
    house: House,
):
    """A row that was read before a change was heard is answered once, and not remembered."""
    async with Worker.at_work(house.settings) as worker:
        client = (await an_approved_partner("http://127.0.0.1")).id
        await worker.hears()
        reading = asyncio.create_task(worker.registry.client(client))
        await asyncio.sleep(0)
        worker.registry._forget(client)
        assert await reading
        assert client not in worker.registry._known
