"""GB/T 2260: what a number's region is called, also when it no longer exists."""

import csv
from pathlib import Path

import pytest

from identity import documents
from identity.documents import regions
from identity.documents.citizen_number import check_character

TABLE = Path(regions.__file__).with_name("regions.csv")


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def numbered(seventeen: str) -> str:
    return seventeen + check_character(seventeen)


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("440305", ("广东省", "深圳市", "南山区")),
        ("110105", ("北京市", "朝阳区")),
        ("441900", ("广东省", "东莞市")),
        ("440524", ("广东省", "汕头市", "潮阳县")),  # until 1993
        ("510202", ("四川省", "重庆市", "渝中区")),  # before Chongqing was a municipality
        ("419001", ("河南省", "济源市")),
        ("449999", ("广东省",)),
        ("990101", ()),
    ],
)
def test_a_region_is_named_as_it_was_last_called(code: str, names: tuple[str, ...]) -> None:
    assert regions.names(code) == names


def test_an_old_county_that_is_not_listed_refuses_nobody() -> None:
    number = documents.parse("resident-id", numbered("44999919310101001"))
    assert regions.region(number) == ("广东省",)


@pytest.mark.parametrize(
    ("kind", "number", "names"),
    [
        ("resident-id", "11010519491231002X", ("北京市", "朝阳区")),
        ("hong-kong-macao-residence", "810000199801230036", ("香港特别行政区",)),
        ("hong-kong-macao-residence", numbered("82000019600229001"), ("澳门特别行政区",)),
        ("taiwan-residence", "830000199201300022", ("台湾省",)),
        ("foreign-permanent-resident", "911124198108030024", ("北京市",)),
        ("foreign-permanent-resident", "CAN110081080312", ()),
        ("taiwan-travel-permit", "12345678", ()),
    ],
)
def test_the_region_of_a_number(kind: str, number: str, names: tuple[str, ...]) -> None:
    assert regions.region(documents.parse(kind, number)) == names


def test_the_table_is_whole_and_in_order() -> None:
    codes = [row["code"] for row in rows()]
    assert codes == sorted(set(codes)) and all(len(c) == 6 and c.isdecimal() for c in codes)
    assert all(row["name"] and 1980 <= int(row["listed"]) <= 2025 for row in rows())
    in_force = [row["code"] for row in rows() if row["listed"] == "2025"]
    counties = [code for code in in_force if not code.endswith("00")]
    assert 2800 < len(counties) < 2900  # there are some 2,840
    assert {c[:2] for c in in_force} == regions.MAINLAND | {"71", "81", "82"}
