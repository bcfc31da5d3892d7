"""A grant that ends, ends on every worker: heard within a second, or asked of the database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.settings import Settings
from identity.caller import OWN_APP, Caller, CallerKind
from identity.errors import ConsentUnknown, SessionEnded
from identity.grants import Grants
from identity.models import Grant, PairwiseSubject, Partner
from identity.news import SILENCE
from identity.partners.client import Client
from identity.partners.registry import of
from identity.scopes import Scopes
from tests.support.grants import a_partner_session
from tests.support.partner_app import an_approved_partner
from tests.support.session_parts import SessionParts, a_resident, a_worker

NAME, ADULT = "profile:name", "profile:over-18"
WITHIN = 1.0  # seconds (CONTRACTS)


@asynccontextmanager
async def workers(settings: Settings) -> AsyncIterator[tuple[SessionParts, SessionParts]]:
    """Two that listen."""
    async with a_worker(settings) as one, a_worker(settings) as two:
        for _ in range(500):
            if one.news.hearing and two.news.hearing:
                break
            await asyncio.sleep(0.02)
        yield one, two


async def a_client() -> Client:
    app = await an_approved_partner("http://127.0.0.1:1")
    return of(await Partner.get(id=app.id))


async def give(worker: SessionParts, resident: UUID, client: Client, *given: str) -> Grant:
    grants = Grants(Scopes(), worker.sessions)
    async with in_transaction() as connection:
        made = await grants.give(
            connection,
            resident=resident,
            client=client,
            asked=[NAME, ADULT],
            given=given,
            locale="en",
            channel="web",
            caller=as_resident(resident),
        )
    await grants.announce(made)
    return made.grant


def as_resident(resident: UUID) -> Caller:
    return Caller(CallerKind.RESIDENT, resident, str(resident), OWN_APP)


async def withdraw(worker: SessionParts, grant: Grant) -> None:
    resident = UUID(str(grant.resident_id))
    room = Grants(Scopes(), worker.sessions)
    await room.withdraw(resident, UUID(str(grant.id)), as_resident(resident))


async def test_a_withdrawal_is_heard_by_another_worker_within_a_second(
    settings: Settings, database: TortoiseContext
) -> None:
    async with workers(settings) as (one, two):
        grant = await give(one, await a_resident(), await a_client(), NAME)
        session = await a_partner_session(grant, NAME)
        await two.revocations.check(UUID(str(session.id)))
        await withdraw(one, grant)
        await asyncio.sleep(WITHIN)
        for worker in (one, two):
            with pytest.raises(SessionEnded):
                await worker.revocations.check(UUID(str(session.id)))


async def test_giving_less_is_heard_by_another_worker_within_a_second(
    settings: Settings, database: TortoiseContext
) -> None:
    async with workers(settings) as (one, two):
        resident, client = await a_resident(), await a_client()
        grant = await give(one, resident, client, NAME, ADULT)
        beyond, within = [await a_partner_session(grant, scope) for scope in (NAME, ADULT)]
        await give(one, resident, client, ADULT)
        await asyncio.sleep(WITHIN)
        with pytest.raises(SessionEnded):
            await two.revocations.check(UUID(str(beyond.id)))
        await two.revocations.check(UUID(str(within.id)))


async def test_a_worker_without_valkey_asks_the_database(
    settings: Settings, database: TortoiseContext
) -> None:
    """CONTRACTS: Valkey may be emptied or away; a withdrawal holds all the same."""
    async with workers(settings) as (one, deaf):
        grant = await give(one, await a_resident(), await a_client(), NAME)
        session = await a_partner_session(grant, NAME)
        await deaf.news.stop()
        await asyncio.sleep(SILENCE + 0.1)
        await deaf.revocations.check(UUID(str(session.id)))
        await one.cache.flushdb()
        await withdraw(one, grant)
        with pytest.raises(SessionEnded):
            await deaf.revocations.check(UUID(str(session.id)))


async def test_given_twenty_times_at_once_there_is_one_living_grant_and_one_name(
    settings: Settings, database: TortoiseContext
) -> None:
    async with workers(settings) as (one, two):
        resident, client = await a_resident(), await a_client()
        await asyncio.gather(
            *(give(worker, resident, client, NAME) for worker in (one, two) for _ in range(10))
        )
        assert await Grant.filter(resident_id=resident, ended_at=None).count() == 1
        assert await PairwiseSubject.filter(resident_id=resident).count() == 1
        assert len(set(await Grant.all().values_list("subject", flat=True))) == 1


async def test_withdrawn_ten_times_at_once_it_is_withdrawn_once(
    settings: Settings, database: TortoiseContext
) -> None:
    async with workers(settings) as (one, two):
        grant = await give(one, await a_resident(), await a_client(), NAME)
        done = await asyncio.gather(
            *(withdraw(worker, grant) for worker in (one, two) for _ in range(5)),
            return_exceptions=True,
        )
        assert sum(each is None for each in done) == 1
        assert sum(isinstance(each, ConsentUnknown) for each in done) == 9


async def test_withdrawing_while_it_is_given_again_leaves_no_session_behind(
    settings: Settings, database: TortoiseContext
) -> None:
    async with workers(settings) as (one, two):
        resident, client = await a_resident(), await a_client()
        grant = await give(one, resident, client, NAME)
        session = await a_partner_session(grant, NAME)
        gone, again = await asyncio.gather(
            withdraw(one, grant), give(two, resident, client, NAME), return_exceptions=True
        )
        assert isinstance(again, Grant)
        ended = await session.__class__.get(id=session.id)
        assert (ended.ended_at is not None) is (gone is None)
        if gone is not None:  # it was replaced first, and the session went along
            assert ended.grant_id == again.id
