"""What a resident was told is true after ``kill -9`` of every process (docs: promise 5).

The residents are made through the API of a running house; the keys lie in its data folder.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest

from config import embedded
from config.processes import belonging_to
from tests.support import journey
from tests.support.house import House
from tests.support.journey import Refused, Tokens
from tests.support.sandbox import SandboxResident

pytestmark = [pytest.mark.server, pytest.mark.timeout(240)]

RECORDS = ("provident-fund-records", {"from": "2017-01", "to": "2026-10"})
CONTRIBUTIONS = ("social-insurance-contributions", {"from": "2017-01", "to": "2026-10"})


@dataclass(frozen=True)
class Seen:
    """What the resident saw before the crash."""

    me: Mapping[str, Any]
    events: list[Any]
    records: Mapping[str, Any]
    contributions: Mapping[str, Any]


@dataclass
class Story:
    """One resident of one house that crashed and was started again."""

    house: House
    person: SandboxResident
    tokens: Tokens
    signed_out: Tokens
    before: Seen


async def look(one: House, token: str) -> Seen:
    records = await journey.answer(one.url, token, *RECORDS)
    contributions = await journey.answer(one.url, token, *CONTRIBUTIONS)
    activity = await journey.me(one.url, token, "/activity")
    me = await journey.me(one.url, token)
    return Seen(me, activity["events"], records["answer"], contributions["answer"])


@pytest.fixture(scope="module")
async def story(mortal: House) -> Story:
    """Verified twice, signed out once, everything killed, everything started again."""
    person = await journey.new_resident(mortal.sandbox_url)
    signed_out = await journey.verify(mortal.url, person.name, person.number)
    await journey.sign_out(mortal.url, signed_out.access)
    tokens = await journey.verify(mortal.url, person.name, person.number)
    before = await look(mortal, tokens.access)
    assert before.records["deposits"], "a crash of nothing proves nothing"
    await sql(mortal, "CREATE TABLE kept (what text)", "INSERT INTO kept VALUES ('a row')")
    await asyncio.to_thread(mortal.kill_everything)
    assert not mortal.answers() and not list(belonging_to(mortal.data))
    with pytest.raises(OSError):
        await sql(mortal, "SELECT 1")
    await asyncio.to_thread(mortal.start)
    return Story(mortal, person, tokens, signed_out, before)


async def sql(one: House, *statements: str) -> object:
    """The first value that the last of them gives."""
    address = embedded.postgres_dsn(one.data, "postgres")
    connection = await asyncio.wait_for(asyncpg.connect(address), 10)
    try:
        for statement in statements:
            answer = await connection.fetchval(statement)
    finally:
        await connection.close()
    return answer


async def test_everything_killed_at_once_loses_no_row(story: Story) -> None:
    assert await sql(story.house, "SELECT what FROM kept") == "a row"
    assert story.house.answers()


async def test_a_session_that_was_ended_stays_ended(story: Story) -> None:
    with pytest.raises(Refused) as refused:
        await journey.me(story.house.url, story.signed_out.access)
    assert refused.value.code == "session-ended"
    with pytest.raises(Refused) as refused:
        await journey.refresh(story.house.url, story.signed_out.refresh)
    assert refused.value.status == 401


async def test_the_access_token_still_opens(story: Story) -> None:
    """The signing key is as durable as the session."""
    assert await journey.me(story.house.url, story.tokens.access) == story.before.me


async def test_resident_activity_and_records_are_the_same(story: Story) -> None:
    now = await look(story.house, story.tokens.access)
    assert now.me == story.before.me
    assert now.records == story.before.records
    assert now.contributions == story.before.contributions
    assert now.events[-len(story.before.events) :] == story.before.events
    verified = [one for one in now.events if one["event"] == "identity:verified"]
    assert len(verified) == 2


async def test_the_refresh_token_works_and_rotates(story: Story) -> None:
    fresh = await journey.refresh(story.house.url, story.tokens.refresh)
    assert fresh.refresh != story.tokens.refresh
    assert (await journey.me(story.house.url, fresh.access))["id"] == story.before.me["id"]


async def test_the_same_person_is_the_same_resident(story: Story) -> None:
    """Sandbox portrait, vault keys and blind index survived together."""
    again = await journey.verify(story.house.url, story.person.name, story.person.number)
    assert again.resident["id"] == story.before.me["id"]
