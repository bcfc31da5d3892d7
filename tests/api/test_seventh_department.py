"""A department of the guide, one folder and no other edit: it is listed, found, asked for consent,
offered at kiosks, described, drawn and answered, and says how fresh it is.
"""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from config.settings import Settings
from services import kiosks
from tests.services.counter import Office, opened
from tests.services.test_catalogue import guide
from tests.support import faces
from tests.support.http import Api, served
from tests.support.log_capture import personal
from tests.support.people import admit
from tests.support.sandbox import Sandbox

LOANS = "library-loans"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return guide(tmp_path_factory.mktemp("seventh"))


@pytest.fixture(scope="module")
def sample(folder: Path) -> dict:
    file = folder / "library" / "samples" / "loans.json"
    return json.loads(file.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
async def house(
    api_settings: Settings, sandbox: Sandbox, folder: Path, sample: dict
) -> AsyncIterator[Api]:
    """The whole application, told of nothing but the folder and where the library is."""
    with pytest.MonkeyPatch.context() as patched:
        async with opened(Office(sample["replies"])) as library:
            patched.setenv("LIBRARY_URL", library.url)
            async with served(api_settings, sandbox, [folder]) as running:
                yield running


async def test_it_is_listed_found_and_described(house: Api, sample: dict) -> None:
    for words in ("图书", "jieshu", "books", "tsjy"):
        found = (await house.get("/v1/services", params={"q": words})).body["services"]
        assert found[0]["id"] == LOANS, words
    listed = (await house.get("/v1/services", params={"department": "library"})).body["services"]
    assert [(one["id"], one["kind"]) for one in listed] == [(LOANS, "query")]
    detail = (await house.get(f"/v1/services/{LOANS}")).body
    assert detail["item"]["code"] == "1244010045535010XX2072700001001"
    assert detail["answer"]["properties"].keys() == sample["answer"].keys()
    paths = (await house.get("/openapi.json")).body["paths"]
    assert f"/v1/services/{LOANS}/answers" in paths


async def test_its_scope_is_known_and_kiosks_may_offer_it(house: Api) -> None:
    metadata = (await house.get("/.well-known/openid-configuration")).body
    assert f"{LOANS}:read" in metadata["scopes_supported"]
    assert LOANS in [one.id for one in kiosks.here(house.parts.catalogue, "440103")]


async def test_a_resident_is_answered_told_how_fresh_and_sees_the_read(
    house: Api, sample: dict
) -> None:
    made = await house.sandbox.new_resident(faces.portrait(faces.OBAMA))
    admitted = await admit(house.settings, personal(made.name), personal(made.number))
    who = await house.sign_in(resident=admitted.resident)
    answered = await house.post(f"/v1/services/{LOANS}/answers", sample["question"], who.access)
    assert answered.status == 200, answered.body
    assert answered.body["answer"] == sample["answer"]
    assert answered.body["answered_by"]["id"] == "library"
    assert answered.body["as_of"] == "2026-11-20T15:00:00Z"
    events = (await house.get("/v1/me/activity", who.access)).body["events"]
    title = house.parts.catalogue.service(LOANS).title["zh-CN"]
    assert title in [one["service"] for one in events]
