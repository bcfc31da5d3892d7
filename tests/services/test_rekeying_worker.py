"""Rotation as an operator does it: by command, with the worker killed in the middle of the move."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from tortoise.context import TortoiseContext

from config.settings import Settings
from identity.models import Document, Resident, VaultKey
from identity.rekeying import columns
from identity.residents import Residents
from identity.vault import Vault
from identity.vault_keys import VaultKeys
from tests.services.test_worker import environment, until
from tests.support import session_parts

pytestmark = [pytest.mark.server, pytest.mark.timeout(180)]

MANY, NAME, NUMBER = 6000, "欧阳可见", "11010519491231002X"
OLD, NEW = 1, 2
QUICKLY = {"KEY_LEAD_SECONDS": "1"}


@pytest.fixture
def quick(settings: Settings) -> Settings:
    return settings.model_copy(update={"key_lead_seconds": 1})


@asynccontextmanager
async def a_reader(house: Settings) -> AsyncIterator[Residents]:
    """Another process of the service, which goes on revealing residents all the while."""
    vault = Vault.from_settings(house)
    keys = VaultKeys(vault, house)
    await keys.start()
    try:
        yield Residents(vault)
    finally:
        await keys.stop()


async def residents_of(house: Settings) -> list[UUID]:
    """MANY of them, each with a document sealed under the key of the settings."""
    vault, now = Vault.from_settings(house), datetime.now(UTC)
    people = [uuid4() for _ in range(MANY)]
    held = {"proofed": 4, "proofed_at": now, "proofed_until": now}
    await Resident.bulk_create([Resident(id=one, **held) for one in people], batch_size=1000)
    rows = [document(vault, one) for one in people]
    await Document.bulk_create(rows, batch_size=500)
    return people


def document(vault: Vault, resident: UUID) -> Document:
    made = uuid4()
    sealed = {
        f"{part}_sealed": vault.seal(value.encode(), f"document.{part}:{made}")
        for part, value in (("number", NUMBER), ("name", NAME))
    }
    return Document(id=made, resident_id=resident, kind="resident-id", country="CN", **sealed)


async def command(house: Settings, *words: str) -> str:
    """What ``python -m identity.keys`` says."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "identity.keys", *words),
        env=environment(house) | QUICKLY,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0
    return said.decode()


@asynccontextmanager
async def a_worker(house: Settings) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.worker"), env=environment(house) | QUICKLY
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def by_version(database: TortoiseContext, column: str) -> dict[int, int]:
    """How many documents are sealed under which key."""
    rows = await database.db().execute_query_dict(
        f"SELECT get_byte({column}, 0) AS version, count(*) AS many FROM document GROUP BY 1"
    )
    return {row["version"]: row["many"] for row in rows}


def finished(said: str, place: str) -> bool:
    """Whether ``progress`` says so of this column."""
    (line,) = [line for line in said.splitlines() if place in line] or [""]
    return line.endswith("finished")


async def as_if_long_silent(database: TortoiseContext) -> None:
    """Another worker takes over from one that was silent for half a minute."""
    await database.db().execute_query(
        "UPDATE pgqueuer SET heartbeat = heartbeat - interval '2 minutes', "
        "updated = updated - interval '2 minutes'"
    )


async def read_on(house: Settings, people: list[UUID], stop: asyncio.Event) -> int:
    """Reveal one after the other until told to stop; whoever cannot be opened raises."""
    read = 0
    async with a_reader(house) as residents:
        while not stop.is_set():
            person = await residents.reveal(people[read % len(people)])
            assert (person.name, person.number.value) == (NAME, NUMBER)
            read += 1
    return read


async def test_words_that_are_no_command_change_nothing(
    quick: Settings, database: TortoiseContext
) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "identity.keys", "rotate", "everything"),
        env=environment(quick) | QUICKLY,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    assert process.returncode == 1 and said.startswith(b"usage:")
    assert not await VaultKey.exists()


async def test_a_signing_key_made_by_command_is_known_to_all_before_it_signs(
    settings: Settings, database: TortoiseContext
) -> None:
    async with session_parts.a_worker(settings) as one, session_parts.a_worker(settings) as two:
        opened = await one.sign_in(await session_parts.a_resident())
        token = (await one.tokens.issue(opened.session)).value
        before = await one.keys.signer()
        _, kid, *_ = (await command(settings, "rotate", "signing")).split()
        assert {key["kid"] for key in (await two.keys.jwks())["keys"]} == {before.kid, kid}
        assert (await two.keys.signer()).kid == before.kid
        assert (await two.tokens.read(token)).session == opened.session.id


async def test_a_rotation_by_command_survives_the_death_of_its_worker(
    quick: Settings, database: TortoiseContext
) -> None:
    people = await residents_of(quick)
    stop = asyncio.Event()
    reading = asyncio.create_task(read_on(quick, people, stop))
    assert f"seal key {NEW}" in await command(quick, "rotate", "seal")
    async with a_worker(quick) as first:
        while NEW not in await by_version(database, "name_sealed"):
            assert first.returncode is None
            await asyncio.sleep(0.005)
        first.kill()
        await first.wait()
    left = (await by_version(database, "number_sealed")).get(OLD, 0)
    assert 0 < left <= MANY  # it was killed in the middle
    assert not finished(await command(quick, "progress"), "document.number_sealed")
    await as_if_long_silent(database)
    async with a_worker(quick):
        retired = VaultKey.filter(ring="seal", version=NEW, older_gone_at__isnull=False)
        await until(retired.exists)
    stop.set()
    assert await reading
    for column in ("name_sealed", "number_sealed"):
        assert await by_version(database, column) == {NEW: MANY}
    said = await command(quick, "progress")
    assert all(finished(said, column.place) for column in columns("seal"))
