"""The catalogue's pages: a form that keeps what was typed, one more place, a colleague's change."""

import json
import re
import secrets
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from identity.staff.roles import Role
from services.models import ItemEdit
from tests.services.items.parts import folder_of, good
from tests.support.desk import Reader, Sheet
from tests.support.http import Api, served
from tests.support.sandbox import Sandbox
from tests.support.staff import room_of

PAGE = "catalogue/benefit"
_INPUT = re.compile(r'<input class="input[^"]*" id="\w+" name="([\w.-]+)"[^>]* value="([^"]*)"')
_AREA = re.compile(r'<textarea[^>]* name="([\w.-]+)"[^>]*>\n(.*?)</textarea>', re.DOTALL)


@pytest.fixture(scope="module")
async def api(api_settings: Settings, sandbox: Sandbox, run_folder: Path) -> AsyncIterator[Api]:
    """The application with one listed item that has two editions."""
    folder = run_folder / f"items-{secrets.token_hex(3)}"
    folder_of(folder, benefit=good())
    settings = api_settings.model_copy(update={"items_folder": folder})
    async with served(settings, sandbox) as running:
        yield running


async def an_editor(api: Api, region: str = "", **more: Any) -> Reader:
    return await Reader.signed_in(api, await room_of(api).hire(Role.EDITOR, region=region, **more))


@pytest.fixture(scope="module")
async def ann(api: Api) -> Reader:
    return await an_editor(api)


@pytest.fixture(scope="module")
async def ben(api: Api) -> Reader:
    return await an_editor(api)


@pytest.fixture(autouse=True)
async def untouched(api: Api) -> None:
    await ItemEdit.all().delete()


def typed(sheet: Sheet) -> dict[str, str]:
    """What stands in the fields of the form."""
    return {
        name: unescape(value)
        for find in (_INPUT, _AREA)
        for name, value in find.findall(sheet.text)
    }


async def changing(one: Reader, **given: Any) -> Sheet:
    """The form as it stands, with something else typed into it."""
    assert one.last is not None
    return await one.submit("save", **{**typed(one.last), **given})


async def drafted() -> dict[str, Any] | None:
    """The change that is drafted, if any is."""
    row = await ItemEdit.get_or_none(state="draft")
    return json.loads(row.change) if row else None


async def test_a_refused_change_keeps_what_was_typed_and_saves_nothing(ann: Reader):
    await ann.open(PAGE)
    given = {"promised_days": "99", "title.en": "Dole <now>", "edition.0.phone": "call me"}
    sheet = await changing(ann, **given)
    assert sheet.status == 422 and sheet.said
    assert {name: typed(sheet)[name] for name in given} == given
    assert await drafted() is None


@pytest.mark.parametrize("days", ["many", "-1", "1.5", "9" * 5000])
async def test_days_that_are_no_number_are_refused(ann: Reader, days: str):
    await ann.open(PAGE)
    assert (await changing(ann, promised_days=days)).status == 422


async def test_only_what_differs_from_the_file_is_drafted(ann: Reader):
    await ann.open(PAGE)
    sheet = await changing(ann, **{"title.en": "Dole", "keywords": "失业金，  dole、money"})
    assert sheet.address == f"/desk/{PAGE}?done=draft-saved" and sheet.said
    assert await drafted() == {
        "title": {"zh-CN": "失业保险金申领", "en": "Dole"},
        "keywords": ["失业金", "dole", "money"],
    }


async def test_one_more_place_is_a_row_and_not_yet_a_draft(ann: Reader):
    await ann.open(PAGE)
    sheet = await changing(ann, rows="add", **{"title.en": "Dole"})
    fields = typed(sheet)
    assert (sheet.status, fields["title.en"], fields["edition.2.region"]) == (200, "Dole", "")
    assert sheet.text.count('id="added"') == 1 and await drafted() is None
    await changing(ann, **{"edition.2.region": "440300", "edition.2.promised_days": "2"})
    editions = (await drafted())["editions"]
    assert editions[:2] == good()["item"]["editions"]  # with what the form does not show of them
    assert editions[2] == {"region": "440300", "promised_days": 2}


async def test_a_place_is_left_out_by_ticking_it_or_without_its_region(ann: Reader):
    for given in ({"gone": "0"}, {"edition.0.region": ""}):
        await ItemEdit.all().delete()
        await ann.open(PAGE)
        await changing(ann, **given)
        assert [one["region"] for one in (await drafted())["editions"]] == ["440103"]


async def test_who_was_slower_saves_nothing_however_often(ann: Reader, ben: Reader):
    """Neither saved again nor with a place more does the form take the newer version for seen."""
    await ann.open(PAGE)
    await ben.open(PAGE)
    await changing(ben, phone="020-1")
    for given in ({"phone": "020-2"}, {"rows": "add"}, {"phone": "020-2"}):
        sheet = await changing(ann, **given)
    assert sheet.status == 409 and typed(sheet)["phone"] == "020-2"
    assert f'href="/desk/{PAGE}"' in sheet.text  # to load it again
    assert (await drafted())["phone"] == "020-1"


async def test_a_city_changes_its_edition_and_leaves_the_rest_as_published(
    api: Api, ann: Reader, ben: Reader
):
    await ann.open(PAGE)
    await changing(ann, **{"title.en": "Dole"})
    await ben.open(PAGE)
    sheet = await ben.submit("publish")
    assert "alertdialog" in sheet.text and not await ItemEdit.exists(state="published")
    await ben.submit("publish", sure="yes")
    city = await an_editor(api, "4401")
    sheet = await city.open(PAGE)
    assert "title.en" not in typed(sheet)
    sheet = await changing(city, **{"edition.0.phone": "020-7"})
    assert sheet.address.endswith("done=draft-saved"), sheet.said
    change = await drafted()
    assert change["title"]["en"] == "Dole" and change["editions"][0]["phone"] == "020-7"


async def test_another_departments_item_has_no_form(api: Api):
    other = await an_editor(api, departments=["provident-fund"])
    sheet = await other.open(PAGE)
    assert sheet.status == 200 and 'value="save"' not in sheet.text
    held = sheet.hidden("leave") | {"act": "save", "newest": "0", "phone": "020-9"}
    assert (await other.send(f"/desk/{PAGE}", held)).status == 403
    assert await drafted() is None


async def test_a_region_nobody_knows_is_told_where_it_was_typed(ann: Reader):
    for region in ("990000", "abc"):
        sheet = await ann.open(f"catalogue/coverage?region={region}")
        assert sheet.status == 422 and sheet.said
        assert typed(sheet)["region"] == region


async def test_what_was_restored_is_a_draft_again(ann: Reader):
    for days in ("1", "2"):
        await ann.open(PAGE)
        await changing(ann, promised_days=days)
    sheet = await ann.submit("restore")
    assert sheet.address.endswith("done=restored")
    assert (await drafted())["promised_days"] == 1
