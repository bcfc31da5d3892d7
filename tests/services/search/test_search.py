"""How search behaves, whatever is asked of it: long queries, order, uses, readings, word lists."""

import sys
from pathlib import Path

import pytest

from services.catalogue import Catalogue, Wanted
from services.search import MOST_CHARACTERS, Search, lexicon
from services.search.plain import plain
from services.search.sounds import syllables
from tests.services.search.town import Offered, town

TOWN = town()
SEARCH: Search[Offered] = Search(TOWN)


def found(query: str, search: Search[Offered] = SEARCH) -> list[str]:
    return [entry.id for entry in search.find(query)]


@pytest.mark.parametrize(
    "query",
    ["公积金 " * 2_500, "公积金" * 3_333, "gongjijin" * 1_111, "z" * 10_000, "🚀" * 10_000],
)
def test_of_ten_thousand_characters_the_first_sixty_four_are_read(query: str) -> None:
    assert found(query) == found(query[:MOST_CHARACTERS])


def test_what_stands_behind_the_limit_is_not_looked_for() -> None:
    assert found("公积金" + " " * MOST_CHARACTERS + "某某") == found("公积金")


@pytest.mark.parametrize("query", ["公积金", "登记", "gjj", "社保 医保", "hukou"])
def test_the_same_query_gives_the_same_order_every_time(query: str) -> None:
    again: Search[Offered] = Search(town())
    assert found(query) == found(query) == found(query, again)


def test_of_equal_matches_the_order_of_the_catalogue_decides() -> None:
    backwards: Search[Offered] = Search(TOWN[::-1])
    assert found("驾驶证")[:2] == ["licence-points", "licence-renewal"]
    assert found("驾驶证", backwards)[:2] == ["licence-renewal", "licence-points"]


def test_of_like_matches_the_one_that_is_used_comes_first() -> None:
    used: Search[Offered] = Search(TOWN, {"fund-withdrawal": 5_000})
    assert found("gjj", used)[0] == "fund-withdrawal"


def test_uses_never_bring_a_poor_match_before_a_good_one() -> None:
    used: Search[Offered] = Search(TOWN, {"fund-records": 10**9})
    assert found("公积金余额", used)[0] == "fund-balance"


def test_uses_that_are_read_again_count_from_then_on() -> None:
    search: Search[Offered] = Search(TOWN)
    before = found("gjj", search)
    search.used({"fund-loan": 10_000})
    assert before[0] == "fund-balance" and found("gjj", search)[0] == "fund-loan"


def test_where_entries_have_every_word_only_they_are_found() -> None:
    assert found("结婚 预约") == ["marriage-booking"]


def test_an_empty_catalogue_finds_nothing() -> None:
    nothing: Search[Offered] = Search([])
    assert nothing.find("公积金") == [] == nothing.find("gongjijin")


@pytest.mark.parametrize(
    ("written", "same"),
    [("公積金", "公积金"), ("ＧＪＪ", "gjj"), ("乾隆", "干隆"), ("著作", "著作"), ("裡", "里")],
)
def test_every_way_of_writing_has_one_spelling(written: str, same: str) -> None:
    assert plain(written) == same


@pytest.mark.parametrize(("word", "sound"), [("银行", "yinhang"), ("会计", "kuaiji")])
def test_a_character_with_two_readings_sounds_as_its_word_does(word: str, sound: str) -> None:
    assert "".join(syllables(word)) == sound


def test_the_dictionary_of_phrases_is_not_loaded() -> None:
    """It weighs 50 MB in every web worker, which may weigh 120 MB."""
    assert SEARCH.find("公积金")
    assert "pypinyin.phrases_dict" not in sys.modules


def test_the_services_of_the_house_are_found_by_what_people_type() -> None:
    house = Catalogue.load()
    for query, wanted in (("gjj", "公积金"), ("shebao", "社保"), ("公基金余额", "公积金余额")):
        first = house.find(Wanted(q=query))[0]
        assert wanted in first.title["zh-CN"]


def test_a_typo_is_no_word_of_its_own_and_is_put_right() -> None:
    read = lexicon.lexicon()
    assert read.typos and not set(read.typos) & set(read.others)
    assert read.meant("公基金") == "公积金" and read.meant("公积金") == "公积金"


@pytest.mark.parametrize("line", ["公积金 住房", "公積金 = 公积金", "GJJ = 公积金"])
def test_a_line_that_cannot_be_read_is_named(
    line: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "synonyms.txt").write_text(f"# words\n{line}\n", encoding="utf-8")
    monkeypatch.setattr(lexicon, "_FOLDER", tmp_path)
    with pytest.raises(lexicon.LexiconRefused, match=r"synonyms\.txt:2"):
        lexicon.lexicon.__wrapped__()
