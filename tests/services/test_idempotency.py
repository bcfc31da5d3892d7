"""One request, sent again, is done once (draft-ietf-httpapi-idempotency-key, sections 2.6, 2.7)."""

import asyncio
import dataclasses
from contextvars import Context
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.settings import Settings
from identity.errors import ResidentClosed
from identity.models import Resident
from identity.vault import Vault
from services import idempotency
from services.idempotency import Idempotency, IdempotencyInFlight, IdempotencyKeyReused, Once
from services.models import KeptAnswer, SearchMiss
from tests.support.session_parts import a_resident

ANSWER = b'{"number":"very secret"}'
OTHER = uuid4()
ONCE = Once(uuid4(), "somebody|zhiban-app", "POST /v1/materials", "key-1", "d" * 64)


@pytest.fixture
def vault(settings: Settings, database: TortoiseContext) -> Vault:
    return Vault.from_settings(settings)


@pytest.fixture
async def room(vault: Vault) -> Idempotency:
    for resident in (ONCE.resident, OTHER):
        await a_resident(resident)
    return Idempotency(vault)


class Broken(Exception):
    """The story's own refusal."""


async def story(room: Idempotency, once: Once | None, *, fault: Exception | None = None) -> bytes:
    """Count one thing; ``fault`` ends it after the change."""
    async with in_transaction() as connection, room.kept(connection, once) as slot:
        if slot.known is not None:
            return slot.known
        today = datetime.now(UTC).date()
        await SearchMiss.create(using_db=connection, words=uuid4().hex, day=today, count=1)
        if fault:
            raise fault
        slot.keep(ANSWER)
        return ANSWER


async def done() -> int:
    return await SearchMiss.all().count()


async def test_another_body_under_the_same_key_is_refused_and_does_nothing(room: Idempotency):
    await story(room, ONCE)
    with pytest.raises(IdempotencyKeyReused):
        await story(room, dataclasses.replace(ONCE, body="e" * 64))
    assert await done() == 1


async def test_a_second_one_is_refused_while_the_first_is_at_work(room: Idempotency):
    """In a context of its own, as another request is: on another connection."""
    async with in_transaction() as connection, room.kept(connection, ONCE) as slot:
        with pytest.raises(IdempotencyInFlight) as refused:
            await asyncio.create_task(story(room, ONCE), context=Context())
        assert refused.value.headers["Retry-After"] == "1"
        slot.keep(ANSWER)
    assert await story(room, ONCE) == ANSWER and await done() == 0


async def test_what_failed_is_not_kept_and_may_be_tried_again(room: Idempotency):
    with pytest.raises(Broken):
        await story(room, ONCE, fault=Broken())
    assert (await done(), await KeptAnswer.all().count()) == (0, 0)
    assert await story(room, ONCE) == ANSWER and await done() == 1


async def test_a_story_that_forgets_to_keep_its_answer_is_undone(room: Idempotency):
    with pytest.raises(RuntimeError, match="POST /v1/materials"):
        async with in_transaction() as connection, room.kept(connection, ONCE):
            await SearchMiss.create(
                using_db=connection, words="x", day=datetime.now(UTC).date(), count=1
            )
    assert await done() == 0


async def test_outside_a_transaction_nothing_is_kept(room: Idempotency):
    with pytest.raises(TypeError):
        async with room.kept(get_connection("default"), ONCE):
            pass


async def test_the_same_request_is_done_once_and_answered_alike(room: Idempotency):
    assert [await story(room, ONCE) for _ in range(3)] == [ANSWER] * 3
    assert await done() == 1


async def test_of_many_at_once_exactly_one_is_done(room: Idempotency):
    """On connections of their own; who comes while it is at work is told to come again."""
    found = await asyncio.gather(*(story(room, ONCE) for _ in range(8)), return_exceptions=True)
    assert await done() == 1
    assert ANSWER in found
    assert {type(one) for one in found} <= {bytes, IdempotencyInFlight}


@pytest.mark.parametrize(
    "other",
    [
        {"resident": OTHER},
        {"actor": "an agent|zhiban-app"},
        {"route": "POST /v1/tickets"},
        {"key": "key-2"},
    ],
    ids=lambda changed: next(iter(changed)),
)
async def test_callers_agents_routes_and_keys_do_not_meet(room: Idempotency, other: dict):
    await story(room, ONCE)
    await story(room, dataclasses.replace(ONCE, **other))
    assert await done() == 2


@pytest.mark.parametrize("gone", ["closed", "erased"])
async def test_for_somebody_who_is_not_there_any_more_nothing_is_done(room: Idempotency, gone: str):
    """However long the body took to arrive: their token was good when it began."""
    mine = Resident.filter(id=ONCE.resident)
    await (mine.delete() if gone == "erased" else mine.update(closed_at=datetime.now(UTC)))
    with pytest.raises(ResidentClosed):
        await story(room, ONCE)
    assert (await done(), await KeptAnswer.all().count()) == (0, 0)
    await story(room, dataclasses.replace(ONCE, resident=OTHER))
    assert await done() == 1


async def test_without_a_key_nothing_is_kept(room: Idempotency):
    await story(room, None)
    await story(room, None)
    assert (await done(), await KeptAnswer.all().count()) == (2, 0)


async def test_an_answer_of_yesterday_is_given_no_more_and_forgotten(room: Idempotency):
    await story(room, ONCE)
    await KeptAnswer.all().update(created_at=datetime.now(UTC) - timedelta(hours=24, seconds=1))
    await story(room, dataclasses.replace(ONCE, body="e" * 64))
    assert (await done(), await KeptAnswer.all().count()) == (2, 1)
    await KeptAnswer.all().update(created_at=datetime.now(UTC) - timedelta(hours=25))
    await idempotency.forget_old({})
    assert await KeptAnswer.all().count() == 0


async def test_the_row_tells_nothing_of_who_what_or_which(room: Idempotency):
    await story(room, ONCE)
    (row,) = await KeptAnswer.all().values()
    whole = repr(row)
    assert not [
        one for one in ("very secret", str(ONCE.resident), "key-1", "d" * 64) if one in whole
    ]
    assert "key-1" not in repr(ONCE)


async def test_erasing_a_resident_forgets_their_answers_alone(room: Idempotency):
    await story(room, ONCE)
    other = dataclasses.replace(ONCE, resident=OTHER)
    await story(room, other)
    async with in_transaction() as connection:
        await room.erase(connection, ONCE.resident)
    assert not await room.kept_at(ONCE.resident)
    assert len(await room.kept_at(other.resident)) == 1
