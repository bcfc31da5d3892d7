"""Search over HTTP: what is too long, what is suggested, what is counted."""

from urllib.parse import quote

import pytest

from services.models import ItemUse, SearchMiss
from tests.support.http import Api


async def test_a_query_that_is_too_long_is_refused_with_words(api: Api) -> None:
    for path in ("/v1/services", "/v1/suggestions"):
        answer = await api.get(f"{path}?q={'x' * 65}", headers={"Accept-Language": "en"})
        assert (answer.status, answer.code) == (422, "request-invalid")
        assert answer.body["errors"][0]["field"] == "q"


@pytest.mark.parametrize(
    ("query", "refused"),
    [
        ("x" * 7_000, (422, "request-invalid")),
        ("x" * 10_000, (431, "head-too-large")),
        (quote("公积金" * 3_333), (431, "head-too-large")),
    ],
)
async def test_ten_thousand_characters_are_refused_and_nothing_else_happens(
    api: Api, query: str, refused: tuple[int, str]
) -> None:
    """The first fills the limit of a query, the second that of a request's head (RFC 6585 §5)."""
    answer = await api.get(f"/v1/services?q={query}")
    assert (answer.status, answer.code) == refused
    assert (await api.get("/v1/services?q=gjj")).body["total"] > 0


async def test_suggestions_are_few_and_in_the_readers_language(api: Api) -> None:
    answer = await api.get("/v1/suggestions?q=gong", headers={"Accept-Language": "en"})
    found = answer.body["suggestions"]
    assert 0 < len(found) <= 8 and set(found[0]) == {"id", "title"}
    assert found[0]["title"].startswith("Provident fund")
    assert (await api.get("/v1/suggestions?q=")).body == {"suggestions": []}


async def test_only_a_search_of_everything_that_found_nothing_is_counted(api: Api) -> None:
    for path in (
        "/v1/services?q=spaceship",
        "/v1/services?q=SpaceShip",
        "/v1/services?q=gjj",
        "/v1/services?q=rocket&department=nobody",
        "/v1/suggestions?q=rocket",
        "/v1/services?q=13800138000",
    ):
        assert (await api.get(path)).status == 200
    await api.parts.counter.misses.write()
    assert await SearchMiss.all().values_list("words", "count") == [("spaceship", 2)]


async def test_an_entry_that_is_opened_is_counted_and_one_that_is_not_there_is_not(
    api: Api,
) -> None:
    for id in ("provident-fund-balance", "provident-fund-balance", "no-such-service"):
        await api.get(f"/v1/services/{id}")
    await api.parts.counter.uses.write()
    assert await ItemUse.all().values_list("item", "count") == [("provident-fund-balance", 2)]


async def test_suggestions_for_nothing_typed_say_what_is_missing(api: Api):
    answer = await api.get("/v1/suggestions")
    assert (answer.status, answer.code) == (422, "request-invalid")
    assert [one["field"] for one in answer.body["errors"]] == ["q"]
