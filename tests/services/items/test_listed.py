"""Listed items are read from files; one with a missing element stops the start (GB/T 39554.1)."""

import re
from pathlib import Path

import pytest

from services.catalogue import Catalogue
from services.items import listed
from services.service import DeclarationRefused, Kind
from tests.services.items.parts import CREDIT_CODE, DEPARTMENT, folder_of, good, without, written

GUIDE = Path(__file__).parents[3] / "docs" / "catalogue.md"
PRINTED = re.compile(r"^```json\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def refused(folder: Path) -> str:
    with pytest.raises(DeclarationRefused) as told:
        listed.load(folder, {})
    return str(told.value)


def line(text: str, words: str) -> int:
    """The line where these words stand."""
    return next(n for n, one in enumerate(text.splitlines(), 1) if words in one)


ELEMENTS = ["serial", "type", "promised_days", "statutory_days", "legal_basis", "range", "visits",
            "fee", "materials", "place", "hours", "complaint"]  # fmt: skip
PARTS = [("legal_basis", 0, "title"), ("legal_basis", 0, "article"), ("materials", 0, "kind"),
         ("materials", 0, "title"), ("complaint", "phone"), ("complaint", "about"),
         ("fee", "fen"), ("editions", 0, "region")]  # fmt: skip


@pytest.mark.parametrize(
    "name", ["title", "summary", "group", "icon", "audience", "channels", "item"]
)
def test_an_item_without_a_member_is_refused_where_its_file_begins(tmp_path, name):
    told = refused(folder_of(tmp_path, benefit=without(name)))
    assert f"benefit.json:1: {name}: Field required" in told


@pytest.mark.parametrize("name", ELEMENTS)
def test_an_item_without_a_basic_element_is_refused_with_file_and_line(tmp_path, name):
    content = without("item", name)
    told = refused(folder_of(tmp_path, benefit=content))
    where = line(written(content), '"item": {')
    assert f"benefit.json:{where}: item.{name}: Field required" in told


@pytest.mark.parametrize("path", PARTS, ids=lambda path: ".".join(map(str, path)))
def test_an_element_without_one_of_its_parts_is_refused_with_file_and_line(tmp_path, path):
    told = refused(folder_of(tmp_path, benefit=without("item", *path)))
    named = ".".join(map(str, ("item", *path)))
    assert re.search(rf"benefit\.json:[1-9]\d*: {re.escape(named)}: Field required", told)


@pytest.mark.parametrize(
    ("path", "value", "at", "why"),
    [
        ("serial", "123", '"serial"', "13 digits"),
        ("promised_days", 11, '"promised_days": 11', "between 0 and item.statutory_days"),
        ("promised_days", "soon", '"promised_days"', "valid integer"),
        ("legal_basis", [], '"legal_basis"', "at least 1"),
        ("range", "planet", '"range"', "cross-province"),
        ("visits", 10, '"visits"', "less than or equal to 9"),
        ("type", "wish", '"type"', "licence"),
        ("fee", {"fen": 100}, '"fee"', "no basis"),
        ("fee", {"fen": -1}, '"fen"', "greater than or equal to 0"),
        ("place", {"zh-CN": "中心"}, '"place"', "no words in en"),
        ("place", {"zh-CN": "中心", "en": " "}, '"en": " "', "at least 1"),
        ("place", {"zh-CN": "中", "en": "C", "fr": "C"}, '"place"', "fr, which is not offered"),
        ("editions", [{"region": "990000"}], '"editions"', "no region '990000'"),
        ("editions", [{"region": "110000"}], '"editions"', "not offered in '110000'"),
        ("editions", [{"region": "440100"}, {"region": "4401"}], '"editions"', "twice"),
        ("editions", [{"region": "440100", "promised_days": 11}], '"editions"', "promised_days"),
        ("hour", {"zh-CN": "早", "en": "Early"}, '"hour"', "Extra inputs"),
    ],
)
def test_a_wrong_element_is_refused_on_its_own_line(tmp_path, path, value, at, why):
    content = good(item={path: value})
    told = refused(folder_of(tmp_path, benefit=content))
    assert f"benefit.json:{line(written(content), at)}: item." in told
    assert why in told


@pytest.mark.parametrize(
    ("name", "value", "at", "why"),
    [
        ("group", "nowhere", '"group"', "no shelf 'nowhere'"),
        ("regions", ["999999"], '"regions"', "no region '999999'"),
        ("icon", "Not An Icon", '"icon"', "icon"),
        ("audience", "everybody", '"audience"', "organisation"),
        ("channels", ["carrier-pigeon"], '"carrier-pigeon"', "window"),
        ("channels", [], '"channels"', "at least 1"),
    ],
)
def test_a_wrong_member_is_refused_on_its_own_line(tmp_path, name, value, at, why):
    content = good(**{name: value})
    told = refused(folder_of(tmp_path, benefit=content))
    where = line(written(content), at)
    assert f"benefit.json:{where}: " in told
    assert why in told


def test_every_fault_of_every_file_is_told_at_once(tmp_path):
    both = without("item", "fee")
    del both["item"]["place"]
    told = refused(folder_of(tmp_path, first=both, second=without("title"))).splitlines()
    assert len(told) == 3
    assert {one.rpartition("/")[2].split(":")[0] for one in told} == {"first.json", "second.json"}


@pytest.mark.parametrize("cut", ["{", '{"title": }', '{\n"title": "x"\n'])
def test_a_file_that_is_not_json_is_refused_with_its_line(tmp_path, cut):
    assert "is not JSON" in refused(folder_of(tmp_path, benefit=cut))


def test_a_file_that_is_no_object_is_refused(tmp_path):
    assert "benefit.json:1: the file: " in refused(folder_of(tmp_path, benefit="[1]"))


def test_a_file_that_is_not_utf_8_is_refused(tmp_path):
    folder = folder_of(tmp_path, benefit=good())
    (folder / "human-resources" / "benefit.json").write_bytes(b'{"title": "\xff"}')
    assert "benefit.json:1: is not there, or is not UTF-8" in refused(folder)


@pytest.mark.parametrize("code", ["", CREDIT_CODE[:-1], CREDIT_CODE[:-1] + "0", "I" * 18])
def test_a_department_without_a_credit_code_is_refused(tmp_path, code):
    folder = folder_of(tmp_path, department=DEPARTMENT | {"credit_code": code}, benefit=good())
    assert "department.json:" in refused(folder)


def test_a_department_that_nobody_names_is_refused(tmp_path):
    folder = folder_of(tmp_path, benefit=good())
    (folder / "human-resources" / "department.json").unlink()
    assert "department.json:1: is not there" in refused(folder)


def test_a_department_of_the_house_is_not_named_again(tmp_path):
    folder = folder_of(tmp_path, benefit=good())
    (folder / "human-resources").rename(folder / "provident-fund")
    with pytest.raises(DeclarationRefused, match="is a department of the house already"):
        Catalogue.load(items=folder)


def test_a_folder_that_is_not_there_stops_the_start(tmp_path):
    with pytest.raises(DeclarationRefused, match="no such folder of items"):
        Catalogue.load(items=tmp_path / "nowhere")


def test_an_implementation_code_is_given_once(tmp_path):
    folder = folder_of(tmp_path, benefit=good(), again=good())
    with pytest.raises(DeclarationRefused, match=r"json:1: its implementation code \w{31} is that"):
        Catalogue.load(items=folder)


def test_an_id_is_given_once_also_between_departments(tmp_path):
    folder = folder_of(tmp_path, benefit=good())
    place = folder / "provident-fund"
    place.mkdir()
    (place / "benefit.json").write_text(written(good(item={"serial": "2000000000009"})))
    with pytest.raises(DeclarationRefused, match=r"declared twice: .*json:1 and .*json:1"):
        Catalogue.load(items=folder)


def test_a_good_file_is_an_entry_beside_the_services(tmp_path):
    catalogue = Catalogue.load(items=folder_of(tmp_path, benefit=good()))
    entry = catalogue.entry("benefit")
    assert entry.kind is Kind.LISTED
    assert entry.code == CREDIT_CODE + "2000000000001"
    assert len(entry.code) == 31
    assert entry.channels == ("window",)
    assert "benefit" not in catalogue.services
    assert catalogue.departments.keys() == Catalogue.load().departments.keys()


def test_an_item_joins_a_department_of_the_house(tmp_path):
    place = tmp_path / "provident-fund"
    place.mkdir()
    (place / "benefit.json").write_text(written(good()), encoding="utf-8")
    catalogue = Catalogue.load(items=tmp_path)
    department = catalogue.departments["provident-fund"]
    assert catalogue.entry("benefit").department is department
    assert catalogue.entry("benefit").code == department.credit_code + "2000000000001"


def test_an_item_may_stand_on_a_shelf_of_its_own(tmp_path):
    shelf = {"id": "garden", "title": {"zh-CN": "花园", "en": "Garden"}, "rank": 99}
    catalogue = Catalogue.load(items=folder_of(tmp_path, benefit=good(group=shelf)))
    assert catalogue.entry("benefit").group.title["en"] == "Garden"


def test_the_files_of_the_guide_are_good_as_printed(tmp_path):
    department, item = PRINTED.findall(GUIDE.read_text(encoding="utf-8"))
    place = tmp_path / "human-resources"
    place.mkdir()
    (place / "department.json").write_text(department, encoding="utf-8")
    (place / "unemployment-benefit.json").write_text(item, encoding="utf-8")
    entry = Catalogue.load(items=tmp_path).entry("unemployment-benefit")
    assert entry.department.title["en"] == "Human Resources Bureau"
    assert entry.item.editions[0].promised_days == 3
