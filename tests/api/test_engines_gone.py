"""PostgreSQL and Valkey go away and come back under a running application.

What needs the engine that is gone answers 503 and when to come back; what does not goes on; and
afterwards everything works again without anybody's help.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest

from config import database, embedded
from config.embedded import Postgres, Valkey
from config.settings import FaceSettings
from identity.partners.life import By
from identity.partners.metadata import CREDENTIALS
from identity.staff.accounts import COMMAND
from tests.support import engines as engines_room
from tests.support.http import Answer, Api, served, settings_for
from tests.support.log_capture import personal, run
from tests.support.partner_app import an_approved_partner
from tests.support.sandbox import Sandbox

PATIENCE = 20.0
BALANCE = "/v1/services/provident-fund-balance/answers"


@dataclass(frozen=True)
class House:
    """An application alone with two engines of its own."""

    api: Api
    postgres: Postgres
    valkey: Valkey


@pytest.fixture(scope="module")
async def house(sandbox: Sandbox, faces_service: FaceSettings) -> AsyncIterator[House]:
    async with engines_room.short_folder() as folder:
        home = embedded.open_folder(folder / "e")
        postgres = Postgres(home, home / "logs" / "postgres.log")
        valkey = Valkey(home, home / "logs" / "valkey.log")
        await postgres.start()
        await valkey.start()
        try:
            addresses = embedded.postgres_dsn(home, "postgres"), embedded.valkey_url(home)
            settings = settings_for(*addresses, folder, sandbox, faces_service)
            await database.migrate(database.tortoise_config(settings), say=lambda _: None)
            async with served(settings, sandbox) as api:
                yield House(api, postgres, valkey)
        finally:
            await valkey.stop()
            await postgres.stop()
            for log in (home / "logs").glob("*.log"):
                run.keep(log.read_text(errors="replace"))


async def until(ask: Callable[[], Awaitable[Answer]], status: int) -> Answer:
    """Ask again until the status is this one."""
    async with asyncio.timeout(PATIENCE):
        while (answer := await ask()).status != status:
            assert answer.status in (200, 503), answer.body
            await asyncio.sleep(0.05)
    return answer


async def test_without_valkey_verifying_waits_and_everything_else_goes_on(house: House):
    api = house.api
    signed = await api.signed_in()
    await house.valkey.stop()
    try:
        refused = await api.post("/v1/challenges", {"device": "abcdefgh"})
        assert (refused.status, refused.code) == (503, "cache-unavailable")
        assert int(refused.headers["Retry-After"]) > 0
        ready = await api.get("/health/ready")
        assert ready.status == 503 and ready.body["parts"]["cache"] == "away"
        assert (await api.get("/health/live")).status == 200
        assert (await api.get("/v1/services")).status == 200
        assert (await api.get("/v1/me", signed.access)).status == 200
        assert (await api.post(BALANCE, {}, signed.access)).status == 200
        gone = await api.send("DELETE", "/v1/me/sessions/current", signed.access)
        assert gone.status == 204
        assert (await api.get("/v1/me", signed.access)).code == "session-ended"
    finally:
        await house.valkey.start()
    await until(lambda: api.get("/health/ready"), 200)
    await api.signed_in()


async def test_without_valkey_a_suspended_client_is_refused_at_once(house: House):
    api = house.api
    only = {"grant_types": [CREDENTIALS], "scope": "client:read", "redirect_uris": []}
    app = await an_approved_partner(api.url, **only)
    issued = await app.post(api, "/oauth/token", grant_type="client_credentials")
    token = personal(issued.body["access_token"])
    await house.valkey.stop()
    try:
        own = await app.call(api, "GET", "/v1/client", token)
        assert (own.status, own.body["used_today"]) == (200, None)
        await api.parts.partners.life.suspend(By(COMMAND), app.id, "misuse")
        dead = await app.call(api, "GET", "/v1/client", token)
        assert (dead.status, dead.code) == (401, "session-ended")
    finally:
        await house.valkey.start()
    await until(lambda: api.get("/health/ready"), 200)


async def test_without_postgres_nothing_is_read_and_nothing_is_lost(house: House):
    api = house.api
    signed = await api.signed_in()
    await house.postgres.stop()
    try:
        for asked in (
            await api.get("/v1/me", signed.access),
            await api.get("/v1/me/activity", signed.access),
            await api.post(BALANCE, {}, signed.access),
            await api.post("/v1/tokens", {"refresh_token": signed.refresh}),
            await api.send("DELETE", "/v1/me/sessions/current", signed.access),
        ):
            assert (asked.status, asked.code) == (503, "database-unavailable"), asked.body
            assert int(asked.headers["Retry-After"]) > 0
        ready = await api.get("/health/ready")
        assert ready.status == 503 and ready.body["parts"]["database"] == "away"
        assert (await api.get("/v1/services")).status == 200
    finally:
        await house.postgres.start()
    await until(lambda: api.get("/v1/me", signed.access), 200)
    assert (await api.post(BALANCE, {}, signed.access)).status == 200
    renewed = await api.post("/v1/tokens", {"refresh_token": signed.refresh})
    assert renewed.status == 200
    await api.remember(renewed.body)


async def test_a_verification_without_postgres_changes_nothing_and_can_be_repeated(house: House):
    api = house.api
    person = await api.new_resident()
    claim = await api.claim(person, "obama.jpg")
    await house.postgres.stop()
    try:
        refused = await api.post("/v1/verifications", claim)
        assert (refused.status, refused.code) == (503, "database-unavailable")
    finally:
        await house.postgres.start()
    await until(lambda: api.get("/health/ready"), 200)
    again = await api.verify(person)
    assert again.status == 201, again.body
    await api.remember(again.body)
