"""The counter where records are put right: its desk, two members of staff, and residents."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tortoise.transactions import in_transaction

from config.settings import Settings
from identity.models import RecordChange
from identity.person import IdNumber
from identity.record_changes.desk import RecordDesk
from identity.record_changes.papers import Typed, Wanted
from identity.staff.roles import Member
from tests.support.log_capture import personal
from tests.support.records import Records, a_records_room, card, permit
from tests.support.staff import StaffRoom

REGION = "4403"


@dataclass(frozen=True)
class Counter:
    records: Records
    desk: RecordDesk
    staff: StaffRoom

    async def clerk(self, region: str = REGION) -> Member:
        return await self.staff.member("clerk", region=region)

    async def supervisor(self, region: str = REGION) -> Member:
        return await self.staff.member("supervisor", region=region)

    async def proposed(self, wanted: Wanted, by: Member | None = None) -> UUID:
        return (await self.desk.propose(by or await self.clerk(), wanted)).id

    async def added(self, resident: UUID, number: IdNumber) -> UUID:
        """A proven document that came to stand in this record."""
        async with in_transaction() as connection:
            store = self.records.residents.documents
            row = await store.add(connection, resident, number, personal("陈大文"), level=4)
        return UUID(str(row.id))


def merge(*numbers: IdNumber, reason: str = "one-person") -> Wanted:
    """By default of the card and the permit of one person."""
    return Wanted("merge", reason, typed(*(numbers or (card(), permit()))))


def split(number: IdNumber, reason: str = "anothers-document") -> Wanted:
    return Wanted("split", reason, typed(number))


def rename(number: IdNumber, name: str, reason: str = "name-changed") -> Wanted:
    return Wanted("rename", reason, typed(number), personal(name))


def typed(*numbers: IdNumber) -> list[Typed]:
    return [
        Typed(one.kind, one.value, one.country if one.kind == "passport" else "") for one in numbers
    ]


async def late(change: UUID) -> None:
    """Its time is over."""
    past = datetime.now(UTC) - timedelta(seconds=1)
    await RecordChange.filter(id=change).update(expires_at=past)


@asynccontextmanager
async def a_counter(settings: Settings) -> AsyncIterator[Counter]:
    async with a_records_room(settings) as records:
        worker = records.worker
        staff = StaffRoom.on(worker.vault)
        desk = RecordDesk(
            worker.vault, records.residents, staff.accounts, records.merging, worker.sessions
        )
        yield Counter(records, desk, staff)
