"""Pages of the catalogue: their order, editions, counts, and what is kept of them."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from identity.ways import SENSITIVE
from services.catalogue import Catalogue, Wanted
from services.errors import QuestionInvalid
from services.items.coverage import covered
from services.items.generate import write
from services.items.kept import Kept, Page
from services.items.shelves import PAGE
from services.service import Kind
from tests.services.items.parts import folder_of, good


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The house's services beside six hundred listed items."""
    folder = tmp_path_factory.mktemp("items")
    write(folder, 600)
    return Catalogue.load(items=folder)


def body(page: Page) -> dict:
    return json.loads(page.body)


def test_what_is_done_here_stands_before_what_is_done_at_a_window(large: Catalogue):
    kinds = [one.kind is Kind.LISTED for one in large.entries.values()]
    assert kinds == sorted(kinds)
    ranks = [one.group.rank for one in large.entries.values() if one.kind is Kind.LISTED]
    assert ranks == sorted(ranks)


def test_pages_follow_each_other_until_everything_was_listed(large: Catalogue):
    seen, cursor, sizes = [], "", []
    while cursor is not None:
        page = body(large.page("en", Wanted(cursor=cursor)))
        seen += [one["id"] for one in page["services"]]
        sizes.append(len(page["services"]))
        cursor = page["next"]
    assert seen == list(large.entries)
    assert set(sizes[:-1]) == {PAGE}


def test_every_page_tells_what_stands_on_all_shelves(large: Catalogue):
    page = body(large.page("en"))
    assert page["total"] == len(large.entries) > PAGE
    assert sum(one["count"] for one in page["shelves"]) == page["total"]
    assert {one["id"] for one in page["groups"]} <= {one["id"] for one in page["shelves"]}
    for shelf in page["shelves"]:
        assert body(large.page("en", Wanted(group=shelf["id"])))["total"] == shelf["count"]


def test_an_edition_has_what_is_offered_there_and_nothing_else(large: Catalogue):
    ids = {region: {one.id for one in large.find(Wanted(region=region))}
           for region in ("440000", "440100", "440103", "440300", "110000")}  # fmt: skip
    assert ids["440000"] < ids["440100"] <= ids["440103"]
    assert ids["440100"] != ids["440300"]
    assert ids["110000"] < ids["440000"]
    assert set(large.services) <= ids["110000"]


def test_kinds_and_shelves_narrow_a_list(large: Catalogue):
    listed = large.find(Wanted(kind="listed"))
    assert len(listed) == 600
    assert {one.kind for one in large.find(Wanted(kind="query"))} == {Kind.QUERY}
    housing = large.find(Wanted(kind="listed", group="housing"))
    assert {one.group.id for one in housing} == {"housing"}


def test_words_are_searched_within_an_edition(large: Catalogue):
    title = large.find(Wanted(kind="listed", region="440100"))[0].title["zh-CN"]
    found = large.find(Wanted(q=title, region="440100"))
    assert found[0].title["zh-CN"] == title
    assert {one.id for one in found} <= {one.id for one in large.find(Wanted(region="440100"))}


def test_a_cursor_of_another_list_is_refused(large: Catalogue):
    first = next(iter(large.services))
    with pytest.raises(QuestionInvalid):
        large.page("en", Wanted(kind="listed", cursor=first))


def test_a_page_asked_for_again_is_the_same_object(large: Catalogue):
    assert large.page("en") is large.page("en")
    first = next(iter(large.entries))
    assert large.detail(first, "en", "440100") is large.detail(first, "en", "440100")


def test_readers_of_ever_new_pages_do_not_fill_the_memory():
    kept = Kept(most_bytes=11_000)  # a page weighs what it says, and a thousand for its key
    for number in range(50):
        kept.get(number, lambda: Page.ready(b"x" * 100))
    assert len(kept._pages) == 10
    assert kept._size == 11_000
    kept.get("huge", lambda: Page.ready(b"x" * 15_000))
    assert list(kept._pages) == ["huge"]


def test_a_detail_says_everything_the_item_standard_asks(tmp_path: Path):
    catalogue = Catalogue.load(items=folder_of(tmp_path, benefit=good()))
    detail = body(catalogue.detail("benefit", "en"))
    assert detail["kind"] == "listed"
    assert (detail["acr"], detail["scope"], detail["signed_in"]) == (None, None, False)
    assert detail["channels"] == ["window"]
    assert detail["regions"] == [{"code": "440000", "title": "Guangdong"}]
    assert "question" not in detail
    assert detail["item"] == {
        "code": "12440000007001022Y2000000000001",
        "type": "payment",
        "promised_days": 5,
        "statutory_days": 10,
        "fee": {"fen": 0, "basis": None},
        "legal_basis": [{"title": "Employment Promotion Act", "article": "Article 15"}],
        "materials": [
            {"kind": "application-form", "title": "Form", "required": True, "sources": ["upload"]}
        ],
        "complaint": {"phone": "12345", "about": "Hotline"},
        "range": "city",
        "visits": 1,
        "place": "Service centre",
        "hours": "Mon–Fri",
        "phone": None,
        "region": None,
        "channels": ["window"],
        "fields": [],
    }


