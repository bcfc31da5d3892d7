"""The item standard (GB/T 39554.1): what an item must say, and how it differs by region."""

from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest

from services.catalogue import Catalogue
from services.items.standard import (
    HOTLINE,
    Complaint,
    Edition,
    Fee,
    Item,
    ItemType,
    Law,
    Wanted,
    at,
    code,
    lint,
    lint_regions,
)
from services.schema import words
from services.service import DeclarationRefused
from tests.services.test_catalogue import GOOD, dropped

LAW = Law(words("法", en="Act"), words("第一条", en="Article 1"))
FORM = Wanted("form", words("申请表", en="Form"))
ITEM = Item(
    serial="2000000000001",
    type=ItemType.PAYMENT,
    promised_days=5,
    statutory_days=10,
    legal_basis=(LAW,),
    range="city",
    visits=1,
)
CITY = Edition("440100", promised_days=3, place=words("广州", en="Guangzhou"))
DISTRICT = Edition("440103", phone="020-12345678")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"serial": "12"}, "item.serial"),
        ({"serial": "2" * 14}, "item.serial"),
        ({"type": "wish"}, "item.type"),
        ({"range": "planet"}, "item.range"),
        ({"legal_basis": ()}, "item.legal_basis"),
        ({"legal_basis": (replace(LAW, article={}),)}, "item.legal_basis"),
        ({"place": {"zh-CN": "大厅"}}, "item.place"),
        ({"complaint": Complaint("call us", HOTLINE.about)}, "item.complaint"),
        ({"complaint": Complaint("12345", {"zh-CN": "热线", "en": " "})}, "item.complaint"),
        ({"promised_days": 11}, "item.promised_days"),
        ({"promised_days": -1}, "item.promised_days"),
        ({"visits": 10}, "item.visits"),
        ({"visits": -1}, "item.visits"),
        ({"fee": Fee(100)}, "item.fee"),
        ({"fee": Fee(-1)}, "item.fee"),
        ({"materials": (FORM, FORM)}, "item.materials"),
        ({"materials": (replace(FORM, kind="The Form"),)}, "item.materials"),
        ({"materials": (replace(FORM, sources=()),)}, "item.materials"),
        ({"materials": (replace(FORM, sources=("pigeon",)),)}, "item.materials"),
        ({"materials": (replace(FORM, title={"en": "Form"}),)}, "item.materials"),
        ({"editions": (Edition("990000"),)}, "item.editions"),
        ({"editions": (CITY, CITY)}, "item.editions"),
        ({"editions": (replace(CITY, promised_days=11),)}, "item.editions"),
    ],
)
def test_what_is_wrong_with_an_item_is_named(changes, told):
    assert [one.partition(" ")[0].rstrip(":") for one in lint(replace(ITEM, **changes))] == [told]


def test_a_complete_item_has_no_fault():
    assert list(lint(replace(ITEM, editions=(CITY, DISTRICT)))) == []


def test_every_fault_is_told_not_only_the_first():
    assert len(list(lint(replace(ITEM, serial="", legal_basis=(), visits=99)))) == 3


def test_an_edition_of_where_the_item_is_not_offered_is_a_fault():
    assert list(lint_regions(["440300"], replace(ITEM, editions=(CITY,)))) == [
        "item.editions: it is not offered in '440100'"
    ]
    assert list(lint_regions(["440000"], replace(ITEM, editions=(CITY,)))) == []


def test_a_code_has_31_characters():
    made = code("124400000070010144", ITEM)
    assert made == "1244000000700101442000000000001"
    assert len(made) == 31


@pytest.mark.parametrize(
    ("region", "days", "place", "phone"),
    [
        ("", 5, "Online", None),
        ("440000", 5, "Online", None),
        ("440300", 5, "Online", None),
        ("440100", 3, "Guangzhou", None),
        ("440103001", 5, "Online", "020-12345678"),
    ],
)
def test_the_smallest_region_decides_how_an_item_is_offered(region, days, place, phone):
    offered = at(replace(ITEM, editions=(CITY, DISTRICT)), region)
    assert (offered.promised_days, offered.place["en"], offered.phone) == (days, place, phone)


ITEM_LINE = 'item=query("2070100098001", REGULATIONS)'


