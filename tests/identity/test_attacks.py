"""What operators see of attacks: every count, no person, and no few that could be told apart."""

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.settings import Settings
from identity import attacks, consent
from identity.attacks import FEW, lines, seen
from identity.attempts import Attempts
from identity.audit import record
from identity.documents import parse
from identity.models import AuditEvent, Try
from tests.support.session_parts import a_worker

NUMBER = parse("resident-id", "11010519491231002X")


async def refuse(times: int, outcome: str = "identity-not-matched", purpose: str = "") -> None:
    async with in_transaction() as connection:
        for _ in range(times):
            await record(
                connection,
                event=attacks.REFUSED,
                resident=uuid4(),
                purpose=purpose or consent.VERIFICATION,
                outcome=outcome,
            )


async def alarm(event: str) -> None:
    async with in_transaction() as connection:
        await record(connection, event=event, resident=uuid4())


async def test_a_quiet_house_shows_nothing(database: TortoiseContext):
    found = await seen(24)
    assert (found.hours, found.top) == ([], [])
    assert set(found.alarms.values()) == set(found.sources.values()) == {0}


async def test_refusals_are_counted_by_hour_way_and_outcome(database: TortoiseContext):
    await refuse(3)
    await refuse(2, "try-too-soon")
    await refuse(4, purpose=consent.BANK_CARD)
    last = datetime.now(UTC) - timedelta(hours=1)
    await AuditEvent.filter(outcome="try-too-soon").update(at=last)
    found = await seen(24)
    rows = {(one.hour.hour, one.way, one.outcome): one.times for one in found.hours}
    this = max(one.hour for one in found.hours).hour
    assert rows == {
        (last.hour, "face", "try-too-soon"): 2,
        (this, "face", "identity-not-matched"): 3,
        (this, "bank-card", "identity-not-matched"): 4,
    }
    assert [(one.way, one.times) for one in found.top] == [
        ("bank-card", 4),
        ("face", 3),
        ("face", 2),
    ]


async def test_what_is_older_than_the_period_is_not_counted(database: TortoiseContext):
    await refuse(1)
    await AuditEvent.all().update(at=datetime.now(UTC) - timedelta(hours=25))
    assert (await seen(24)).hours == []
    assert len((await seen(48)).hours) == 1


async def test_freezes_and_reports_of_strangers_are_alarms(database: TortoiseContext):
    for event in ("identity:frozen", "identity:frozen", "identity:not-me", "session:reused"):
        await alarm(event)
    found = await seen(2)
    assert found.alarms["identity:frozen"] == 2
    assert found.alarms["identity:not-me"] == found.alarms["session:reused"] == 1


@pytest.mark.parametrize(("devices", "shown"), [(FEW - 1, None), (FEW, FEW), (FEW + 2, FEW + 2)])
async def test_a_few_sources_are_not_counted_out(
    database: TortoiseContext, settings: Settings, devices: int, shown: int | None
):
    given = settings.model_copy(update={"try_waits": (), "tries_per_number": 100})
    async with a_worker(given) as worker:
        room = Attempts(worker.cache, worker.vault, given)
        for place in range(devices):
            async with (
                room.reserved(NUMBER, f"device {place}", None, f"203.0.113.{place}") as attempt,
                in_transaction() as connection,
            ):
                await attempt.spend(connection)
    found = await seen(2)
    assert found.sources["device"] == found.sources["network"] == shown
    assert found.sources["number"] is found.sources["account"] is None


async def test_nothing_of_a_person_is_in_what_is_shown(database: TortoiseContext):
    await refuse(2)
    await Try.create(id=uuid4(), subject="a" * 64, kind="number", at=datetime.now(UTC), spent=True)
    found = await seen(24)
    said = f"{found} {list(lines(found))}"
    for row in await AuditEvent.all():
        assert str(row.resident_id) not in said
    assert "a" * 64 not in said


async def test_the_period_has_a_shortest_and_a_longest(database: TortoiseContext):
    assert (await seen(0)).since == (await seen(1)).since
    assert (await seen(10_000)).since == (await seen(attacks.MOST_HOURS)).since


async def run(*arguments: str, **environment: str) -> tuple[int, str]:
    """``python -m identity.attacks`` with these settings and no others."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "identity.attacks", *arguments),
        cwd=Path(__file__).parents[2],
        env=kept | environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


async def test_the_command_prints_the_same(database: TortoiseContext, settings: Settings):
    await refuse(7)
    status, said = await run(
        DATA_FOLDER=str(settings.data_folder), DATABASE_URL=settings.database_url.get_secret_value()
    )
    assert status == 0, said
    assert (
        "identity-not-matched" in said
        and "7" in said.split("identity-not-matched")[1].split("\n")[0]
    )


@pytest.mark.parametrize("wrong", [["0"], ["-1"], ["a day"], ["169"], ["1", "2"]])
async def test_the_command_asked_wrongly_says_how(wrong: list[str], settings: Settings):
    status, said = await run(*wrong, DATA_FOLDER=str(settings.data_folder))
    assert status == 2
    assert "usage: python -m identity.attacks" in said
