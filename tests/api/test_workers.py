"""Two worker processes and this one share the engines: what ends here ends there."""

import asyncio
import os
import secrets
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest
from tortoise.transactions import in_transaction

from config.settings import Settings
from identity import consent
from identity.partners.life import By
from identity.partners.metadata import CREDENTIALS
from identity.staff.accounts import COMMAND
from identity.staff.roles import Role
from services.models import Application, ApplicationEvent
from tests.support.device_key import DeviceKey
from tests.support.house import START
from tests.support.http import LOOPBACK, Api
from tests.support.log_capture import personal, run
from tests.support.partner_app import PartnerApp, an_approved_partner
from tests.support.sandbox import free_port
from tests.support.staff import at_work
from tests.support.wechat import signed_in

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0
ENDORSEMENT = {"form": {"stay": "rent"}, "materials": []}
WITHIN = 1.0  # seconds in which a sign-out holds on every worker (CONTRACTS)


def environment(settings: Settings, port: int) -> dict[str, str]:
    """What makes another process read the settings of this test."""
    secret = {"database_url", "redis_url", "seal_keys", "index_keys", "sandbox_key"}
    plain = {"data_folder", "faces_url", "sandbox_port", "public_url"}
    values = {name: getattr(settings, name).get_secret_value() for name in secret}
    values |= {name: str(getattr(settings, name)) for name in plain}
    given = {"PORT": str(port), "WEB_WORKERS": "2", "ENVIRONMENT": "embedded"}
    return {"PATH": os.environ["PATH"], **{k.upper(): v for k, v in values.items()}, **given}


@pytest.fixture(scope="module")
async def other(api: Api, run_folder: Path) -> AsyncIterator[str]:
    """The address of a second web of two workers on the same engines."""
    port, log = free_port(), run_folder / "other-web.log"
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "api.serve"),
            cwd=ROOT,
            env=environment(api.settings, port),
            stdout=out,
            stderr=out,
        )
    url = f"http://{LOOPBACK}:{port}"
    try:
        await answering(url, log)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), PATIENCE)
        run.keep(log.read_text(errors="replace"))


async def answering(url: str, log: Path) -> None:
    async with asyncio.timeout(START):
        while True:
            try:
                if await status(url, "/health/ready") == 200:
                    return
            except aiohttp.ClientError:
                assert log.exists()
            await asyncio.sleep(0.1)


async def status(url: str, path: str, headers: Mapping[str, str] | None = None) -> int:
    """Asked on a connection of its own, so that any worker may take it."""
    async with aiohttp.ClientSession() as http, http.get(url + path, headers=headers) as answer:
        return answer.status


async def test_a_token_of_one_worker_is_good_on_all_and_ends_on_all_within_a_second(
    api: Api, other: str
):
    signed = await api.sign_in()
    headers = {"Authorization": f"Bearer {signed.access}"}
    before = [await status(other, "/v1/me/sessions", headers) for _ in range(20)]
    assert set(before) == {200}
    gone = await api.send("DELETE", "/v1/me/sessions/current", signed.access)
    assert gone.status == 204
    ended = time.monotonic()
    await asyncio.sleep(WITHIN)
    after = [await status(other, "/v1/me/sessions", headers) for _ in range(20)]
    assert set(after) == {401}, f"{time.monotonic() - ended:.1f} s after the sign-out"


async def test_a_consent_withdrawn_on_one_worker_ends_the_tokens_on_all_within_a_second(
    api: Api, other: str
):
    signed = await api.sign_in()
    async with in_transaction() as connection:
        await consent.give(
            connection, signed.resident, consent.VERIFICATION, locale="en", channel="web"
        )
    headers = {"Authorization": f"Bearer {signed.access}"}
    assert {await status(other, "/v1/me/sessions", headers) for _ in range(10)} == {200}
    path = f"/v1/me/consents/{consent.VERIFICATION}"
    assert (await api.send("DELETE", path, signed.access)).status == 204
    await asyncio.sleep(WITHIN)
    assert {await status(other, "/v1/me/sessions", headers) for _ in range(20)} == {401}


async def test_a_challenge_of_one_worker_is_good_once_on_all(api: Api, other: str):
    """Two at once and two afterwards: a third at once would have to wait for the number's tries."""
    person = await api.new_resident()
    claim = await api.claim(person, "obama.jpg")
    answers: list[tuple[int, dict[str, object]]] = []
    async with aiohttp.ClientSession() as http:

        async def send() -> None:
            async with http.post(f"{other}/v1/verifications", json=claim) as answer:
                answers.append((answer.status, await answer.json(content_type=None)))

        for _ in range(2):
            await asyncio.gather(send(), send())
    assert sorted(status for status, _ in answers) == [201, 422, 422, 422]
    await api.remember(next(body for status, body in answers if status == 201))
    assert {body.get("code") for _, body in answers} == {None, "challenge-unknown"}


