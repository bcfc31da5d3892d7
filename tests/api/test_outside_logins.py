"""A login by an outside identity over HTTP, against the sandbox's provider: refusals first."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from config import cache as cache_room
from identity.models import Session, Try
from tests.support import faces as pictures
from tests.support.engines import Engines
from tests.support.http import Api
from tests.support.sandbox import Sandbox, SandboxResident
from tests.support.upstream import AGREED, Browser, without_faces

NUMBER_OF_NOBODY = "440524188001010014"


@pytest.fixture(scope="module")
async def api(engines: Engines, run_folder: Path, sandbox: Sandbox) -> AsyncIterator[Api]:
    async with without_faces(engines, run_folder, sandbox) as running:
        yield running


@pytest.fixture
async def person(api: Api, healthy_sandbox: Sandbox) -> SandboxResident:
    return await api.new_resident(pictures.OBAMA)


@pytest.fixture
def browser(api: Api) -> Browser:
    return Browser(api)


async def spent() -> int:
    return await Try.filter(spent=True).count()


async def test_a_network_identity_dies_with_its_holder(
    api: Api, browser: Browser, person: SandboxResident
):
    begun = await browser.begin(person)
    await api.sandbox.change(person.number, deceased=True)
    with pytest.raises(AssertionError, match='name="pin"'):  # its page is shown again
        await browser.confirm(begun.body["url"], person)


# ── before anybody is asked


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"consent": None}, "consent-missing"),
        ({"consent": AGREED | {"version": "1999-01"}}, "consent-missing"),
        ({"consent": AGREED | {"purpose": "identity-verification"}}, "consent-missing"),
        ({"id_number": "11010519491231002"}, "id-number-length"),
        ({"id_number": ""}, "id-number-length"),
        ({"name": ""}, "name-invalid"),
        ({"document_type": "library-card"}, "document-type-unknown"),
        ({"device": "short"}, "request-invalid"),
        ({"face": "none"}, "request-invalid"),
    ],
)
async def test_what_cannot_be_begun_is_named(
    browser: Browser, person: SandboxResident, change: dict[str, object], code: str
):
    answer = await browser.begin(person, **change)
    assert (answer.status, answer.code) == (422, code)


async def test_a_child_needs_a_guardian_before_anything_is_sent(api: Api, browser: Browser):
    child = await api.sandbox.new_resident(pictures.portrait(pictures.OBAMA), born="2020-02-02")
    answer = await browser.begin(child)
    assert (answer.status, answer.code) == (403, "guardian-consent-needed")


async def test_nothing_of_the_person_is_in_the_address(browser: Browser, person: SandboxResident):
    begun = await browser.begin(person)
    query = parse_qs(urlsplit(begun.body["url"]).query)
    assert set(query) == {"client_id", "request_uri"}
    assert begun.headers["Cache-Control"] == "no-store"
    cookie = begun.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie


# ── the way back


async def landing(answer: object) -> str:
    return str(answer.headers["Location"])  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"state": ""}, "outside-login-unknown"),
        ({"state": "made.up"}, "outside-login-unknown"),
        ({"state": "."}, "outside-login-unknown"),
        ({"state": "状态.é\x00"}, "outside-login-unknown"),
        ({"state": "x" * 200}, "outside-login-unknown"),
        ({"iss": ""}, "outside-answer-refused"),
        ({"iss": "https://elsewhere.example"}, "outside-answer-refused"),
        ({"code": ""}, "outside-answer-refused"),
        ({"error": "server_error"}, "outside-answer-refused"),
    ],
)
async def test_a_changed_answer_is_refused_and_leaves_the_login_alone(
    browser: Browser, person: SandboxResident, change: dict[str, str], code: str
):
    begun = (await browser.begin(person)).body
    back = await browser.confirm(begun["url"], person)
    refused = await browser.bring(back, **change)
    assert refused.status == 303
    page, _, query = refused.headers["Location"].partition("?")
    assert page == "/#/pages/verify/verify"
    assert parse_qs(query)["problem"] == [code]
    assert (await browser.finish(begun)).code == "outside-login-waiting"
    await browser.bring(back)
    assert (await browser.finish(begun)).status == 201


async def test_the_state_of_another_login_of_the_same_browser_is_not_taken(
    browser: Browser, person: SandboxResident
):
    one, other = (await browser.begin(person)).body, (await browser.begin(person)).body
    back = await browser.confirm(one["url"], person)
    state = parse_qs(urlsplit(back).query)["state"][0]
    mixed = f"{other['id']}.{state.partition('.')[2]}"
    assert (await browser.bring(back, state=mixed)).headers["Location"].endswith("login-unknown")


async def test_a_lured_victim_gives_the_attacker_nothing(api: Api, person: SandboxResident):
    """The attacker begins in the victim's name and has the victim confirm: session fixation."""
    attacker, victim = Browser(api), Browser(api)
    begun = (await attacker.begin(person)).body
    back = await victim.confirm(begun["url"], person)
    landed = await victim.bring(back)
    assert landed.headers["Location"].endswith("&problem=outside-login-foreign")
    assert (await attacker.finish(begun)).code == "outside-login-waiting"