def test_a_detail_of_a_region_has_its_own_place_days_and_telephone(tmp_path: Path):
    catalogue = Catalogue.load(items=folder_of(tmp_path, benefit=good()))
    there = body(catalogue.detail("benefit", "en", "440106"))["item"]
    assert there["region"] == {"code": "440100", "title": "Guangzhou"}
    assert (there["promised_days"], there["phone"]) == (3, "020-12345678")
    assert there["place"] == "Guangzhou service centre"
    assert there["hours"] == "Mon–Fri"
    assert catalogue.item("benefit", "440106").promised_days == 3
    assert catalogue.item("benefit", "440300").promised_days == 5


def test_a_query_tells_the_fields_it_releases_and_how_sensitive_they_are():
    detail = body(Catalogue.load().detail("provident-fund-balance", "en"))
    fields = {one["name"]: one for one in detail["item"]["fields"]}
    assert fields["balance"]["title"] == "Balance"
    assert fields.keys() == detail["answer"]["properties"].keys()
    assert {one["sensitivity"] for one in fields.values()} <= {"low", "medium", "high"}


def test_coverage_counts_each_department_in_a_region(large: Catalogue):
    entries = large.entries.values()
    everywhere, there = covered(entries), covered(entries, "440100")
    assert everywhere.total.items == len(entries)
    assert everywhere.total.online == len(large.services)
    assert there.total.items == len(large.find(Wanted(region="440100"))) < everywhere.total.items
    for figures in (everywhere, there):
        departments = figures.departments.values()
        for name in ("items", "online", "one_visit", "zero_visits"):
            assert sum(getattr(one, name) for one in departments) == getattr(figures.total, name)
        assert all(one.zero_visits <= one.one_visit <= one.items for one in departments)


def test_coverage_of_a_known_folder_is_exact(tmp_path: Path):
    folder = folder_of(
        tmp_path,
        first=good(item={"serial": "2000000000001", "visits": 0}),
        second=good(item={"serial": "2000000000002", "visits": 1}),
        third=good(
            item={"serial": "2000000000003", "visits": 2, "editions": []}, regions=["440300"]
        ),
    )
    entries = Catalogue.load(items=folder).entries.values()
    counts = {
        region: vars(covered(entries, region).departments["human-resources"])
        for region in ("", "440100", "440300")
    }
    assert counts[""] == {"items": 3, "online": 0, "one_visit": 2, "zero_visits": 1}
    assert counts["440100"] == {"items": 2, "online": 0, "one_visit": 2, "zero_visits": 1}
    assert counts["440300"] == {"items": 3, "online": 0, "one_visit": 2, "zero_visits": 1}


def test_every_shelf_is_whole_in_the_order_of_the_shelves(large: Catalogue):
    order = [(one.kind is Kind.LISTED, one.group.rank, one.group.id, one.rank, one.id)
             for one in large.entries.values()]  # fmt: skip
    assert all(before < after for before, after in pairwise(order))


def test_money_account_numbers_and_services_of_level_4_are_highly_sensitive():
    catalogue = Catalogue.load()
    balance = body(catalogue.detail("provident-fund-balance", "en"))["item"]["fields"]
    found = {one["name"]: one["sensitivity"] for one in balance}
    assert (found["balance"], found["account"], found["state"]) == ("high", "high", "medium")
    for service in catalogue.services.values():
        if service.level >= SENSITIVE:
            fields = body(catalogue.detail(service.id, "en"))["item"]["fields"]
            assert fields or service.page, service.id
            assert {one["sensitivity"] for one in fields} <= {"high"}, service.id


def test_a_table_is_as_sensitive_as_its_columns():
    detail = body(Catalogue.load().detail("provident-fund-records", "en"))
    fields = {one["name"]: one["sensitivity"] for one in detail["item"]["fields"]}
    assert fields["deposits"] == "high"


def test_an_application_tells_its_materials_its_steps_and_what_they_release():
    detail = body(Catalogue.load().detail("provident-fund-withdrawal", "en"))
    assert detail["kind"] == "application"
    assert detail["materials"] == detail["item"]["materials"]
    steps = {one["name"]: one for one in detail["steps"]}
    assert steps["account"]["department"]["id"] == "provident-fund"
    assert (steps["account"]["after"], steps["account"]["then"]) == ([], False)
    assert [one["name"] for one in detail["steps"] if one["then"]]
    for field in detail["item"]["fields"]:
        assert field["name"].partition(".")[0] in steps
