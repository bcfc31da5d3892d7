"""Two hundred people verify at once on one house with one face worker.

A few are judged, the others are told when to come back; the catalogue answers all the while, no
try is spent by "later", and afterwards everything works.
"""

import asyncio
import base64
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from identity.documents.citizen_number import check_character
from identity.models import Try
from tests.support import engines as engines_room
from tests.support import faces as pictures
from tests.support.engines import Engines
from tests.support.faces_service import face_settings, running
from tests.support.http import CONSENT, Answer, Api, frames_sent, served, settings_for
from tests.support.sandbox import Sandbox

PEOPLE = 200
LATER = {"faces-busy", "faces-unavailable", "database-unavailable", "cache-unavailable"}
JUDGED = "identity-not-matched"
PATIENCE = 90.0


@pytest.fixture(scope="module")
async def api(engines: Engines, run_folder: Path, sandbox: Sandbox) -> AsyncIterator[Api]:
    """An application with a face process of its own: one worker and sixteen places to wait."""
    with TemporaryDirectory(prefix="zf-", dir="/tmp") as folder:
        faces = face_settings(Path(folder), face_queue=16)
        house = run_folder / secrets.token_hex(3)
        house.mkdir(mode=0o700)
        async with (
            running(faces, Path(folder) / "faces.log"),
            engines_room.fresh_database(engines) as address,
        ):
            settings = settings_for(
                address, engines.redis_url, house, sandbox, faces, challenge_seconds=120
            )
            async with served(settings, sandbox) as running_api:
                yield running_api


@cache
def filmed(prompts: tuple[str, ...]) -> list[dict[str, str]]:
    return frames_sent(pictures.OBAMA, prompts)


async def claim(api: Api, place: int) -> dict[str, Any]:
    """Somebody the register does not know, with a challenge and a number of their own."""
    device = secrets.token_hex(8)
    issued = (await api.post("/v1/challenges", {"device": device})).body
    seventeen = f"44052418800101{place:03d}"
    number = seventeen + check_character(seventeen)
    frames = await asyncio.to_thread(fresh, tuple(issued["prompts"]))
    return {
        "name": "欧阳测试",
        "id_number": number,
        "document_type": "resident-id",
        "challenge": issued["id"],
        "device": device,
        "frames": frames,
        "consent": CONSENT,
    }


def fresh(prompts: tuple[str, ...]) -> list[dict[str, str]]:
    """The same film for all, but no frame sent twice: filming costs more than judging."""
    return [marked(one) for one in filmed(prompts)]


def marked(frame: dict[str, str]) -> dict[str, str]:
    """A JPEG comment of random bytes: 8 of them, 12 in all, so the base64 stays in step."""
    comment = b"\xff\xfe\x00\x0a" + secrets.token_bytes(8)
    image = base64.b64decode(frame["image"])
    return frame | {"image": base64.b64encode(image[:2] + comment + image[2:]).decode()}


async def looking_around(api: Api, until: asyncio.Event) -> Counter[int]:
    """Somebody reads the catalogue as long as the burst lasts."""
    seen: Counter[int] = Counter()
    while not until.is_set():
        for path in ("/v1/services", "/v1/services/provident-fund-balance"):
            seen[(await api.get(path)).status] += 1
        await asyncio.sleep(0.02)
    return seen


async def test_a_burst_is_judged_in_part_and_told_to_come_back_for_the_rest(api: Api):
    claims = [await claim(api, place) for place in range(PEOPLE)]
    over = asyncio.Event()
    async with asyncio.timeout(PATIENCE):
        reader = asyncio.create_task(looking_around(api, over))
        answers: list[Answer] = await asyncio.gather(
            *(api.post("/v1/verifications", one) for one in claims)
        )
        over.set()
        read = await reader
    codes = Counter(str(answer.code) for answer in answers)
    assert codes.keys() <= {JUDGED} | LATER, codes
    assert codes[JUDGED] >= 1 and codes["faces-busy"] >= PEOPLE // 2, codes
    for answer in answers:
        assert answer.status == (403 if answer.code == JUDGED else 503)
        if answer.status == 503:
            assert int(answer.headers["Retry-After"]) >= 1
    assert set(read) == {200} and read[200] > 10
    assert await Try.filter(spent=True, kind="number").count() == codes[JUDGED]
    await afterwards(api)


async def afterwards(api: Api) -> None:
    """Nothing stands against anybody who was sent away, and a resident verifies as ever."""
    async with asyncio.timeout(PATIENCE):
        while (await api.parts.ground.faces.numbers())["running"]:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    assert not await Try.filter(spent=False).exists()
    done = await api.verify(await api.new_resident())
    assert done.status == 201, done.body
    await api.remember(done.body)