async def test_keys_made_by_one_worker_are_published_by_all(api: Api, other: str):
    await api.sign_in()
    mine = (await api.get("/oauth/jwks")).body
    for _ in range(8):
        async with aiohttp.ClientSession() as http, http.get(f"{other}/oauth/jwks") as answer:
            assert await answer.json(content_type=None) == mine


async def test_a_proof_of_possession_is_good_once_on_all(api: Api, other: str):
    key = DeviceKey(api.url)
    signed = await api.sign_in(key=key.thumbprint)
    headers = key.headers("POST", "/v1/tokens")
    body = {"refresh_token": signed.refresh}
    async with aiohttp.ClientSession() as http:
        answers = [
            await http.post(f"{url}/v1/tokens", json=body, headers=headers)
            for url in (api.url, other, other, api.url)
        ]
    assert [answer.status for answer in answers] == [200, 401, 401, 401]


async def test_a_device_bound_on_one_worker_comes_back_on_another(api: Api, other: str):
    key, known = DeviceKey(api.url), await signed_in(api)
    signed = await api.sign_in(resident=known.resident, key=key.thumbprint)
    headers = key.headers("POST", "/v1/me/devices", signed.access)
    assert (await api.post("/v1/me/devices", {}, headers=headers)).status == 201
    body = {"way": "device", "device": "a-device-id"}
    async with aiohttp.ClientSession() as http:
        proof = key.headers("POST", "/v1/sessions")
        answer = await http.post(f"{other}/v1/sessions", json=body, headers=proof)
        assert answer.status == 201
        await api.remember(await answer.json())


async def test_a_suspended_client_is_refused_by_all_within_a_second(api: Api, other: str):
    only = {"grant_types": [CREDENTIALS], "scope": "client:read", "redirect_uris": []}
    app = await an_approved_partner(api.url, **only)
    issued = await app.post(api, "/oauth/token", grant_type="client_credentials")
    assert issued.status == 200, issued.body
    token = personal(issued.body["access_token"])
    assert (await app.call(api, "GET", "/v1/client", token)).status == 200
    assert {await asked(other, app, token) for _ in range(20)} == {200}
    await api.parts.partners.life.suspend(By(COMMAND), app.id, "misuse")
    await asyncio.sleep(WITHIN)
    assert {await asked(other, app, token) for _ in range(20)} == {401}


async def asked(url: str, app: PartnerApp, token: str) -> int:
    proof = app.proof("GET", "/v1/client", token)
    headers = {"DPoP": proof, "Authorization": f"DPoP {token}"}
    return await status(url, "/v1/client", headers)


async def test_what_one_worker_publishes_is_shown_by_all(api: Api, other: str):
    id = "provident-fund-balance"
    item = f"/staff/catalogue/items/{id}"
    ann, ben = [await at_work(api, Role.EDITOR, region="") for _ in range(2)]
    words = {"zh-CN": f"余额 {secrets.token_hex(4)}", "en": "Balance"}
    newest = (await ann.send("GET", item)).body["newest"]
    draft = {"change": {"summary": words}, "newest": newest}
    version = (await ann.post(f"{item}/edits", draft)).body["version"]
    assert (await ben.post(f"{item}/edits/{version}/publication")).status == 204
    shown: set[str] = set()
    async with asyncio.timeout(60), aiohttp.ClientSession() as http:
        while shown != {words["zh-CN"]}:
            answers = [await http.get(f"{other}/v1/services/{id}") for _ in range(10)]
            shown = {(await one.json())["summary"] for one in answers}


async def test_fifty_at_once_under_one_key_on_all_workers_are_one_application(api: Api, other: str):
    """Who comes while the first is at work is told so, comes again, and is answered alike."""
    signed = await api.sign_in()
    url = f"{other}/v1/services/residence-endorsement/applications"
    headers = {"Authorization": f"Bearer {signed.access}", "Idempotency-Key": "fifty"}
    async with aiohttp.ClientSession(headers=headers) as http:

        async def send() -> tuple[int, str]:
            while True:
                async with http.post(url, json=ENDORSEMENT) as answer:
                    body = await answer.json(content_type=None)
                    if body.get("code") != "idempotency-in-flight":
                        return answer.status, body.get("number") or body
                    assert answer.status == 409 and answer.headers["retry-after"] == "1"
                await asyncio.sleep(1)

        answers = await asyncio.gather(*(send() for _ in range(50)))
        assert {status for status, _ in answers} == {201}, answers[0]
        (number,) = {number for _, number in answers}
        changed = {**ENDORSEMENT, "materials": [str(uuid4())]}
        async with http.post(url, json=changed) as answer:
            assert answer.status == 422
    (row,) = await Application.filter(resident_id=signed.resident)
    assert row.number == number
    assert await ApplicationEvent.filter(application_id=row.id, name="submit").count() == 1
