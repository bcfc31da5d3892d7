"""Two records become one while something of theirs is on its way: it goes along, or it is refused,
and nothing stays behind with a record that nobody opens any more.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextvars import Context
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

import pytest
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.settings import Settings
from identity.errors import ResidentClosed
from identity.merging import Merging
from identity.models import Notice
from identity.two_staff import TwoStaff
from services import joining
from services.applications import by
from services.applications.declaration import Receipt
from services.applications.ledger import locked
from services.applications.story import Applications
from services.idempotency import Once
from services.materials.taking import Taking
from services.models import Application
from tests.services.applications.bench import FORM, Bench, Revealing, bench
from tests.services.applications.permit import permit
from tests.services.counter import caller
from tests.services.test_worker import until
from tests.support.records import Records, a_records_room, a_staff_member, card
from tests.support.records import permit as a_permit


@dataclass(frozen=True)
class Stopped(Taking):
    """Materials that are not found before somebody says go."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def gather(self, *given, **named):
        self.begun.set()
        await self.go.wait()
        return await super().gather(*given, **named)


@dataclass
class Two:
    """``other`` is to become one with ``mine``; ``office`` is where the other applies."""

    records: Records
    office: Bench
    taking: Stopped
    mine: UUID
    other: UUID
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def submit(self) -> Receipt:
        office, who = self.office, self.office.who
        once = Once(self.other, who.actor, "POST /v1/applications", uuid4().hex, "b" * 64)
        return await office.story.submit(who, office.service.id, FORM, (), "en", once=once)

    async def draft(self) -> Receipt:
        return await self.office.story.draft(self.office.who, self.office.service.id, FORM, "en")

    async def merge(self) -> None:
        parts, documents = self.records.worker, self.records.residents.documents
        moves = [self._wait, joining.moving(self.office.vault)]
        merging = Merging(documents, parts.sessions, parts.tokens, moves)
        staff = TwoStaff(await a_staff_member(), await a_staff_member())
        await merging.by_staff(self.mine, self.other, staff)

    async def _wait(self, *_given: object) -> None:
        """Both records are locked, and nothing is moved yet."""
        self.begun.set()
        await self.go.wait()


@pytest.fixture
async def two(settings: Settings, database: TortoiseContext) -> AsyncIterator[Two]:
    async with a_records_room(settings) as records:
        mine, other = await records.admit(card()), await records.admit(a_permit())
        plain = bench(settings, permit(window=True))
        taking, catalogue, vault = Stopped(plain.vault), plain.catalogue, plain.vault
        story = Applications(vault, catalogue, Revealing(), taking, moves=plain.moves)  # type: ignore[arg-type]
        yield Two(records, replace(plain, story=story, who=caller(other)), taking, mine, other)


async def somebody_waits() -> bool:
    """For a lock that somebody else has."""
    asked = "SELECT 1 FROM pg_locks WHERE NOT granted"
    return bool(await get_connection("default").execute_query_dict(asked))


def apart(story: Awaitable[object]) -> "asyncio.Task[object]":
    """As another request: on a connection of its own."""

    async def told() -> object:
        return await story

    return asyncio.get_running_loop().create_task(told(), context=Context())


@pytest.mark.parametrize("story", [Two.submit, Two.draft])
async def test_what_is_sent_while_the_records_are_joined_is_refused_and_leaves_nothing(two, story):
    two.taking.go.set()
    merging = apart(two.merge())
    await two.begun.wait()
    sending = apart(story(two))
    await until(somebody_waits)
    two.go.set()
    await merging
    with pytest.raises(ResidentClosed):
        await sending
    assert not await Application.exists()
    with pytest.raises(ResidentClosed):
        await story(two)


async def test_what_was_on_its_way_before_they_are_joined_goes_along_with_its_notice(two):
    two.go.set()
    sending = apart(two.submit())
    await two.taking.begun.wait()
    merging = apart(two.merge())
    await until(somebody_waits)
    assert not two.begun.is_set()  # it has not got as far as the rows
    two.taking.go.set()
    receipt = await sending
    await merging
    row = await Application.get()
    assert (row.number, row.resident_id) == (receipt.number, two.mine)
    assert {one.resident_id for one in await Notice.filter(subject__not="")} == {two.mine}


async def test_what_is_told_of_an_application_on_its_way_goes_along_too(two):
    two.go.set()
    two.taking.go.set()
    number = (await two.submit()).number
    async with in_transaction() as connection:
        row = await locked(connection, (await two.office.row(number)).id)
        await two.office.moves.withdraw(connection, row, by.resident(two.office.who))
        merging = apart(two.merge())
        await until(somebody_waits)
    await merging
    told = await Notice.filter(subject=f"application:{number}")
    assert {one.kind for one in told} == {"application-submitted", "application-withdrawn"}
    assert {one.resident_id for one in told} == {two.mine}
