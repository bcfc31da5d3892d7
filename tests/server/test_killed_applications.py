"""Nothing acknowledged is lost and nothing happens twice, whatever is killed and whenever.

``KILLS`` says how often (``make test-faults``: 200), ``FAULTS_SEED`` plays a run again. Residents
apply, and ask again with the same key until they are answered, as a telephone does whose line
breaks. Then the books are read: ours and the fund centre's.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import aiohttp
import asyncpg
import pytest

from config import embedded
from services.applications.states import FINISHED, TRANSITIONS, Event, State
from tests.support import journey
from tests.support.house import House, house
from tests.support.journey import Tokens
from tests.support.killing import back, kill, moments
from tests.support.sandbox import SandboxResident

KILLS = int(os.environ.get("KILLS", "4"))
SEED = int(os.environ.get("FAULTS_SEED", "20261121"))
pytestmark = [pytest.mark.server, pytest.mark.timeout(120 + 15 * KILLS)]

WITHIN = 1.2  # seconds after which a story is usually over
PATIENCE = 60.0
FORM = {"purpose": "rent", "amount": 300_000, "months": 3}
PAID_AT_ONCE = "1990-03-17"  # the sandbox's rule: rents, with a contract on file
SERVICE = "/v1/services/provident-fund-withdrawal/applications"
WAITING = {State.SUPPLEMENT_ASKED}


@dataclass
class Phone:
    """One resident: what they were told is in ``told`` (key → number)."""

    url: str
    person: SandboxResident
    tokens: Tokens
    told: dict[str, str] = field(default_factory=dict)

    async def apply(self) -> str:
        """Asks with one key until somebody answers; the number."""
        key = uuid4().hex
        body = {"form": FORM, "materials": []}
        headers = {"Authorization": f"Bearer {self.tokens.access}", "Idempotency-Key": key}
        async with asyncio.timeout(PATIENCE), aiohttp.ClientSession(headers=headers) as http:
            while True:
                if number := await self._told(http, body):
                    self.told[key] = number
                    return number
                await asyncio.sleep(0.1)

    async def _told(self, http: aiohttp.ClientSession, body: Any) -> str:
        """The number, once it is acknowledged; empty where the line broke or a part is away."""
        try:
            async with http.post(self.url + SERVICE, json=body) as reply:
                said = await reply.json(content_type=None)
        except (aiohttp.ClientError, ConnectionError, ValueError):
            return ""
        if reply.status in (409, 429, 500, 503):
            assert reply.status != 500, said
            return ""
        assert reply.status == 201, said
        return str(said["number"])


@dataclass(frozen=True)
class Books:
    """What PostgreSQL holds in the end: ours, and the sandbox's."""

    applications: list[asyncpg.Record]
    events: list[asyncpg.Record]
    steps: list[asyncpg.Record]
    paid: list[asyncpg.Record]
    notices: list[asyncpg.Record]


async def phone(one: House) -> Phone:
    person = await journey.new_resident(one.sandbox_url, born=PAID_AT_ONCE)
    return Phone(one.url, person, await journey.verify(one.url, person.name, person.number))


@pytest.fixture(scope="module")
async def books() -> AsyncIterator[tuple[Books, list[str]]]:
    """After all the kills: the books, and the numbers that were acknowledged."""
    with house() as one:
        await asyncio.to_thread(one.start)
        phones = [await phone(one) for _ in range(max(2, KILLS // 4))]
        for place, (who, when) in enumerate(moments(KILLS, SEED, WITHIN)):
            story = asyncio.create_task(phones[place % len(phones)].apply())
            await asyncio.sleep(when)
            assert await asyncio.to_thread(kill, one, who), f"{who} was not there"
            await story
            await asyncio.to_thread(back, one)
        numbers = [number for each in phones for number in each.told.values()]
        yield await _settled(one), numbers


async def _settled(one: House) -> Books:
    """The books once nothing moves any more."""
    settled = {*FINISHED, *WAITING}
    async with asyncio.timeout(PATIENCE + 2 * KILLS):
        while True:
            found = await _books(one)
            if all(State(row["state"]) in settled or row["waits_for"] == "staff"
                   for row in found.applications):  # fmt: skip
                return found
            await asyncio.sleep(0.5)


async def _books(one: House) -> Books:
    ours = await asyncpg.connect(embedded.postgres_dsn(one.data, "zhiban"))
    theirs = await asyncpg.connect(embedded.postgres_dsn(one.data, "sandbox"))
    try:
        return Books(
            await ours.fetch("SELECT id, number, state, waits_for FROM application"),
            await ours.fetch("SELECT * FROM application_event ORDER BY id"),
            await ours.fetch("SELECT * FROM application_step"),
            await theirs.fetch("SELECT key FROM sandbox_deed WHERE office = 'provident-fund'"),
            await ours.fetch("SELECT kind, subject FROM notice WHERE subject <> ''"),
        )
    finally:
        await ours.close()
        await theirs.close()


async def test_what_was_acknowledged_is_there_and_nothing_else(books: tuple[Books, list[str]]):
    """One key, one application: asked again, it is answered the same."""
    found, told = books
    assert sorted(row["number"] for row in found.applications) == sorted(told)
    assert len(told) == KILLS


async def test_every_application_went_a_legal_way_once(books: tuple[Books, list[str]]):
    found, _ = books
    moves = {event.value for event in Event}
    for row in found.applications:
        state, walked = State.DRAFT, []
        for event in found.events:
            if event["application_id"] == row["id"] and event["name"] in moves:
                walked.append(event["name"])
                state = TRANSITIONS[state, Event(event["name"])]
                assert state == event["state"]
        assert state == row["state"]
        assert walked.count("submit") == 1 and len(set(walked)) == len(walked)


async def test_every_approval_is_paid_once_and_nothing_else_is(books: tuple[Books, list[str]]):
    """By the centre's own book, and by the key that ours sent."""
    found, _ = books
    approved = {row["id"] for row in found.applications if row["state"] == "approved"}
    paid = {one["key"] for one in found.paid}
    sent = {one["key"] for one in found.steps if one["name"] == "pay" and one["state"] == "done"}
    assert {s["application_id"] for s in found.steps if s["key"] in paid} == approved
    assert paid == sent and approved


async def test_nobody_is_told_the_same_thing_twice(books: tuple[Books, list[str]]):
    found, _ = books
    told = [(one["kind"], one["subject"]) for one in found.notices]
    assert len(told) == len(set(told))
