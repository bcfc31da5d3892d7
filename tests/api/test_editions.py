"""City editions over HTTP: regions, listed items beside services, and no statement at all."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from config.settings import Settings
from services.items.generate import write
from tests.support.http import Api, served
from tests.support.sandbox import Sandbox
from tests.support.statements import asked, counted

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture(scope="module")
async def api(api_settings: Settings, sandbox: Sandbox, run_folder: Path) -> AsyncIterator[Api]:
    """The application with 2,500 listed items."""
    folder = run_folder / f"items-{secrets.token_hex(3)}"
    write(folder, 2500)
    settings = api_settings.model_copy(update={"items_folder": folder})
    async with served(settings, sandbox) as running:
        yield running


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v1/services?region=999999", "region-unknown"),
        ("/v1/services/provident-fund-balance?region=999999", "region-unknown"),
        ("/v1/regions?under=999999", "region-unknown"),
        ("/v1/services?region=guangzhou", "request-invalid"),
        ("/v1/services?region=4401000000", "request-invalid"),
        ("/v1/regions?under=４４", "request-invalid"),
        ("/v1/regions?above=44", "request-invalid"),
        ("/v1/services?kind=wish", "request-invalid"),
    ],
)
async def test_a_region_or_kind_that_is_not_there_is_refused(api: Api, path: str, code: str):
    refused = await api.get(path, headers=ENGLISH)
    assert (refused.status, refused.code) == (422, code)


async def test_regions_are_listed_level_by_level_in_the_readers_language(api: Api):
    provinces = (await api.get("/v1/regions", headers=ENGLISH)).body
    assert len(provinces["regions"]) == 34
    assert provinces["path"] == []
    cities = (await api.get("/v1/regions?under=440000", headers=ENGLISH)).body
    assert cities["regions"][0] == {
        "code": "440100", "title": "Guangzhou", "level": "city", "more": True,
    }  # fmt: skip
    towns = (await api.get("/v1/regions?under=440103")).body
    assert [one["title"] for one in towns["path"]] == ["广东省", "广州市", "荔湾区"]
    assert {one["level"] for one in towns["regions"]} == {"township"}
    assert not any(one["more"] for one in towns["regions"])


async def test_a_city_has_an_edition_of_its_own(api: Api):
    whole = (await api.get("/v1/services")).body
    there = (await api.get("/v1/services?region=440100")).body
    elsewhere = (await api.get("/v1/services?region=440300")).body
    assert whole["total"] > there["total"] != elsewhere["total"]
    assert there["services"][0]["signed_in"] is True  # what can be done here stands first


async def test_what_is_done_at_a_window_is_described_and_offers_no_sign_in(api: Api):
    listed = (await api.get("/v1/services?kind=listed")).body["services"]
    assert {one["signed_in"] for one in listed} == {False}
    assert {(one["acr"], one["scope"]) for one in listed} == {(None, None)}
    detail = (await api.get(f"/v1/services/{listed[0]['id']}")).body
    assert len(detail["item"]["code"]) == 31
    assert detail["channels"] == ["window"]
    assert "question" not in detail


async def test_nobody_asks_a_listed_item_a_question(api: Api):
    listed = (await api.get("/v1/services?kind=listed")).body["services"][0]["id"]
    assert (await api.post(f"/v1/services/{listed}/answers", {})).status == 404


async def test_catalogue_pages_details_and_regions_cost_no_statement(api: Api):
    paths = [
        "/v1/services",
        "/v1/services?region=440100&kind=listed",
        "/v1/services?q=gjj",
        "/v1/services/provident-fund-balance",
        "/v1/regions?under=440000",
    ]
    with counted() as statements:
        for path in paths * 2:  # made the first time, kept the second
            assert (await api.get(path)).status == 200
    assert asked(statements) == []


async def test_a_list_of_2500_items_comes_in_pages_with_a_tag(api: Api):
    first = await api.get("/v1/services")
    assert len(first.body["services"]) == 200
    assert first.body["total"] > 2500
    again = await api.get("/v1/services", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.raw) == (304, b"")
    second = await api.get(f"/v1/services?cursor={first.body['next']}")
    ids = {one["id"] for one in first.body["services"]}
    assert not ids & {one["id"] for one in second.body["services"]}


async def test_statements_are_heard_where_there_are_some(api: Api):
    with counted() as statements:
        assert (await api.get("/health/ready")).body["parts"]["database"] == "ready"
    assert any("SELECT 1" in one for one in statements)
