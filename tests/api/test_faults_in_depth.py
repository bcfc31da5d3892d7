"""A verification while a part fails: a clear answer within its deadline, and no try spent by it."""

import asyncio
import secrets
import subprocess
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pytest

from identity.models import AuditEvent, Resident, Try
from tests.support import engines as engines_room
from tests.support.engines import Engines
from tests.support.faces_service import face_settings, running
from tests.support.http import Answer, Api, served, settings_for
from tests.support.sandbox import Sandbox

REGISTER = "population-register"
PATIENCE = 120.0


@dataclass(frozen=True)
class House:
    """An application whose face process a test may hurt."""

    api: Api
    child: "subprocess.Popen[bytes]"

    def face_workers(self) -> list[psutil.Process]:
        found = []
        for one in psutil.Process(self.child.pid).children():
            with suppress(psutil.Error):  # a dead one has no command line
                if "spawn_main" in " ".join(one.cmdline()):
                    found.append(one)
        return found

    async def until_judging(self) -> None:
        while (await self.api.parts.ground.faces.numbers())["running"] == 0:  # noqa: ASYNC110
            await asyncio.sleep(0.005)


@pytest.fixture(scope="module")
async def house(engines: Engines, run_folder: Path, sandbox: Sandbox) -> AsyncIterator[House]:
    with TemporaryDirectory(prefix="zf-", dir="/tmp") as folder:
        faces = face_settings(Path(folder))
        data = run_folder / secrets.token_hex(3)
        data.mkdir(mode=0o700)
        async with (
            running(faces, Path(folder) / "faces.log") as child,
            engines_room.fresh_database(engines) as address,
        ):
            settings = settings_for(address, engines.redis_url, data, sandbox, faces)
            async with served(settings, sandbox) as api:
                yield House(api, child)


@pytest.fixture(autouse=True)
async def healed(sandbox: Sandbox) -> AsyncIterator[None]:
    await sandbox.heal()
    yield
    await sandbox.heal()


async def unavailable(answer: Answer, code: str) -> None:
    """503 with a time to come back, and nothing standing against anybody."""
    assert (answer.status, answer.code) == (503, code), answer.body
    assert int(answer.headers["Retry-After"]) >= 1
    assert not await Try.exists()


async def works_again(api: Api) -> None:
    done = await api.verify(await api.new_resident())
    assert done.status == 201, done.body
    await api.remember(done.body)


@pytest.mark.parametrize("fault", ["hang", "error", "malformed"])
async def test_a_register_that_fails_is_told_within_its_deadline(
    house: House, sandbox: Sandbox, fault: str
):
    api = house.api
    claim = await api.claim(await api.new_resident(), "obama.jpg")
    before = await AuditEvent.all().count(), await Resident.all().count()
    await sandbox.fault(REGISTER, fault)
    async with asyncio.timeout(PATIENCE / 2):
        answer = await api.post("/v1/verifications", claim)
    await unavailable(answer, "register-unavailable")
    assert (await AuditEvent.all().count(), await Resident.all().count()) == before
    await sandbox.heal()
    await works_again(api)


async def test_a_register_that_is_slow_but_in_time_lets_the_resident_in(
    house: House, sandbox: Sandbox
):
    person = await house.api.new_resident()
    await sandbox.fault(REGISTER, "slow", seconds=1)
    done = await house.api.verify(person)
    assert done.status == 201, done.body
    await house.api.remember(done.body)


async def test_a_face_worker_killed_once_costs_the_resident_nothing(house: House):
    api = house.api
    claim = await api.claim(await api.new_resident(), "obama.jpg")
    async with asyncio.timeout(PATIENCE):
        asked = asyncio.create_task(api.post("/v1/verifications", claim))
        await house.until_judging()
        house.face_workers()[0].kill()
        done = await asked
    assert done.status == 201, done.body
    await api.remember(done.body)
    assert not await Try.exists()


async def test_a_face_worker_killed_again_and_again_is_told_and_the_pool_heals(house: House):
    api = house.api
    claim = await api.claim(await api.new_resident(), "obama.jpg")
    async with asyncio.timeout(PATIENCE):
        asked = asyncio.create_task(api.post("/v1/verifications", claim))
        await house.until_judging()
        while not asked.done():
            for one in house.face_workers():
                with suppress(psutil.Error):  # it may be dead already
                    one.kill()
            await asyncio.sleep(0.05)
        answer = await asked
    await unavailable(answer, "faces-unavailable")
    async with asyncio.timeout(PATIENCE):
        while (await api.verify(await api.new_resident())).status != 201:  # noqa: ASYNC110
            await asyncio.sleep(0.2)
    await works_again(api)


async def test_a_challenge_is_gone_with_its_store_and_nobody_passes_without_one(house: House):
    api = house.api
    claim = await api.claim(await api.new_resident(), "obama.jpg")
    await api.parts.cache.flushdb()
    answer = await api.post("/v1/verifications", claim)
    assert (answer.status, answer.code) == (422, "challenge-unknown")
    assert not await Try.exists()
    await works_again(api)
