"""Editors at their desk over HTTP: a draft, a second look, publication, history, the figures."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config.settings import Settings
from identity.models import Document
from identity.staff.roles import Role
from tests.services.items.parts import folder_of, good
from tests.support.http import Api, served
from tests.support.minors import born_years_ago, number_of
from tests.support.people import admit
from tests.support.sandbox import Sandbox
from tests.support.staff import Desk, at_work
from tests.support.statements import counted

ITEM = "/staff/catalogue/items/benefit"
EDITS = f"{ITEM}/edits"
CHANGE = {"title": {"zh-CN": "失业金", "en": "Dole"}, "promised_days": 2}


@pytest.fixture(scope="module")
async def api(api_settings: Settings, sandbox: Sandbox, run_folder: Path) -> AsyncIterator[Api]:
    """The application with two listed items."""
    second = good(item={"serial": "2000000000002", "visits": 0})
    folder = run_folder / f"items-{secrets.token_hex(3)}"
    folder_of(folder, benefit=good(), other=second)
    settings = api_settings.model_copy(update={"items_folder": folder})
    async with served(settings, sandbox) as running:
        yield running


@pytest.fixture(scope="module")
async def ann(api: Api) -> Desk:
    return await at_work(api, Role.EDITOR, region="")


@pytest.fixture(scope="module")
async def ben(api: Api) -> Desk:
    return await at_work(api, Role.EDITOR, region="")


async def newest(desk: Desk, item: str = ITEM) -> int:
    return (await desk.send("GET", item)).body["newest"]


async def drafted(desk: Desk, change: object = CHANGE, **others: object) -> int:
    body = {"change": change, "note": "shorter", "newest": await newest(desk)} | others
    saved = await desk.post(EDITS, body)
    assert saved.status == 201, saved.body
    return saved.body["version"]


async def published(api: Api, ann: Desk, ben: Desk, change: object = CHANGE) -> int:
    version = await drafted(ann, change)
    assert (await ben.post(f"{EDITS}/{version}/publication")).status == 204
    async with asyncio.timeout(30):
        while api.parts.catalogue.version("benefit") != version:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return version


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMINISTRATOR, Role.OPERATOR])
async def test_only_editors_come_to_the_catalogue(api: Api, role: Role):
    desk = await at_work(api, role)
    for path in ("/staff/catalogue/items", ITEM, EDITS, "/staff/catalogue/coverage"):
        refused = await desk.send("GET", path)
        assert (refused.status, refused.code) == (403, "staff-role-missing")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"promised_days": 99}, "edit-invalid"),
        ({"editions": [{"region": "990000"}]}, "edit-invalid"),
        ({"promised_days": -1}, "request-invalid"),
        ({"colour": "red"}, "request-invalid"),
        ({"title": {"zh-CN": "只有中文"}}, "request-invalid"),
        ({"title": {"zh-CN": "一\n二", "en": "x"}}, "request-invalid"),
        ({"phone": "call me"}, "request-invalid"),
    ],
)
async def test_a_change_that_cannot_be_is_refused(ann: Desk, change: object, code: str):
    body = {"change": change, "newest": await newest(ann)}
    refused = await ann.post(EDITS, body)
    assert (refused.status, refused.code) == (422, code)


@pytest.mark.parametrize("version", ["0", "99", "x", "-1", "1.5", "9" * 40, "１"])
async def test_a_version_that_is_not_there_is_missing_or_outdated(ann: Desk, version: str):
    refused = await ann.post(f"{EDITS}/{version}/publication")
    assert refused.code in {"edit-missing", "edit-outdated"}


async def test_an_item_that_is_not_there_is_missing(ann: Desk):
    refused = await ann.send("GET", "/staff/catalogue/items/divination")
    assert (refused.status, refused.code) == (404, "service-unknown")


async def test_a_draft_is_looked_at_published_by_another_and_read_by_residents(
    api: Api, ann: Desk, ben: Desk
):
    version = await drafted(ann)
    own = await ann.post(f"{EDITS}/{version}/publication")
    assert (own.status, own.code) == (403, "edit-needs-another")
    shown = (await ben.send("GET", ITEM)).body
    assert shown["draft"]["made_by"] == ann.who["login"]
    assert (shown["draft"]["mine"], shown["draft"]["note"]) == (False, "shorter")
    seen = (await ben.send("GET", f"{EDITS}/{version}/preview")).body
    assert (seen["before"]["title"], seen["after"]["title"]) == ("失业保险金申领", "失业金")
    before = await api.get("/v1/services/benefit")
    assert before.body["title"] == "失业保险金申领"
    assert (await ben.post(f"{EDITS}/{version}/publication")).status == 204
    async with asyncio.timeout(30):
        while (await api.get("/v1/services/benefit")).body["title"] != "失业金":  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    after = await api.get("/v1/services/benefit")
    assert after.headers["ETag"] != before.headers["ETag"]
    assert after.body["item"]["promised_days"] == 2


async def test_an_editor_who_is_late_is_told_the_newest_version(ann: Desk, ben: Desk):
    seen = await newest(ann)
    version = await drafted(ben)
    refused = await ann.post(EDITS, {"change": CHANGE, "newest": seen})
    assert (refused.status, refused.code) == (409, "edit-outdated")
    assert refused.body["newest"] == version


async def test_the_history_tells_who_and_a_version_is_drafted_again(api: Api, ann: Desk, ben: Desk):
    first = await published(api, ann, ben, {"promised_days": 1})
    second = await published(api, ann, ben, {"promised_days": 4})
    edits = (await ann.send("GET", EDITS)).body["edits"]
    assert [one["version"] for one in edits] == list(range(second, 0, -1))
    by = {one["version"]: one for one in edits}
    assert (by[first]["state"], by[second]["state"]) == ("superseded", "published")
    assert by[second]["published_by"] == ben.who["login"]
    restored = await ann.post(f"{EDITS}/{first}/restoration", {"newest": second})
    assert restored.body == {"version": second + 1}
    draft = (await ann.send("GET", ITEM)).body["draft"]
    assert draft["change"] == {"promised_days": 1}


async def test_an_item_is_shown_with_what_its_file_declares(ann: Desk):
    shown = (await ann.send("GET", ITEM)).body
    assert shown["declared"]["promised_days"] == 5
    assert shown["declared"]["editions"][0]["region"] == "440100"
    assert (shown["statutory_days"], shown["kind"], shown["whole"]) == (10, "listed", True)
    assert len(shown["code"]) == 31


async def test_the_list_is_searched_and_narrowed_to_drafts(ann: Desk):
    await drafted(ann)
    everything = (await ann.send("GET", "/staff/catalogue/items")).body
    assert everything["total"] == len(everything["items"]) > 2
    drafts = (await ann.send("GET", "/staff/catalogue/items?state=draft")).body["items"]
    assert [one["id"] for one in drafts] == ["benefit"]
    found = (await ann.send("GET", "/staff/catalogue/items?q=失业")).body["items"]
    assert {"benefit", "other"} <= {one["id"] for one in found}
    place = "/staff/catalogue/items?department=human-resources"
    assert {one["id"] for one in (await ann.send("GET", place)).body["items"]} == {
        "benefit", "other",
    }  # fmt: skip


async def test_lists_and_items_cost_the_same_however_long(ann: Desk):
    with counted() as statements:
        await ann.send("GET", "/staff/catalogue/items")
    listed = [one for one in statements if "item_edit" in one]
    assert len(listed) == 1
    with counted() as statements:
        await ann.send("GET", EDITS)
    assert len([one for one in statements if "item_edit" in one]) == 1


async def test_coverage_tells_each_departments_figures(ann: Desk):
    whole = (await ann.send("GET", "/staff/catalogue/coverage")).body
    there = (await ann.send("GET", "/staff/catalogue/coverage?region=440100")).body
    abroad = (await ann.send("GET", "/staff/catalogue/coverage?region=110000")).body
    assert whole["region"] is None
    assert there["region"] == {"code": "440100", "title": "广州市"}
    own = {one["id"]: one for one in there["departments"]}["human-resources"]
    assert (own["items"], own["online"], own["one_visit"], own["zero_visits"]) == (2, 0, 2, 1)
    assert "human-resources" not in {one["id"] for one in abroad["departments"]}
    assert whole["total"]["items"] == abroad["total"]["items"] + 2
    assert (await ann.send("GET", "/staff/catalogue/coverage?region=1")).status == 422


async def test_editors_see_what_was_not_found_and_how_often_and_never_a_number(api: Api, ann: Desk):
    for words in ("drone-flight",) * 3 + ("13800138000",) * 3 + ("flying-saucer",):
        assert (await api.get(f"/v1/services?q={words}")).body["total"] == 0
    await api.parts.counter.misses.write()
    seen = (await ann.send("GET", "/staff/catalogue/misses?days=7")).body
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat()
    assert seen["days"] == 7
    assert {(one["words"], one["count"]) for one in seen["misses"]} == {("drone-flight", 3)}
    assert seen["misses"][0].keys() == {"words", "count", "last"}, "not who, not from where"
    assert seen["misses"][0]["last"] <= today
    assert (await ann.send("GET", "/staff/catalogue/misses?days=0")).status == 422
    clerk = await at_work(api, Role.CLERK)
    assert (await clerk.send("GET", "/staff/catalogue/misses")).code == "staff-role-missing"


async def test_a_city_editor_is_told_what_is_theirs(api: Api):
    city = await at_work(api, Role.EDITOR, region="4401")
    shown = (await city.send("GET", ITEM)).body
    assert (shown["mine"], shown["whole"]) == (True, False)
    refused = await city.post(EDITS, {"change": CHANGE, "newest": shown["newest"]})
    assert (refused.status, refused.code) == (403, "edit-not-yours")


async def test_two_accounts_of_one_person_do_not_publish_for_each_other(api: Api):
    one, other = number_of(born_years_ago(40), 901), number_of(born_years_ago(40), 902)
    first = await admit(api.settings, "某人", one.value)
    second = await admit(api.settings, "某人", other.value)
    await Document.filter(resident_id=second.resident).update(resident_id=first.resident)
    here = await at_work(api, Role.EDITOR, region="", document=one)
    there = await at_work(api, Role.EDITOR, region="", document=other)
    version = await drafted(here)
    answer = await there.post(f"{EDITS}/{version}/publication")
    assert (answer.status, answer.code) == (403, "edit-needs-another")
