"""Signing in at the kiosk itself: an ID card on the reader, and the face it belongs to."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from typing import Any

import jwt
import pytest

from identity.models import Consent, Notice, RefreshToken, Session
from tests.support import faces
from tests.support.http import CONSENT, Answer, Api, frames_sent
from tests.support.kiosk import SCOPE, SERVICE, KioskPage, a_kiosk
from tests.support.log_capture import personal
from tests.support.sandbox import SandboxResident

ANSWERS = f"/v1/services/{SERVICE}/answers"


@pytest.fixture(scope="module")
async def kiosk(api: Api) -> KioskPage:
    return await a_kiosk(api)


@pytest.fixture(scope="module")
async def person(api: Api) -> SandboxResident:
    return await api.new_resident()


@pytest.fixture(autouse=True)
async def healed(api: Api) -> AsyncIterator[None]:
    yield
    await api.sandbox.heal()


async def lay(api: Api, kiosk: KioskPage, person: SandboxResident) -> None:
    """The card on the reader of this kiosk."""
    said = await api.sandbox.send(
        "POST", f"/card-reader/{kiosk.id}/card", json={"number": person.number}
    )
    assert said.status == 201


async def read(api: Api, kiosk: KioskPage, nonce: str = "") -> str:
    """The reader's statement for a nonce of this kiosk."""
    if not nonce:
        begun = await kiosk.ask(api, "POST", "/v1/kiosks/readings")
        assert begun.status == 201, begun.body
        nonce = begun.body["nonce"]
    said = await api.sandbox.send(
        "POST", f"/card-reader/{kiosk.id}/readings", json={"nonce": nonce}
    )
    assert said.status == 200, said.body
    return personal(str(said.body["statement"]))


async def visiting(
    api: Api, statement: str, face: str = faces.OBAMA, **others: Any
) -> dict[str, Any]:
    """The body of an honest visit; ``others`` replace members."""
    device = secrets.token_hex(16)
    issued = await api.post("/v1/challenges", {"device": device})
    honest = {
        "service": SERVICE,
        "statement": statement,
        "challenge": issued.body["id"],
        "device": device,
        "frames": await asyncio.to_thread(frames_sent, face, issued.body["prompts"]),
        "consent": CONSENT,
    }
    return honest | others


async def visit(api: Api, kiosk: KioskPage, body: dict[str, Any]) -> Answer:
    return await kiosk.ask(api, "POST", "/v1/kiosks/visits", json=body)


async def test_a_card_and_its_face_begin_a_visit_of_five_minutes_without_refresh(
    api: Api, kiosk: KioskPage, person: SandboxResident
):
    await lay(api, kiosk, person)
    done = await visit(api, kiosk, await visiting(api, await read(api, kiosk)))
    assert done.status == 201, done.body
    assert set(done.body) == {"access_token", "token_type", "expires_in", "scope", "visit"}
    assert (done.body["scope"], done.body["token_type"]) == (SCOPE, "DPoP")
    assert done.body["expires_in"] <= 300
    claims = jwt.decode(done.body["access_token"], options={"verify_signature": False})
    assert (claims["acr"], claims["amr"]) == ("4", ["face", "sc"])
    assert claims["sub"] == claims["sid"] == done.body["visit"]
    session = await Session.get(id=done.body["visit"])
    assert (session.channel, session.client, session.key) == (
        "kiosk", kiosk.id, kiosk.key.thumbprint,
    )  # fmt: skip
    assert not await RefreshToken.filter(session_id=session.id).exists()
    assert (await Consent.get(resident_id=session.resident_id)).channel == "kiosk"
    assert await Notice.filter(resident_id=session.resident_id, kind="kiosk-visited").exists()
    answered = await kiosk.call(api, "POST", ANSWERS, done.body["access_token"], json={})
    assert answered.status == 200, answered.body


async def test_a_card_of_somebody_else_is_refused_as_everywhere(
    api: Api, kiosk: KioskPage, person: SandboxResident
):
    await lay(api, kiosk, person)
    body = await visiting(api, await read(api, kiosk), face=faces.BIDEN)
    refused = await visit(api, kiosk, body)
    assert (refused.status, refused.code) == (403, "identity-not-matched")


