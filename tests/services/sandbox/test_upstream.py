"""The sandbox's OpenID provider, asked by a second relying party: refusals first."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from services.sandbox.upstream_requests import CODE_SECONDS, Waiting, identity_digest
from tests.support import faces
from tests.support.relying_party import (
    ISSUER_PATH,
    RelyingParty,
    fresh_key,
    named_request,
    relying_party,
    told,
)
from tests.support.sandbox import Sandbox, SandboxResident

SALT = "5a" * 32


@pytest.fixture(scope="module")
async def party(sandbox: Sandbox) -> AsyncIterator[RelyingParty]:
    await sandbox.heal()
    async with relying_party(sandbox) as made:
        yield made


@pytest.fixture(scope="module")
async def person(sandbox: Sandbox) -> SandboxResident:
    return await sandbox.new_resident(faces.portrait(faces.ASTRONAUT))


# ── who asks


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "https://elsewhere.example"},
        {"aud": []},
        {"iss": "https://elsewhere.example"},
        {"sub": "https://elsewhere.example"},
        {"exp": 1},
        {"exp": int(time.time()) + 86_400},
        {"jti": None},
    ],
)
async def test_an_assertion_that_is_not_ours_now_is_refused(
    party: RelyingParty, wrong: dict[str, object]
) -> None:
    form = party.wanted() | {"client_assertion": party.assertion(**wrong)}
    reply = await party.post("/par", form)
    assert (reply.status, reply.body) == (401, {"error": "invalid_client"})


async def test_an_assertion_by_another_key_is_refused(party: RelyingParty) -> None:
    form = party.wanted() | {"client_assertion": party.assertion(fresh_key())}
    assert (await party.post("/par", form)).status == 401


async def test_an_assertion_works_once(party: RelyingParty) -> None:
    form = party.wanted() | {"client_assertion": party.assertion()}
    assert (await party.post("/par", form)).status == 201
    assert (await party.post("/par", form)).status == 401


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "https://elsewhere.example"},
        {"client_id": ""},
        {"client_assertion_type": "urn:another"},
        {"client_assertion": "nonsense"},
    ],
)
async def test_a_stranger_is_refused(party: RelyingParty, change: dict[str, str]) -> None:
    assert (await party.post("/par", party.wanted() | change)).status == 401


@pytest.mark.parametrize(
    "change",
    [
        {"response_type": "token"},
        {"redirect_uri": "https://elsewhere.example/callback"},
        {"scope": "openid profile"},
        {"state": ""},
        {"nonce": ""},
        {"code_challenge": ""},
        {"code_challenge": "short"},
        {"code_challenge_method": "plain"},
        {"request_uri": "urn:ietf:params:oauth:request_uri:x"},
        {"identity_digest": "ab" * 32},
        {"identity_digest": "not hex", "identity_salt": SALT},
    ],
)
async def test_a_request_that_is_not_whole_is_refused(
    party: RelyingParty, change: dict[str, str]
) -> None:
    reply = await party.post("/par", party.wanted(**change))
    assert (reply.status, reply.body) == (400, {"error": "invalid_request"})


# ── the page


@pytest.mark.parametrize("name", ["", "urn:ietf:params:oauth:request_uri:made-up"])
async def test_an_unknown_request_leads_nowhere(party: RelyingParty, name: str) -> None:
    reply = await party.page(name)
    assert reply.status == 400
    assert "Location" not in reply.headers


async def test_a_request_of_another_client_leads_nowhere(party: RelyingParty) -> None:
    assert (await party.page(await party.pushed(), "https://elsewhere.example")).status == 400


async def test_a_wrong_pin_three_times_is_a_refusal(
    party: RelyingParty, person: SandboxResident
) -> None:
    name = await party.pushed()
    for _ in range(2):
        assert (await party.answer(name, person, pin="x")).status == 200
    assert told(await party.answer(name, person, pin="x"))["error"] == "access_denied"
    assert (await party.answer(name, person)).status == 400


async def test_a_refusal_is_told_with_state_and_issuer_and_ends_the_request(
    party: RelyingParty, person: SandboxResident
) -> None:
    name = await party.pushed()
    back = await party.answer(name, person, answer="refuse")
    assert back.headers["Location"].startswith(f"{party.redirect_uri}?")
    assert told(back) == {"error": "access_denied", "state": "state", "iss": party.issuer}
    assert (await party.answer(name, person)).status == 400


async def test_the_page_cannot_be_framed_and_leads_to_its_client_only(
    party: RelyingParty,
) -> None:
    page = await party.page(await party.pushed())
    assert named_request(page.raw).startswith("urn:ietf:params:oauth:request_uri:")
    policy = page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert f"form-action 'self' {party.id};" in policy + ";"
    assert page.headers["Cache-Control"] == "no-store"


# ── codes


@pytest.mark.parametrize(
    "change",
    [
        {"code_verifier": "w" * 43},
        {"code_verifier": ""},
        {"redirect_uri": "https://elsewhere.example/callback"},
    ],
)
async def test_a_code_without_all_that_belongs_to_it_is_refused_and_lost(
    party: RelyingParty, person: SandboxResident, change: dict[str, str]
) -> None:
    code = await party.code(person)
    reply = await party.exchanged(code, **change)
    assert (reply.status, reply.body) == (400, {"error": "invalid_grant"})
    assert (await party.exchanged(code)).status == 400


async def test_a_made_up_code_is_refused(party: RelyingParty) -> None:
    assert (await party.exchanged("made-up")).body == {"error": "invalid_grant"}


async def test_another_clients_code_is_refused(
    party: RelyingParty, person: SandboxResident
) -> None:
    async with relying_party(party.sandbox) as other:
        assert (await other.exchanged(await party.code(person))).body["error"] == "invalid_grant"


async def test_a_code_works_once_however_many_ask(
    party: RelyingParty, person: SandboxResident
) -> None:
    code = await party.code(person)
    replies = await asyncio.gather(*(party.exchanged(code) for _ in range(10)))
    assert sorted(one.status for one in replies) == [200] + [400] * 9


async def test_another_grant_is_refused(party: RelyingParty, person: SandboxResident) -> None:
    reply = await party.exchanged(await party.code(person), grant_type="password")
    assert reply.body == {"error": "unsupported_grant_type"}


def test_what_waits_lapses_and_is_taken_once() -> None:
    now = [0.0]
    waiting: Waiting[str] = Waiting(CODE_SECONDS, lambda: now[0])
    one, other = waiting.put("one"), waiting.put("other")
    assert waiting.take(one) == "one"
    assert waiting.take(one) is None
    now[0] = CODE_SECONDS
    assert waiting.see(other) is None and waiting.take(other) is None
    assert CODE_SECONDS <= 60


# ── what is said


async def test_another_library_believes_the_token_and_finds_no_person_in_it(
    party: RelyingParty, person: SandboxResident
) -> None:
    digest = identity_digest(bytes.fromhex(SALT), person.name, person.number)
    code = await party.code(person, identity_digest=digest, identity_salt=SALT)
    reply = await party.exchanged(code)
    said = await party.claims(reply.body["id_token"])
    assert said["identity_matched"] is True and said["acr"] == "high"
    for private in (person.name, person.number):
        assert private not in str(said) and private.encode() not in reply.raw


@pytest.mark.parametrize(("name", "matched"), [("", None), ("别人", False)])
async def test_it_says_no_more_than_was_asked(
    party: RelyingParty, person: SandboxResident, name: str, matched: bool | None
) -> None:
    asked = {}
    if name:
        digest = identity_digest(bytes.fromhex(SALT), name, person.number)
        asked = {"identity_digest": digest, "identity_salt": SALT}
    reply = await party.exchanged(await party.code(person, **asked))
    said = await party.claims(reply.body["id_token"])
    assert said.get("identity_matched") is matched


async def test_a_person_has_one_name_a_client(party: RelyingParty, person: SandboxResident) -> None:
    async def subject(who: RelyingParty) -> str:
        reply = await who.exchanged(await who.code(person))
        return str((await who.claims(reply.body["id_token"]))["sub"])

    async with relying_party(party.sandbox) as other:
        assert await subject(party) == await subject(party)
        assert await subject(party) != await subject(other)


async def test_discovery_names_what_there_is(party: RelyingParty) -> None:
    where = f"{ISSUER_PATH}/.well-known/openid-configuration"
    said = (await party.sandbox.send("GET", where)).body
    assert said["issuer"] == party.issuer
    assert said["require_pushed_authorization_requests"] is True
    assert said["authorization_response_iss_parameter_supported"] is True
    assert said["id_token_signing_alg_values_supported"] == ["ES256"]


async def test_forgeries_are_for_who_hands_out_tokens(sandbox: Sandbox) -> None:
    key = {"X-Control-Key": sandbox.secret("control").hex()}
    for office, status in (("provident-fund", 422), ("all", 422), ("network-identity", 200)):
        wanted = {"office": office, "fault": "expired"}
        reply = await sandbox.send("POST", "/control/faults", json=wanted, headers=key)
        assert reply.status == status
    await sandbox.heal()
