"""The catalogue over HTTP, and a service that is one dropped file."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from config.settings import Settings
from tests.support import dropped
from tests.support.http import Api, served
from tests.support.sandbox import Sandbox


@pytest.fixture(scope="module")
async def api(api_settings: Settings, sandbox: Sandbox, run_folder: Path) -> AsyncIterator[Api]:
    """The application with one more folder, in which one file was dropped."""
    folder = dropped.into(run_folder / f"departments-{secrets.token_hex(3)}")
    async with served(api_settings, sandbox, [folder]) as running:
        yield running


async def test_a_dropped_file_is_listed_found_described_drawn_and_answered(api: Api):
    listed = (await api.get("/v1/services")).body["services"]
    assert "dropped-greeting" in {one["id"] for one in listed}
    found = (await api.get("/v1/services?q=dropped greeting")).body["services"]
    assert found[0]["id"] == "dropped-greeting"
    detail = (await api.get("/v1/services/dropped-greeting")).body
    assert detail["answer"]["properties"]["greeting"]["title"] == "问候"
    described = (await api.get("/openapi.json")).body["paths"]
    assert "/v1/services/dropped-greeting/answers" in described
    signed = await api.registered()
    answer = await api.post("/v1/services/dropped-greeting/answers", {}, signed.access)
    assert answer.body["answer"] == {"greeting": "hello"}
    assert answer.body["answered_by"]["id"] == "provident-fund"


async def test_a_page_that_did_not_change_is_not_sent_again(api: Api):
    first = await api.get("/v1/services")
    for tag in (first.headers["ETag"], f'W/{first.headers["ETag"]}, "x"', "*"):
        again = await api.get("/v1/services", headers={"If-None-Match": tag})
        assert (again.status, again.raw) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
    assert (await api.get("/v1/services", headers={"If-None-Match": '"x"'})).status == 200


async def test_the_language_of_the_reader_decides_the_words_and_the_tag(api: Api):
    chinese = await api.get("/v1/services/provident-fund-balance")
    english = await api.get(
        "/v1/services/provident-fund-balance", headers={"Accept-Language": "en-GB,zh;q=0.5"}
    )
    assert chinese.body["title"] != english.body["title"]
    assert chinese.headers["ETag"] != english.headers["ETag"]
    assert "accept-language" in english.headers["Vary"].lower()


async def test_filters_narrow_the_list(api: Api):
    everything = (await api.get("/v1/services")).body["services"]
    fund = (await api.get("/v1/services?department=provident-fund")).body["services"]
    assert {one["department"]["id"] for one in fund} == {"provident-fund"}
    assert 0 < len(fund) < len(everything)
    assert (await api.get("/v1/services?audience=organisation")).body["services"] == []
    assert (await api.get("/v1/services?cursor=nothing")).status == 422
