"""The house's own catalogue, alone and among 2,500 other items: every way of asking finds."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from services.catalogue import Catalogue, Wanted
from services.items import generate
from services.search import MOST_CHARACTERS

OURS = {
    "words": "公积金余额 公积金余额 | 公积金提取 公积金提取 | 社保缴费 社保缴费"
    " | 结婚证 电子结婚证 | 挪车 一键挪车",
    "pinyin": "gongjijin 公积金 | gongjijintiqu 公积金提取 | shebao 社保 | jiashizheng 驾驶证",
    "initials": "gjj 公积金 | gjjtq 公积金提取 | GJJYE 公积金余额 | jzzqz 居住证签注",
    "typos": "公基金 公积金 | 公基金余额 公积金余额 | 驾使证 驾驶证 | gongjjin 公积金",
    "synonyms": "五险一金 公积金/社保 | 违章 交通违法 | 退休金 养老金 | 开店 个体工商户",
    "traditional": "公積金餘額 公积金余额 | 社會保險 社保 | 居住證簽注 居住证签注 | 駕駛證 驾驶证",
    "English": "provident_fund_withdrawal 公积金提取 | traffic_violations 交通违法 | "
    "sole_trader 个体工商户 | marriage_record 婚姻登记 | residence_permit 居住证",
}
THEIRS = {
    "words": "失业保险金申领 失业保险金 | 学籍查询 学籍 | 残疾人证补办 残疾人证",
    "pinyin": "shiyebaoxianjin 失业保险金 | daoyouzheng 导游证",
    "initials": "sybxj 失业保险金 | cjrz 残疾人证",
    "typos": "失业保金 失业保险金 | 导游正 导游证 | 残疾仁证 残疾人证",
    "synonyms": "失业金 失业保险金",
    "traditional": "失業保險金 失业保险金 | 導遊證 导游证 | 殘疾人證 残疾人证",
    "English": "unemployment_benefit 失业保险金 | student_loan 助学贷款",
}
NOWHERE = ["宇宙飞船", "xyzzyqwv", "%", "某某某某"]


def rows(table: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Kind, query, what the first title has in it (one of several, between strokes)."""
    pairs = [(kind, pair.split()) for kind, line in table.items() for pair in line.split("|")]
    return [(kind, query.replace("_", " "), wanted) for kind, (query, wanted) in pairs]


def first(catalogue: Catalogue, query: str) -> str:
    found = catalogue.find(Wanted(q=query))
    return found[0].title["zh-CN"] if found else ""


@pytest.fixture(scope="module")
def house() -> Catalogue:
    return Catalogue.load()


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The house's services and 2,500 listed items."""
    folder: Path = tmp_path_factory.mktemp("city") / "items"
    generate.write(folder, 2500)
    return Catalogue.load(items=folder)


@pytest.mark.parametrize(("kind", "query", "wanted"), rows(OURS))
def test_the_services_of_the_house_are_found(
    house: Catalogue, kind: str, query: str, wanted: str
) -> None:
    assert any(one in first(house, query) for one in wanted.split("/")), kind


@pytest.mark.parametrize(("kind", "query", "wanted"), rows(OURS) + rows(THEIRS))
def test_among_2500_items_the_one_that_is_meant_comes_first(
    city: Catalogue, kind: str, query: str, wanted: str
) -> None:
    assert any(one in first(city, query) for one in wanted.split("/")), kind


@pytest.mark.parametrize("query", NOWHERE)
def test_what_nobody_offers_is_not_found_among_2500(city: Catalogue, query: str) -> None:
    assert first(city, query) == ""


def test_of_ten_thousand_characters_no_more_is_read_than_of_sixty_four(city: Catalogue) -> None:
    for query in ("公积金" * 3_333, "gjj " * 2_500, "z" * 10_000):
        assert city.find(Wanted(q=query)) == city.find(Wanted(q=query[:MOST_CHARACTERS]))


def test_what_is_used_comes_before_what_is_as_good_a_match(city: Catalogue) -> None:
    before = [one.id for one in city.find(Wanted(q="补贴"))]
    city.used({before[5]: 100_000})
    after = [one.id for one in city.find(Wanted(q="补贴"))]
    city.used({})
    assert after.index(before[5]) < 5
    assert sorted(after) == sorted(before)
