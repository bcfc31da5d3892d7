"""What the provider says at the end of a login by an outside identity: what is not believed, then
what is."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from identity import documents
from identity.models import Consent, OutsideIdentity, Resident, Session, Try
from identity.outside import provider as provider_room
from tests.support import faces as pictures
from tests.support import minors
from tests.support.device_key import DeviceKey
from tests.support.engines import Engines
from tests.support.http import Api
from tests.support.log_capture import personal
from tests.support.sandbox import Sandbox, SandboxResident
from tests.support.upstream import OFFICE, Browser, without_faces

FORGERIES = [
    "wrong-nonce",
    "wrong-issuer",
    "another-audience",
    "another-party",
    "expired",
    "long-ago",
    "no-verdict",
    "unsigned",
    "symmetric",
    "another-key",
]


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


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_forged_answer_admits_nobody_and_spends_nothing(
    api: Api, browser: Browser, person: SandboxResident, forgery: str
):
    people, before = await Resident.all().count(), await spent()
    begun = await browser.confirmed(person, person)
    await api.sandbox.fault(OFFICE, forgery)
    answer = await browser.finish(begun)
    assert (answer.status, answer.code) == (403, "outside-answer-refused")
    assert await Resident.all().count() == people
    assert await spent() == before


async def test_another_person_is_not_matched_and_a_try_is_spent(
    api: Api, browser: Browser, person: SandboxResident
):
    other = await api.new_resident(pictures.BIDEN)
    before = await spent()
    answer = await browser.finish(await browser.confirmed(person, other))
    assert (answer.status, answer.code) == (403, "identity-not-matched")
    assert await spent() > before


async def test_a_low_level_is_answered_like_another_person(
    api: Api, browser: Browser, person: SandboxResident
):
    other = await api.new_resident(pictures.BIDEN)
    one = await browser.finish(await browser.confirmed(person, other))
    begun = await Browser(api, device=browser.device).confirmed(person, person)
    await api.sandbox.fault(OFFICE, "low-level")
    low = await browser.finish(begun)
    varying = {"instance"}
    told = [{k: v for k, v in a.body.items() if k not in varying} for a in (one, low)]
    assert told[0] == told[1]


async def test_a_stranger_cannot_lock_the_owner_out(api: Api, person: SandboxResident):
    stranger = await api.new_resident(pictures.BIDEN)
    codes = set()
    for _ in range(8):
        visitor = Browser(api)
        codes.add((await visitor.finish(await visitor.confirmed(person, stranger))).code)
    assert codes <= {"identity-not-matched", "try-budget-spent", "try-too-soon"}
    owner = Browser(api)
    assert (await owner.finish(await owner.confirmed(person, person))).status == 201


@pytest.mark.parametrize("kind", ["error", "malformed", "closed"])
async def test_a_provider_that_fails_costs_no_try_and_the_login_waits_on(
    api: Api, browser: Browser, person: SandboxResident, kind: str
):
    before = await spent()
    begun = await browser.confirmed(person, person)
    await api.sandbox.fault(OFFICE, kind, times=1)
    away = await browser.finish(begun)
    assert (away.status, away.code) == (503, "outside-unavailable")
    assert int(away.headers["Retry-After"]) > 0
    assert await spent() == before
    if kind != "malformed":  # there the code was used up before its answer broke
        assert (await browser.finish(begun)).status == 201


async def test_a_provider_that_hangs_is_given_up(
    api: Api, browser: Browser, person: SandboxResident, monkeypatch: pytest.MonkeyPatch
):
    begun = await browser.confirmed(person, person)
    monkeypatch.setattr(provider_room, "SECONDS", 0.5)
    await api.sandbox.fault(OFFICE, "hang", seconds=30, times=1)
    away = await browser.finish(begun)
    assert (away.status, away.code) == (503, "outside-unavailable")
    await api.sandbox.fault(OFFICE, "hang", seconds=30, times=1)
    assert (await browser.begin(person)).code == "outside-unavailable"


async def test_a_used_code_is_a_login_to_begin_anew(
    api: Api, browser: Browser, person: SandboxResident
):
    """The provider gave its answer, and it broke on the way."""
    begun = await browser.confirmed(person, person)
    await api.sandbox.fault(OFFICE, "malformed", times=1)
    assert (await browser.finish(begun)).status == 503
    assert (await browser.finish(begun)).code == "outside-login-unknown"


# ── in


async def test_a_matched_login_is_level_five(browser: Browser, person: SandboxResident):
    done = await browser.finish(await browser.confirmed(person, person))
    assert done.status == 201, done.body
    signed = await browser.api.remember(done.body)
    assert done.body["acr"] == "5" and done.body["resident"]["proofed"] == 5
    session = await Session.get(id=signed.session)
    assert session.amr == "ext"
    agreed = await Consent.get(resident_id=signed.resident)
    assert agreed.purpose == "network-identity"
    events = (await browser.api.get("/v1/me/activity", signed.access)).body["events"]
    assert {"identity:verified", "identity:linked"} <= {one["event"] for one in events}


async def test_with_a_token_it_raises_that_session(
    api: Api, browser: Browser, person: SandboxResident
):
    first = await browser.finish(await browser.confirmed(person, person))
    signed = await api.remember(first.body)
    again = await browser.finish(await browser.confirmed(person, person), signed.access)
    assert (await api.remember(again.body)).session == signed.session
    stranger = await api.sign_in()
    refused = await browser.finish(await browser.confirmed(person, person), stranger.access)
    assert (refused.status, refused.code) == (403, "another-resident")


async def test_an_unknown_outside_identity_is_not_linked(browser: Browser, person: SandboxResident):
    answer = await browser.finish(await browser.confirmed(None, person))
    assert (answer.status, answer.code) == (404, "outside-unlinked")


async def test_a_linked_identity_signs_in_without_name_and_number(
    api: Api, browser: Browser, person: SandboxResident
):
    first = await api.remember((await browser.finish(await browser.confirmed(person, person))).body)
    other = Browser(api)
    done = await other.finish(await other.confirmed(None, person))
    assert done.status == 201, done.body
    assert (await api.remember(done.body)).resident == first.resident
    assert await OutsideIdentity.filter(resident_id=first.resident).count() == 1


async def test_a_link_ends_with_the_consent_to_it(
    api: Api, browser: Browser, person: SandboxResident
):
    signed = await api.remember(
        (await browser.finish(await browser.confirmed(person, person))).body
    )
    gone = await api.send("DELETE", "/v1/me/consents/network-identity", signed.access)
    assert gone.status in (200, 204), gone.body
    answer = await browser.finish(await browser.confirmed(None, person))
    assert answer.code == "outside-unlinked"


async def test_the_same_person_twice_at_once_is_one_resident_and_one_link(
    api: Api, person: SandboxResident
):
    browsers = [Browser(api) for _ in range(4)]
    begun = [await one.confirmed(person, person) for one in browsers]
    answers = await asyncio.gather(
        *(one.finish(login) for one, login in zip(browsers, begun, strict=True))
    )
    assert [one.status for one in answers] == [201] * 4, [one.body for one in answers]
    residents = {one.body["resident"]["id"] for one in answers}
    assert len(residents) == 1
    assert await OutsideIdentity.filter(resident_id=residents.pop()).count() == 1


async def test_a_login_begun_with_a_device_key_is_finished_with_it(
    api: Api, person: SandboxResident
):
    key, other = DeviceKey(api.settings.public_url), DeviceKey(api.settings.public_url)
    browser = Browser(api)
    begun = await browser.confirmed(person, person, key)
    path = f"/v1/outside-logins/{begun['id']}/tokens"
    wanted = {"secret": begun["secret"], "device": browser.device}
    for shown in ({}, other.headers("POST", path)):
        assert (await api.post(path, wanted, headers=shown)).code == "outside-login-foreign"
    done = await api.post(path, wanted, headers=key.headers("POST", path))
    assert (done.status, done.body["token_type"]) == (201, "DPoP")
    session = await Session.filter(key=key.thumbprint).first()
    assert session and session.acr == "5"


async def test_a_frozen_identity_is_lifted_by_asking_for_it(api: Api, person: SandboxResident):
    browser = Browser(api)
    first = await browser.finish(await browser.confirmed(person, person))
    await Resident.filter(id=first.body["resident"]["id"]).update(frozen_at=datetime.now(UTC))
    frozen = await browser.finish(await browser.confirmed(person, person))
    assert (frozen.status, frozen.code) == (403, "identity-frozen")
    begun = (await browser.begin(person, lift_freeze=True)).body
    await browser.bring(await browser.confirm(begun["url"], person))
    assert (await browser.finish(begun)).status == 201


async def test_a_child_signs_in_with_a_guardians_code_each_time(api: Api, healthy_sandbox: Sandbox):
    born = minors.born_years_ago(9).isoformat()
    child = await api.sandbox.new_resident(pictures.portrait(pictures.OBAMA), born=born)
    personal(child.number), personal(child.name)
    vault, number = api.parts.core.admission.vault, documents.parse("resident-id", child.number)
    await minors.a_guardianship(vault, number)
    browser = Browser(api)
    assert (await browser.begin(child, guardian_code="WRONG234")).code == "guardian-consent-needed"
    begun = (await browser.begin(child, guardian_code=minors.CODE)).body
    await browser.bring(await browser.confirm(begun["url"], child))
    assert (await browser.finish(begun)).status == 201
    linked = await browser.finish(await browser.confirmed(None, child))
    assert (linked.status, linked.code) == (403, "guardian-consent-needed")


async def test_whose_number_it_is_sees_that_somebody_tried(api: Api, person: SandboxResident):
    browser = Browser(api)
    done = await browser.finish(await browser.confirmed(person, person))
    signed = await api.remember(done.body)
    stranger, other = Browser(api), await api.new_resident(pictures.BIDEN)
    await stranger.finish(await stranger.confirmed(person, other))
    events = (await api.get("/v1/me/activity", signed.access)).body["events"]
    assert (events[0]["event"], events[0]["outcome"]) == (
        "identity:refused",
        "identity-not-matched",
    )
