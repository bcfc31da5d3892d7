"""The sandbox as a process: where it refuses to start, and what it does when PostgreSQL is away."""

import asyncio
import base64
import json
import sys
import time
from pathlib import Path

import pytest
from yarl import URL

from config import embedded
from tests.support import engines as engines_room
from tests.support import faces
from tests.support.sandbox import BUREAU, Sandbox, end, free_port, run, started

FUND, REGISTER = "provident-fund", "population-register"


async def output_of(**environment: str) -> tuple[int | None, str]:
    process = await run({"SANDBOX_PORT": str(free_port()), **environment}, listen=True)
    _, said = await process.communicate()
    return process.returncode, said.decode()


async def test_it_refuses_to_start_in_production() -> None:
    code, said = await output_of(ENVIRONMENT="production", SANDBOX_KEY="k")
    assert code == 1
    assert "never runs in production" in said


async def test_it_refuses_to_start_without_a_key() -> None:
    code, said = await output_of(SANDBOX_DATABASE_URL="postgres://nowhere/x")
    assert code == 1
    assert "SANDBOX_KEY" in said


async def test_it_does_not_load_the_face_engines_before_they_are_needed() -> None:
    """100 MB of a process that mostly answers with numbers."""
    script = "import services.sandbox.app, sys; print('cv2' in sys.modules)"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[3]
    )
    said, _ = await process.communicate()
    assert said.decode().strip() == "False"


async def ask_all(sandbox: Sandbox, about: dict[str, str]) -> list[int]:
    return [
        (await sandbox.ask(office, path, about)).status
        for office, path in ((REGISTER, "portrait"), (FUND, "account"), (BUREAU, "status"))
    ]


async def test_without_its_database_it_answers_503_and_recovers() -> None:
    portrait = faces.portrait(faces.ASTRONAUT)
    wanted = {"portrait": base64.b64encode(portrait).decode()}
    async with engines_room.short_folder() as folder:
        home = embedded.open_folder(folder / "e")
        server = embedded.Postgres(home, home / "logs" / "postgres.log")
        async with started(embedded.postgres_dsn(home, "postgres")) as sandbox:  # before the server
            early = await sandbox.send("POST", "/residents", json=wanted)
            assert (early.status, early.body["code"]) == (503, "database-unavailable")
            await server.start()
            resident = await sandbox.new_resident(portrait)
            about = {"name": resident.name, "number": resident.number}
            assert await ask_all(sandbox, about) == [200, 200, 200]
            await server.stop()
            assert await ask_all(sandbox, about) == [503, 503, 503]
            assert (await sandbox.send("GET", "/health/ready")).status == 503
            assert (await sandbox.send("GET", "/health/live")).status == 200
            assert (await sandbox.send("GET", "/")).status == 200
            await server.start()
            assert await ask_all(sandbox, about) == [200, 200, 200]
        await server.stop()


async def test_a_restart_keeps_residents_and_their_past(engines: engines_room.Engines) -> None:
    async with started(engines.database_url) as first:
        resident = await first.new_resident(faces.portrait(faces.ASTRONAUT), born="1980-02-03")
        question = {"name": resident.name, "number": resident.number}
        before = await first.ask(FUND, "account", question)
        port = free_port()
        again = await run(
            {
                "SANDBOX_DATABASE_URL": first.database_url,
                "SANDBOX_KEY": first.key,
                "SANDBOX_PORT": str(port),
            }
        )
        second = Sandbox(f"http://127.0.0.1:{port}", first.key, first.database_url, first.http)
        try:
            await second.until_live(again)
            assert (await second.ask(FUND, "account", question)).raw == before.raw
        finally:
            await end(again)


async def test_a_question_recorded_before_a_restart_is_refused_after_it(
    engines: engines_room.Engines,
) -> None:
    async with started(engines.database_url) as sandbox:
        raw, route = json.dumps({}).encode(), "/provident-fund/account"
        old = sandbox.signature(FUND, route, raw, timestamp=str(_just_before_start()))
        reply = await sandbox.send("POST", route, data=raw, headers=old)
        assert reply.status == 401


async def test_its_log_holds_no_name_number_or_token(engines: engines_room.Engines) -> None:
    async with started(engines.database_url) as first:
        settings = {"SANDBOX_DATABASE_URL": first.database_url, "SANDBOX_KEY": first.key}
        port = free_port()
        process = await run(
            settings | {"SANDBOX_PORT": str(port), "LOG_LEVEL": "DEBUG"}, listen=True
        )
        sandbox = Sandbox(f"http://127.0.0.1:{port}", first.key, first.database_url, first.http)
        await sandbox.until_live(process)
        resident = await sandbox.new_resident(faces.portrait(faces.ASTRONAUT), name="欧阳可见")
        about = {"name": resident.name, "number": resident.number}
        assert await ask_all(sandbox, about) == [200, 200, 200]
        await sandbox.send("POST", f"/residents/{resident.number}", json=about)
        await sandbox.delete(resident)
        process.terminate()
        _, said = await process.communicate()
    for personal in (resident.name, resident.number, resident.delete_token, first.key):
        assert personal not in said.decode()
        assert personal.encode("unicode_escape").decode() not in said.decode()


def _just_before_start() -> int:
    return int(time.time()) - 60


@pytest.mark.parametrize("path", ["/nothing", "/static/../app.py", "/static/page.html"])
async def test_an_unknown_address_is_a_problem(sandbox: Sandbox, path: str) -> None:
    url = URL(sandbox.url + path, encoded=True)
    async with sandbox.http.get(url) as reply:
        assert reply.status == 404
        assert (await reply.json(content_type=None))["code"] == "sandbox-page-missing"
