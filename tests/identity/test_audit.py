"""The record of who did what: nothing personal in it, nothing answered without it."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.database import connections_to, opened
from config.errors import DatabaseUnavailable
from config.texts import LOCALES, words
from identity.audit import MOST, Audit, activity, record
from identity.caller import NOBODY, Caller, CallerKind
from identity.events import EVENTS
from identity.models import AuditEvent

RESIDENT = uuid4()
CALLER = Caller(CallerKind.RESIDENT, RESIDENT, str(RESIDENT), "zhiban-app", uuid4())
READ = {"event": "service:answered", "resident": RESIDENT, "purpose": "own-use"}


@pytest.mark.parametrize(
    "change",
    [
        {"event": "service:peeked"},
        {"outcome": "张三"},
        {"outcome": "no-such-code"},
        {"purpose": "11010519491231002X"},
        {"service": "for Mr Zhang"},
        {"service": "x" * 65},
    ],
)
async def test_what_is_on_no_list_is_not_recorded(
    database: TortoiseContext, change: dict[str, str]
) -> None:
    given = READ | {"service": "provident-fund-balance"} | change
    with pytest.raises(ValueError):
        await Audit().record_read(CALLER, **given)
    async with in_transaction() as connection:
        with pytest.raises(ValueError):
            await record(connection, caller=CALLER, **given)
    assert not await AuditEvent.exists()


@pytest.mark.parametrize("actor", ["11010519491231002X", "张三", "a@b.cn", "13800138000"])
async def test_an_actor_is_a_uuid_or_a_code(database: TortoiseContext, actor: str) -> None:
    somebody = Caller(CallerKind.STAFF, None, actor)
    with pytest.raises(ValueError):
        await Audit().record_read(somebody, service="", **READ)


async def test_an_event_shares_its_transaction_s_fate(database: TortoiseContext) -> None:
    with pytest.raises(RuntimeError):
        async with in_transaction() as connection:
            await record(connection, event="identity:verified", resident=RESIDENT)
            raise RuntimeError
    assert not await AuditEvent.exists()


async def test_a_read_is_committed_when_it_is_recorded(database: TortoiseContext) -> None:
    await Audit().record_read(CALLER, service="provident-fund-balance", **READ)
    (row,) = await AuditEvent.all()
    assert (row.event, row.service, row.outcome) == (
        "service:answered",
        "provident-fund-balance",
        "ok",
    )
    assert (row.resident_id, row.actor, row.session_id) == (
        RESIDENT,
        str(RESIDENT),
        CALLER.session,
    )
    assert (datetime.now(UTC) - row.at).total_seconds() < 60


async def test_many_reads_at_once_are_all_written(database: TortoiseContext) -> None:
    audit = Audit()
    services = [f"service-{place}" for place in range(500)]
    await asyncio.gather(*(audit.record_read(CALLER, service=name, **READ) for name in services))
    await audit.close()
    assert sorted(services) == sorted(await AuditEvent.all().values_list("service", flat=True))


async def test_without_a_database_nothing_is_recorded_and_it_says_so() -> None:
    apps = {"identity": ("identity.models", "identity.migrations")}
    async with opened(connections_to("postgresql://127.0.0.1:1/nowhere", apps)):
        with pytest.raises(DatabaseUnavailable):
            await Audit().record_read(CALLER, service="", **READ)


async def test_activity_is_the_resident_s_own_newest_first_by_pages(
    database: TortoiseContext,
) -> None:
    audit = Audit()
    for place in range(5):
        await audit.record_read(CALLER, service=f"service-{place}", **READ)
    await audit.record_read(NOBODY, service="other", **(READ | {"resident": uuid4()}))
    first = await activity(RESIDENT, None, 3)
    rest = await activity(RESIDENT, first[-1].id, 3)
    assert [row.service for row in first + rest] == [f"service-{n}" for n in (4, 3, 2, 1, 0)]


@pytest.mark.parametrize("limit", [-1, 0, 10**9])
async def test_a_page_has_a_sensible_size(database: TortoiseContext, limit: int) -> None:
    audit = Audit()
    await asyncio.gather(
        *(audit.record_read(CALLER, service="a-service", **READ) for _ in range(MOST + 5))
    )
    assert 1 <= len(await activity(RESIDENT, None, limit)) <= MOST


@pytest.mark.parametrize("locale", LOCALES)
def test_every_event_has_a_title(locale: str) -> None:
    assert {f"event.{event}" for event in EVENTS} <= words(locale).keys()
