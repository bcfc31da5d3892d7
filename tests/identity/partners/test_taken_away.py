"""An approved change that residents did not agree to ends what the client was issued before."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from redis.asyncio import Redis
from tortoise.context import TortoiseContext

from config.outbound import Outbound
from config.settings import Settings
from identity.models import Grant, Partner, Session
from tests.identity.partners.test_life import MEMBER, Desk
from tests.support.grants import a_partner_session


@pytest.fixture
async def desk(settings: Settings, database: TortoiseContext, cache: Redis) -> AsyncIterator[Desk]:
    async with Outbound(settings) as outbound:
        yield Desk(settings, cache, outbound)


async def changed(desk: Desk, **metadata: Any) -> tuple[Session, bool]:
    """A sign-in before an approved change, as it is after; and whether older tokens live."""
    made = await desk.register()
    await desk.life.approve(MEMBER, made.row.id)
    before = (await Partner.get(id=made.row.id)).tokens_from
    session = await a_partner_session(Grant(client=made.row.id, resident_id=uuid4()), "openid")
    await desk.change(made, **metadata)
    await desk.life.approve(MEMBER, made.row.id)
    after = (await Partner.get(id=made.row.id)).tokens_from
    return await Session.get(id=session.id), before == after


@pytest.mark.parametrize(
    "metadata",
    [
        {"purpose": {"zh": "推销", "en": "to sell you things"}},
        {"scope": "openid"},
        {"redirect_uris": ["https://other.example/cb"]},
        {"credit_code": "91350211M000100Y46"},
    ],
    ids=["another purpose", "fewer fields", "other hands", "sold"],
)
async def test_what_was_issued_for_something_else_ends(desk: Desk, metadata: dict[str, Any]):
    """PIPL art. 14 and 23: another purpose, or other hands, need another consent."""
    session, lives = await changed(desk, **metadata)
    assert session.ended_why == "client-changed"
    assert not lives


@pytest.mark.parametrize(
    "metadata",
    [{"scope": "openid profile:name profile:gender"}, {"client_uri": "https://hospital.example/"}],
    ids=["more fields", "another page"],
)
async def test_what_takes_nothing_away_ends_nothing(desk: Desk, metadata: dict[str, Any]):
    session, lives = await changed(desk, **metadata)
    assert session.ended_at is None
    assert lives