@pytest.mark.parametrize(
    ("item", "told"),
    [
        ("", "item"),
        ('item=query("2070", REGULATIONS)', "item.serial"),
        ('item=query("2070100098001")', "item.legal_basis"),
        ("item=Item()", "serial"),
    ],
)
def test_a_service_with_an_incomplete_item_stops_the_start_with_file_and_line(
    tmp_path: Path, item: str, told: str
):
    assert ITEM_LINE in GOOD
    source = GOOD.replace(ITEM_LINE, item).replace("import query", "import Item, query")
    with pytest.raises(DeclarationRefused) as refused:
        Catalogue.load(dropped(tmp_path, source.replace("    ,\n", "")))
    assert "interest.py:" in str(refused.value)
    assert told in str(refused.value)


WHOLE = {
    "serial": '"2070100098001"', "type": "ItemType.PUBLIC_SERVICE", "promised_days": "0",
    "statutory_days": "0", "legal_basis": "(REGULATIONS,)", "range": '"province"', "visits": "0",
}  # fmt: skip


@pytest.mark.parametrize("missing", WHOLE)
def test_a_service_whose_item_lacks_one_element_stops_the_start_where_it_is_made(
    tmp_path: Path, missing: str
):
    given = ", ".join(f"{name}={value}" for name, value in WHOLE.items() if name != missing)
    source = GOOD.replace(ITEM_LINE, f"item=Item({given})")
    source = source.replace("import query", "import Item, ItemType")
    with pytest.raises(DeclarationRefused, match=rf"interest\.py:\d+: .*'{missing}'") as refused:
        Catalogue.load(dropped(tmp_path, source))
    line = int(str(refused.value).split("interest.py:")[1].split(":")[0])
    assert "Item(" in source.splitlines()[line - 1]


MEMBERS = ["id=", "title=", "summary=", "group=", "icon=", "purpose=", "item="]


@pytest.mark.parametrize("missing", MEMBERS)
def test_a_service_without_one_of_its_members_stops_the_start(tmp_path: Path, missing: str):
    lines = [one for one in GOOD.splitlines() if not one.strip().startswith(missing)]
    assert len(lines) == len(GOOD.splitlines()) - 1
    with pytest.raises(DeclarationRefused, match=rf"interest\.py:20: .*'{missing[:-1]}'"):
        Catalogue.load(dropped(tmp_path, "\n".join(lines)))


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ('audience="everybody"', "audience 'everybody' is not one of person, organisation"),
        ("channels=()", "channels are not some of mobile, kiosk, partner, window"),
        ('channels=("pigeon",)', "channels are not some of"),
        ("level=0", "level 0 is not one of 1 to 5"),
    ],
)
def test_audience_channels_and_assurance_are_of_those_that_there_are(
    tmp_path: Path, more: str, told: str
):
    with pytest.raises(DeclarationRefused, match=r"interest\.py:20: ") as refused:
        Catalogue.load(dropped(tmp_path, GOOD.replace("icon=", f"{more}, icon=")))
    assert told in str(refused.value)


def test_a_field_of_a_sensitivity_that_there_is_not_stops_the_start(tmp_path: Path):
    source = GOOD.replace('show="money"', 'show="money", sensitivity="secret"')
    with pytest.raises(DeclarationRefused, match=r"interest\.py:17: sensitivity is not one of"):
        Catalogue.load(dropped(tmp_path, source))


def test_a_service_of_a_region_that_is_not_there_stops_the_start(tmp_path: Path):
    source = GOOD.replace("icon=", 'regions=("9900",), icon=')
    with pytest.raises(DeclarationRefused, match=r"interest\.py:\d+: regions: .*'9900'"):
        Catalogue.load(dropped(tmp_path, source))


def test_a_department_whose_credit_code_is_wrong_stops_the_start(tmp_path: Path):
    (tmp_path / "garden").mkdir()
    (tmp_path / "garden" / "department.py").write_text(
        dedent('''
            """A department."""
            from services.access import OfficeSettings
            from services.department import Department
            from services.schema import words


            class Garden(Department):
                title = words("园林局", en="Parks")
                credit_code = "124400000070010145"
                settings_class = OfficeSettings
        ''').lstrip(),
        encoding="utf-8",
    )
    with pytest.raises(DeclarationRefused, match=r"department\.py:1: credit_code is not"):
        Catalogue.load(tmp_path)


def test_every_item_of_the_house_is_complete_and_its_code_its_own():
    entries = Catalogue.load().entries.values()
    assert all(not list(lint(one.item)) for one in entries)
    assert {len(one.code) for one in entries} == {31}
    assert len({one.code for one in entries}) == len(entries)
