"""What people type, and what they find first."""

import pytest

from services.catalogue import Catalogue, Wanted

CATALOGUE = Catalogue.load()


def first(query: str) -> str | None:
    found = CATALOGUE.find(Wanted(q=query))
    return found[0].id if found else None


@pytest.mark.parametrize("query", ["xyzzy", "结婚证书", "🚀", "%", "gjj xyzzy", "q"])
def test_what_is_not_offered_is_not_found(query):
    assert first(query) is None


@pytest.mark.parametrize(
    ("query", "id"),
    [
        ("公积金余额", "provident-fund-balance"),
        ("公积金", "provident-fund-balance"),
        ("查询公积金余额", "provident-fund-balance"),
        ("我的公积金还剩多少", "provident-fund-balance"),
        ("gjj", "provident-fund-balance"),
        ("GJJ", "provident-fund-balance"),
        ("gongjijin", "provident-fund-balance"),
        ("gongjij", "provident-fund-balance"),
        ("工积金", "provident-fund-balance"),
        ("gongjijing", "provident-fund-balance"),
        ("provident fund balance", "provident-fund-balance"),
        ("providant fund", "provident-fund-balance"),
        ("公积金明细", "provident-fund-records"),
        ("社保", "social-insurance-status"),
        ("shebao", "social-insurance-status"),
        ("参保", "social-insurance-status"),
        ("社保缴费", "social-insurance-contributions"),
        ("contributions", "social-insurance-contributions"),
        ("contribtuions", "social-insurance-contributions"),
        ("退休金", "social-insurance-status"),
    ],
)
def test_people_find_what_they_mean(query, id):
    assert first(query) == id


def test_a_very_long_query_is_answered_all_the_same():
    assert CATALOGUE.find(Wanted(q="公积金 " * 10_000))


def test_the_same_query_gives_the_same_order_in_every_language():
    pages = {CATALOGUE.page("zh-CN", Wanted(q="缴费")).etag for _ in range(3)}
    assert len(pages) == 1


@pytest.mark.parametrize(("word", "sound"), [("银行", "yinhang"), ("会计", "kuaiji")])
def test_a_character_with_two_readings_sounds_as_its_word_does(word, sound):
    from services.search import _Field

    assert "".join(_Field.of(word, 1.0).syllables) == sound


def test_the_dictionary_of_phrases_is_not_loaded():
    """It weighs 50 MB in every web worker, which may weigh 120 MB."""
    import sys

    assert "pypinyin.phrases_dict" not in sys.modules
