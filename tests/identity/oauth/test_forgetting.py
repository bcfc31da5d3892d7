"""What the worker's job drops of codes and ended tokens, and what it has to keep."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from tortoise.context import TortoiseContext

from identity.models import AuthorizationCode, EndedToken
from identity.oauth import forgetting
from services.worker import SCHEDULES


async def a_code(name: str, ended: timedelta) -> None:
    now = datetime.now(UTC)
    await AuthorizationCode.create(
        digest=name,
        client="c-1",
        resident_id=uuid4(),
        grant_id=uuid4(),
        parent_id=uuid4(),
        redirect_uri="https://hospital.example/callback",
        challenge="x",
        scope="openid",
        acr="4",
        amr="face",
        auth_time=now,
        expires_at=now - ended,
        used_at=now - ended,
    )


async def test_a_used_code_is_kept_for_a_day_so_that_a_replay_is_noticed(
    database: TortoiseContext,
):
    """RFC 6749 §4.1.2."""
    await a_code("yesterday", timedelta(days=1, minutes=1))
    await a_code("today", timedelta(hours=23))
    await a_code("living", timedelta(seconds=-30))
    assert await forgetting.forget_old() == 1
    assert await AuthorizationCode.all().values_list("digest", flat=True) == ["today", "living"]
    assert await forgetting.forget_old() == 0


async def test_an_ended_token_is_kept_till_it_is_over_by_any_clock(database: TortoiseContext):
    """RFC 7009: forgotten earlier, it would be taken again."""
    now = datetime.now(UTC)
    kept = [now + timedelta(minutes=9), now - timedelta(minutes=4)]
    for at in [*kept, now - timedelta(minutes=6)]:
        await EndedToken.create(id=uuid4(), client="c-1", expires_at=at)
    assert await forgetting.forget_old() == 1
    assert set(await EndedToken.all().values_list("expires_at", flat=True)) == set(kept)


def test_the_clock_starts_it():
    assert "forget-old-codes" in SCHEDULES
