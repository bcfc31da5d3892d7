"""Promise 2: after a verification no table, key, line or file holds a capture or a template.

A whole house with a folder for temporary files of its own; somebody verifies, somebody else is
refused; then everything that was written anywhere is searched.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import pytest
from redis.asyncio import Redis

from config import embedded
from identity.faces.client import Frame
from identity.faces.engine import Detector, Template, engines
from identity.faces.pictures import read
from tests.support import faces, journey, traces
from tests.support.house import House, house
from tests.support.journey import Refused

pytestmark = [pytest.mark.server, pytest.mark.timeout(240)]
DATABASES = ("zhiban", "zhiban_sandbox")


@dataclass
class Stood:
    """A house in which somebody stood before the camera, and every picture that was sent."""

    house: House
    temporary: Path
    frames: list[Frame] = field(default_factory=list)

    def film(self, person: str) -> journey.Film:
        """Frames as a camera gives them, kept to be looked for."""

        def take(prompts: Sequence[str]) -> Sequence[Frame]:
            taken = faces.challenge_frames(person, prompts, None)
            self.frames.extend(taken)
            return taken

        return take


@pytest.fixture(scope="module")
def temporary() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="zbt-", dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
async def stood(temporary: Path) -> AsyncIterator[Stood]:
    with house(TMPDIR=str(temporary)) as one:
        await asyncio.to_thread(one.start)
        made = Stood(one, temporary)
        person = await journey.new_resident(one.sandbox_url)
        name, number = person.name, person.number
        await journey.verify(one.url, name, number, film=made.film(faces.OBAMA))
        with pytest.raises(Refused) as refused:
            await journey.verify(one.url, name, number, film=made.film(faces.BIDEN))
        assert refused.value.code == "identity-not-matched"
        await _written_down(one)
        yield made


@pytest.fixture(scope="module")
def needles(stood: Stood) -> frozenset[bytes]:
    pictures = [frame.image for frame in stood.frames]
    assert len(pictures) >= 6
    return traces.of_capture(pictures) | traces.of_templates(templates(pictures))


def templates(pictures: Sequence[bytes]) -> list[Template]:
    """Of every picture and engine, as the face process makes them."""
    detector, chosen = Detector(), engines("sface,dlib")
    made = []
    for picture in map(read, pictures):
        for face in detector.find(picture)[:1]:
            made += [engine.embed(picture, face) for engine in chosen]
    assert len(made) >= len(pictures)
    return made


async def _written_down(one: House) -> None:
    """What PostgreSQL and Valkey hold in memory goes to their files."""
    connection = await asyncpg.connect(embedded.postgres_dsn(one.data))
    await connection.execute("CHECKPOINT")
    await connection.close()
    async with Redis.from_url(embedded.valkey_url(one.data)) as cache:
        await cache.save()


@pytest.mark.parametrize("database", DATABASES)
async def test_no_table_holds_it(stood: Stood, needles: frozenset[bytes], database: str) -> None:
    address = embedded.postgres_dsn(stood.house.data, database)
    assert await traces.in_tables(address, needles) == []


async def test_no_key_holds_it(stood: Stood, needles: frozenset[bytes]) -> None:
    async with Redis.from_url(embedded.valkey_url(stood.house.data)) as cache:
        assert await cache.dbsize() > 0
        assert await traces.in_keys(cache, needles) == []


async def test_no_file_holds_it(stood: Stood, needles: frozenset[bytes]) -> None:
    """The engines' own files, their logs of changes, log lines, temporary files, the console."""
    logs = list((stood.house.data / "logs").glob("*.log"))
    assert logs and any(file.stat().st_size for file in logs)
    for folder in (stood.house.folder, stood.temporary):
        assert await asyncio.to_thread(traces.in_files, folder, needles) == []


async def test_the_search_would_find_it(stood: Stood, needles: frozenset[bytes]) -> None:
    """Planted in a table, a key and a file, a single frame is found in each."""
    frame = stood.frames[-1].image
    (stood.temporary / "left-behind").write_bytes(b"header" + frame)
    assert [file.name for file in traces.in_files(stood.temporary, needles)] == ["left-behind"]
    (stood.temporary / "left-behind").unlink()
    address = embedded.postgres_dsn(stood.house.data)
    connection = await asyncpg.connect(address)
    await connection.execute("CREATE TABLE planted (picture text)")
    encoded = frame.hex()
    await connection.execute("INSERT INTO planted VALUES ($1)", encoded)
    assert await traces.in_tables(address, needles) == ["planted"]
    await connection.execute("DROP TABLE planted")
    await connection.close()
    async with Redis.from_url(embedded.valkey_url(stood.house.data)) as cache:
        await cache.set("planted", frame)
        assert await traces.in_keys(cache, needles) == [b"planted"]
        await cache.delete("planted")


async def test_the_search_would_find_a_template(stood: Stood, needles: frozenset[bytes]) -> None:
    (template,) = templates([stood.frames[0].image])[:1]
    for left in (template.tobytes(), str([float(number) for number in template]).encode()):
        (stood.temporary / "left-behind").write_bytes(left)
        assert len(traces.in_files(stood.temporary, needles)) == 1
        (stood.temporary / "left-behind").unlink()
