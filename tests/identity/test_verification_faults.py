"""A verification when an engine is gone, under attack, and seen by who measures our work."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from config import cache as cache_room
from config.database import connections_to, opened
from config.errors import CacheUnavailable, DatabaseUnavailable
from config.settings import FaceSettings, Settings
from identity import documents, errors
from identity.attempts import FREE, Attempts
from identity.challenges import Challenges, ReplayGuard
from identity.models import AuditEvent, Resident, Session, Try
from identity.verification import Claim, Verification
from tests.support import faces as pictures
from tests.support.log_capture import run as captured
from tests.support.sandbox import Sandbox
from tests.support.verification_parts import Counter, a_counter, in_sandbox

UNKNOWN = "440524188001010014"


def without_cache(counter: Counter, settings: Settings, cache: Redis, *parts: str) -> Verification:
    """The story with these parts speaking to a Valkey that is gone."""
    vault = counter.worker.vault
    away = {
        "attempts": Attempts(cache, vault, settings),
        "challenges": Challenges(cache, vault, settings),
        "replays": ReplayGuard(cache, vault),
    }
    return replace(counter.story, **{part: away[part] for part in parts})


@pytest.mark.parametrize("part", ["attempts", "challenges", "replays"])
async def test_without_valkey_nobody_is_verified_and_no_try_is_spent(
    counter: Counter, settings: Settings, part: str
) -> None:
    away = settings.model_copy(update={"redis_url": SecretStr("redis://127.0.0.1:1/0")})
    cache = cache_room.connect(away)
    claim = await counter.claim(await counter.resident())
    with pytest.raises(CacheUnavailable):
        await without_cache(counter, settings, cache, part).verify(claim)
    await cache.aclose()
    for table in (Try, Resident, Session, AuditEvent):
        assert not await table.exists()


async def test_without_postgresql_nobody_is_verified(
    settings: Settings, healthy_sandbox: Sandbox, faces_service: FaceSettings
) -> None:
    apps = {"identity": ("identity.models", "identity.migrations")}
    given = in_sandbox(settings, healthy_sandbox)
    async with (
        opened(connections_to("postgresql://127.0.0.1:1/nowhere", apps)),
        a_counter(given, healthy_sandbox, faces_service) as counter,
    ):
        claim = await counter.claim(await counter.resident())
        with pytest.raises(DatabaseUnavailable):
            await counter.story.verify(claim)


async def test_every_refusal_costs_the_face_process_the_same(counter: Counter) -> None:
    """CONTRACTS: unknown person, wrong name and another face do the same work."""
    resident = await counter.resident(name="张三")
    for claim in (
        await counter.claim(resident, pictures.BIDEN),
        await counter.claim(resident, name="李四"),
        await counter.claim(resident, number=UNKNOWN),
    ):
        before = (await counter.story.faces.numbers())["done"]
        with pytest.raises(errors.IdentityNotMatched):
            await counter.story.verify(claim)
        assert (await counter.story.faces.numbers())["done"] - before == 2


async def test_a_spent_budget_is_told_before_a_face_is_judged(counter: Counter) -> None:
    resident = await counter.resident()
    number = documents.parse("resident-id", resident.number)
    for place in range(5):
        async with counter.story.attempts.reserved(number, f"device {place}", None):
            await Try.filter(spent=False).update(spent=True)
        await Try.all().update(at=datetime.now(UTC) - timedelta(hours=1))  # no wait any more
    claim = await counter.claim(resident)
    before = (await counter.story.faces.numbers())["done"]
    with pytest.raises(errors.TryBudgetSpent) as caught:
        await counter.story.verify(claim)
    assert (await counter.story.faces.numbers())["done"] == before
    assert int(caught.value.headers["Retry-After"]) > 0
    assert await AuditEvent.filter(outcome="try-budget-spent").count() == 1


async def test_strangers_at_once_get_no_more_looks_than_the_budget(counter: Counter) -> None:
    resident = await counter.resident()
    claims = [
        await counter.claim(resident, pictures.BIDEN, device=f"device {place}")
        for place in range(8)
    ]
    results = await asyncio.gather(
        *(counter.story.verify(claim) for claim in claims), return_exceptions=True
    )
    kinds = [type(result) for result in results]
    assert kinds.count(errors.IdentityNotMatched) == FREE
    assert kinds.count(errors.TryTooSoon) == len(claims) - FREE


async def test_a_resident_at_once_on_two_devices_is_one_resident(counter: Counter) -> None:
    resident = await counter.resident()
    claims = [await counter.claim(resident, device=f"device {place}") for place in range(2)]
    one, other = await asyncio.gather(*(counter.story.verify(claim) for claim in claims))
    assert one.resident.id == other.resident.id
    assert await Resident.all().count() == 1


async def test_the_cause_of_a_refusal_is_in_the_private_log_without_a_person(
    counter: Counter,
) -> None:
    resident = await counter.resident(name="欧阳无名")
    start = len(captured.lines)
    with pytest.raises(errors.IdentityNotMatched):
        await counter.story.verify(await counter.claim(resident, pictures.BIDEN))
    said = "\n".join(captured.lines[start:])
    assert "face-differs" in said
    assert resident.name not in said
    assert resident.number not in said


async def test_a_claim_prints_nothing_of_its_person(counter: Counter) -> None:
    resident = await counter.resident()
    claim: Claim = await counter.claim(resident)
    for value in (resident.name, resident.number, claim.challenge, claim.arrival.device):
        assert value not in f"{claim!r} {claim}"
