"""Whatever a face opens, somebody without one opens too (face rules of 2025: never the only way).

Computed over the ways for every service of the catalogue, and lived once: a service that asks for
level 4 proven within a quarter of an hour, used by somebody who never showed a face.
"""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tortoise.transactions import in_transaction

from config.settings import Settings
from identity import consent
from identity.admission import Arrival, Proven
from identity.documents import parse
from identity.ways import FACE, NETWORK_IDENTITY, reaching
from services.catalogue import Catalogue
from tests.support import dropped
from tests.support.http import Api, served
from tests.support.log_capture import personal
from tests.support.passkey_parts import a_phone, came_back, prove, with_passkey
from tests.support.sandbox import Sandbox

NEEDS = Catalogue.load().needs()
LEVELS = sorted(
    {(one.level, one.max_age) for one in NEEDS.values()} | {(3, None), (4, 900)}, key=str
)


@pytest.fixture(scope="module")
async def api(api_settings: Settings, sandbox: Sandbox, run_folder: Path) -> AsyncIterator[Api]:
    """The application with one sensitive service more."""
    folder = dropped.into(
        run_folder / f"sensitive-{secrets.token_hex(3)}", declared="level=4, max_age=900,"
    )
    async with served(api_settings, sandbox, [folder]) as running:
        yield running


def test_every_service_says_what_its_scope_needs():
    services = Catalogue.load().services.values()
    assert {one.scope: (one.level, one.max_age) for one in services} == {
        scope: (needed.level, needed.max_age) for scope, needed in NEEDS.items()
    }
    assert len(NEEDS) >= 3


@pytest.mark.parametrize("scope", sorted(NEEDS))
def test_a_service_open_to_a_face_is_open_without_one(scope: str):
    needed = NEEDS[scope]
    ways = reaching(needed.level, needed.max_age)
    if FACE in ways:
        assert [way for way in ways if not way.face and not way.bound]


@pytest.mark.parametrize(("level", "max_age"), LEVELS)
def test_one_way_without_a_face_needs_no_waiting_and_nothing_from_before(level, max_age):
    at_once = [way for way in reaching(level, max_age) if not (way.face or way.bound or way.waits)]
    assert at_once


async def test_a_sensitive_service_answers_somebody_who_never_showed_a_face(api: Api):
    person = await api.new_resident()
    arrival = Arrival("a-device-of-mine", "", consent.VERIFICATION)
    proven = Proven(
        person.name,
        parse("resident-id", person.number),
        NETWORK_IDENTITY.level,
        NETWORK_IDENTITY.amr,
    )
    async with in_transaction() as connection:
        admitted = await api.parts.core.admission.admit(connection, proven, arrival)
    verified = await api.parts.core.admission.welcome(admitted)
    token = personal(verified.access.value)
    answer = await api.post(f"/v1/services/{dropped.ID}/answers", {}, token)
    assert (answer.status, answer.body["answer"]) == (200, {"greeting": "hello"})
    assert verified.acr == "5"


async def test_the_step_up_of_a_sensitive_service_names_ways_without_a_face(api: Api):
    low = await api.sign_in(acr="3")
    answer = await api.post(f"/v1/services/{dropped.ID}/answers", {}, low.access)
    assert (answer.status, answer.code) == (401, "step-up-needed")
    assert answer.body["ways"] == ["face", "network-identity", "passkey", "window"]
    assert answer.headers["WWW-Authenticate"] == (
        'Bearer error="insufficient_user_authentication", acr_values="4", max_age="900"'
    )


async def test_who_returned_gets_there_by_a_passkey(api: Api):
    phone = a_phone(api)
    back = await came_back(api, await with_passkey(api, phone))
    path = f"/v1/services/{dropped.ID}/answers"
    assert "passkey" in (await api.post(path, {}, back.access)).body["ways"]
    proven = await prove(api, back, phone)
    raised = await api.remember(proven.body)
    assert (await api.post(path, {}, raised.access)).status == 200


async def test_the_service_itself_says_what_it_needs(api: Api):
    detail = (await api.get(f"/v1/services/{dropped.ID}")).body
    assert (detail["level"], detail["max_age"], detail["scope"]) == (4, 900, f"{dropped.ID}:read")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_the_ways_are_public_and_in_words(api: Api, language: str):
    shown = (await api.get("/v1/ways", headers={"Accept-Language": language})).body["ways"]
    assert [one["id"] for one in shown if not one["face"]]
    assert {one["id"] for one in shown} >= {"face", "network-identity", "window", "bank-card"}
    for one in shown:
        assert all(one[part].strip() for part in ("title", "summary", "needs")), one["id"]