async def test_a_victim_is_not_signed_in_as_the_attacker(api: Api, person: SandboxResident):
    """The attacker's own answer, planted in the victim's browser: login CSRF."""
    attacker, victim = Browser(api), Browser(api)
    await victim.begin(await api.new_resident(pictures.BIDEN))
    begun = (await attacker.begin(person)).body
    planted = await attacker.confirm(begun["url"], person)
    assert (await victim.bring(planted)).headers["Location"].endswith("login-foreign")


async def test_who_refuses_there_is_told_so_and_spends_nothing(
    browser: Browser, person: SandboxResident
):
    before = await spent()
    begun = (await browser.begin(person)).body
    back = await browser.confirm(begun["url"], person, answer="refuse")
    assert parse_qs(urlsplit(back).query)["error"] == ["access_denied"]
    await browser.bring(back)
    answer = await browser.finish(begun)
    assert (answer.status, answer.code) == (403, "outside-login-refused")
    assert (await browser.finish(begun)).code == "outside-login-unknown"
    assert await spent() == before


# ── who may finish


@pytest.mark.parametrize("change", [{"secret": "x" * 43}, {"device": "another-device"}])
async def test_only_who_began_may_finish(
    browser: Browser, person: SandboxResident, change: dict[str, str]
):
    begun = await browser.confirmed(person, person)
    refused = await browser.finish(begun, **change)
    assert (refused.status, refused.code) == (422, "outside-login-foreign")
    assert (await browser.finish(begun)).status == 201


async def test_a_login_is_finished_once(browser: Browser, person: SandboxResident):
    begun = await browser.confirmed(person, person)
    assert (await browser.finish(begun)).status == 201
    again = await browser.finish(begun)
    assert (again.status, again.code) == (422, "outside-login-unknown")


async def test_twenty_at_once_open_one_session(browser: Browser, person: SandboxResident):
    before = await Session.all().count()
    begun = await browser.confirmed(person, person)
    answers = await asyncio.gather(*(browser.finish(begun) for _ in range(20)))
    assert sorted(one.status for one in answers) == [201] + [422] * 19
    assert {one.code for one in answers if one.status == 422} == {"outside-login-unknown"}
    assert await Session.all().count() == before + 1


@pytest.mark.parametrize("moment", ["before the way back", "before the end"])
async def test_an_emptied_valkey_is_a_login_to_begin_anew(
    api: Api, browser: Browser, person: SandboxResident, moment: str
):
    begun = (await browser.begin(person)).body
    back = await browser.confirm(begun["url"], person)
    if moment == "before the end":
        await browser.bring(back)
    client = cache_room.connect(api.settings)
    await client.flushdb()
    await client.aclose()
    if moment != "before the end":
        assert (await browser.bring(back)).headers["Location"].endswith("login-unknown")
    assert (await browser.finish(begun)).code == "outside-login-unknown"
