"""Four web workers are asked for the same thing at once: whatever is good once, is good once.

RFC 6749 §4.1.2 (codes), RFC 9126 §4 (request_uri), RFC 9449 §11.1 and RFC 7523 §3 (jti), RFC 8628
§3.5 (device codes), CONTRACTS ("Refresh rotation").
"""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aiohttp
import psutil
import pytest

from tests.api.test_workers import answering, environment
from tests.support.front_channel import Browser, Wish
from tests.support.http import LOOPBACK, Answer, Api
from tests.support.kiosk import GRANT, Phone, a_kiosk
from tests.support.log_capture import run
from tests.support.partner_app import ASSERTION, PartnerApp, an_approved_partner
from tests.support.partner_codes import TOKEN, a_code, exchange, refresh, tokens_of
from tests.support.workers import free_port

ROOT = Path(__file__).parents[2]
WORKERS, AT_ONCE, PATIENCE = 4, 50, 60.0

pytestmark = [pytest.mark.server, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
async def four(api: Api, run_folder: Path) -> AsyncIterator[Api]:
    """The same house behind four workers; every request on a connection of its own."""
    port, log = free_port(), run_folder / "four-web.log"
    given = environment(api.settings, port) | {"WEB_WORKERS": str(WORKERS)}
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "api.serve", cwd=ROOT, env=given, stdout=out, stderr=out
        )
    url = f"http://{LOOPBACK}:{port}"
    try:
        await answering(url, log)
        assert len(workers(process.pid)) == WORKERS
        alone = aiohttp.TCPConnector(force_close=True, limit=0)
        async with aiohttp.ClientSession(
            connector=alone, cookie_jar=aiohttp.DummyCookieJar()
        ) as http:
            yield Api(url, api.settings, http, api.app, api.sandbox)
    finally:
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), PATIENCE)
        run.keep(log.read_text(errors="replace"))


def workers(pid: int) -> list[psutil.Process]:
    """Sanic's, which bear their name in the environment."""
    children = psutil.Process(pid).children(recursive=True)
    return [one for one in children if "Server" in one.environ().get("SANIC_WORKER_NAME", "")]


@pytest.fixture(scope="module")
async def app(api: Api, four: Api) -> PartnerApp:
    made = await an_approved_partner(
        api.url,
        kind="department",
        grant_types=["authorization_code", "refresh_token", "client_credentials"],
        scope="openid profile:name profile:over-18 provident-fund-balance:read client:read",
    )
    await made.post(four, TOKEN, grant_type="client_credentials", scope="client:read")
    assert made.nonce
    return made


async def at_once(ask: Callable[[int], Awaitable[Answer]]) -> list[Answer]:
    """Who is told to come back does, as a client would: fifty on one row are a crowd."""

    async def patiently(place: int) -> Answer:
        for _ in range(10):
            if (answer := await ask(place)).status != 503:
                break
            assert int(answer.headers["Retry-After"]) > 0
            await asyncio.sleep(0.2)
        return answer

    answers = await asyncio.gather(*(patiently(place) for place in range(AT_ONCE)))
    assert {answer.status for answer in answers} <= {200, 303, 400, 401}
    return answers


def errors(answers: list[Answer], good: int = 200) -> set[str]:
    return {answer.body["error"] for answer in answers if answer.status != good}


def succeeded(answers: list[Answer], good: int = 200) -> list[Answer]:
    return [answer for answer in answers if answer.status == good]


async def introspected(api: Api, app: PartnerApp, token: str) -> bool:
    return bool((await app.post(api, "/oauth/introspect", token=token)).body["active"])


async def test_one_code_gives_one_sign_in_and_its_replays_revoke_what_it_issued(
    api: Api, four: Api, app: PartnerApp
):
    code = await a_code(api, app)
    answers = await at_once(lambda _: exchange(four, app, code))
    (one,) = succeeded(answers)
    assert errors(answers) == {"invalid_grant"}
    assert (await refresh(four, app, one.body["refresh_token"])).status == 400
    await asyncio.sleep(1.0)  # CONTRACTS: within a second on every worker
    alive = [await introspected(four, app, one.body["access_token"]) for _ in range(12)]
    assert not any(alive)


async def test_one_request_uri_opens_one_interaction(api: Api, four: Api, app: PartnerApp):
    pushed = await app.post(four, "/oauth/par", **Wish().parameters())
    asked = {"client_id": app.id, "request_uri": pushed.body["request_uri"]}
    answers = await at_once(lambda _: Browser(four).authorize(**asked))
    assert len(succeeded(answers, 303)) == 1
    assert {answer.status for answer in answers} == {303, 400}


async def test_one_proof_is_good_for_one_token(four: Api, app: PartnerApp):
    headers = {"DPoP": app.proof("POST", TOKEN)}

    async def ask(_place: int) -> Answer:
        form = app.authenticated(grant_type="client_credentials", scope="client:read")
        return await four.send("POST", TOKEN, headers=headers, data=form)

    answers = await at_once(ask)
    assert len(succeeded(answers)) == 1 and errors(answers) == {"invalid_dpop_proof"}


async def test_one_assertion_is_good_for_one_token(four: Api, app: PartnerApp):
    form = app.authenticated(grant_type="client_credentials", scope="client:read")
    assert form["client_assertion_type"] == ASSERTION

    async def ask(_place: int) -> Answer:
        headers = {"DPoP": app.proof("POST", TOKEN)}
        return await four.send("POST", TOKEN, headers=headers, data=form)

    answers = await at_once(ask)
    assert len(succeeded(answers)) == 1 and errors(answers) == {"invalid_client"}


async def test_one_device_code_lets_one_visitor_in(api: Api, four: Api):
    kiosk, phone = await a_kiosk(api), Phone(api, await api.sign_in())
    shown = await kiosk.begin(four)
    scanned = await phone.scan(shown["user_code"])
    number = (await phone.answer(scanned.body["id"])).body["number"]
    sent = {"grant_type": GRANT, "device_code": shown["device_code"], "confirmation": number}
    answers = await at_once(lambda _: kiosk.post(four, TOKEN, **sent))
    assert len(succeeded(answers)) == 1
    # More than three at once spend the tries of the number too: then the hand-off is dead.
    assert errors(answers) <= {"invalid_grant", "slow_down", "expired_token", "access_denied"}
    later = await kiosk.post(four, TOKEN, **sent)
    assert later.status == 400


async def test_one_rotating_refresh_token_has_one_successor(api: Api, four: Api):
    public = await an_approved_partner(
        api.url,
        token_endpoint_auth_method="none",
        scope="openid profile:over-18",
        grant_types=["authorization_code", "refresh_token"],
    )
    first = await tokens_of(api, public, scope="openid profile:over-18")
    answers = await at_once(lambda _: refresh(four, public, first["refresh_token"]))
    assert {answer.status for answer in answers} == {200}
    successors = {answer.body["refresh_token"] for answer in answers}
    assert len(successors) == 1 and first["refresh_token"] not in successors
    again = await refresh(four, public, successors.pop())
    assert again.status == 200


async def test_the_workers_are_all_still_there(four: Api):
    assert (await four.get("/health/ready")).status == 200