async def test_a_reading_is_good_once_and_at_one_kiosk(
    api: Api, kiosk: KioskPage, person: SandboxResident
):
    other = await a_kiosk(api)
    await lay(api, kiosk, person)
    statement = await read(api, kiosk)
    body = await visiting(api, statement, frames=[{"prompt": "front", "image": "AAAA"}])
    foreign = await visit(api, other, body)
    assert (foreign.status, foreign.code) == (422, "card-reading-unknown")
    first = await visit(api, kiosk, body)
    assert first.code == "prompts-not-followed"  # the reading was good; the face was none
    again = await visit(api, kiosk, body)
    assert (again.status, again.code) == (422, "card-reading-unknown")


async def test_a_number_that_nobody_gave_is_no_reading(
    api: Api, kiosk: KioskPage, person: SandboxResident
):
    await lay(api, kiosk, person)
    statement = await read(api, kiosk, nonce=secrets.token_urlsafe(24))
    refused = await visit(api, kiosk, await visiting(api, statement))
    assert refused.code == "card-reading-unknown"


@pytest.mark.parametrize(
    ("fault", "code"),
    [("another-key", "card-statement-invalid"), ("long-ago", "card-statement-invalid"),
     ("expired", "card-expired")],
)  # fmt: skip
async def test_a_statement_that_is_not_good_is_refused(
    api: Api, kiosk: KioskPage, person: SandboxResident, fault: str, code: str
):
    await lay(api, kiosk, person)
    await api.sandbox.fault("card-reader", fault, times=1)
    body = await visiting(
        api, await read(api, kiosk), frames=[{"prompt": "front", "image": "AAAA"}]
    )
    assert (await visit(api, kiosk, body)).code == code


@pytest.mark.parametrize("statement", ["x", "a.b.c", "é", "e30.e30.", "x" * 4096])
async def test_rubbish_is_no_statement(api: Api, kiosk: KioskPage, statement: str):
    body = {"frames": [{"prompt": "front", "image": "AAAA"}], "challenge": "x"}
    refused = await visit(api, kiosk, await visiting(api, statement, **body))
    assert refused.code in {"card-statement-invalid", "card-reading-unknown"}
    assert refused.status in {403, 422}


async def test_a_challenge_is_answered_as_everywhere(
    api: Api, kiosk: KioskPage, person: SandboxResident
):
    await lay(api, kiosk, person)
    made_up = await visiting(api, await read(api, kiosk), challenge="never-issued")
    assert (await visit(api, kiosk, made_up)).code == "challenge-unknown"
    unasked = await visiting(api, await read(api, kiosk), consent=None)
    assert (await visit(api, kiosk, unasked)).code == "consent-missing"


async def test_a_service_that_is_not_offered_here_is_missing(api: Api, kiosk: KioskPage):
    body = {"frames": [{"prompt": "front", "image": "AAAA"}], "service": "no-such-service"}
    refused = await visit(api, kiosk, await visiting(api, "x", **body))
    assert (refused.status, refused.code) == (404, "kiosk-service-missing")


async def test_a_face_only_is_not_enough(api: Api, kiosk: KioskPage):
    """Without a card nobody types a name in a public place: the telephone is the other way."""
    body = await visiting(api, "x", frames=[{"prompt": "front", "image": "AAAA"}])
    del body["statement"]
    assert (await visit(api, kiosk, body)).code == "request-invalid"


async def test_nothing_is_typed_twice_or_kept_of_a_card(
    api: Api, kiosk: KioskPage, person: SandboxResident
):
    """A visit by card adds nothing to what identity holds: name and number stay sealed."""
    begun = await kiosk.ask(api, "POST", "/v1/kiosks/readings")
    assert set(begun.body) == {"nonce", "expires_at"}
    keys = [key async for key in api.parts.cache.scan_iter("card-reading:*")]
    assert keys and all(begun.body["nonce"].encode() not in key for key in keys)
