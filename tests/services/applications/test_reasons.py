"""Words of reasons: filled with facts, in the reader's language, with the source beside them."""

import pytest

from services.applications.reasons import (
    OFFICE_SILENT,
    Rule,
    first,
    in_words,
    reasons_of,
    rule,
    silent,
)
from services.items.standard import Law
from services.schema import words

LAW = Law(words("租房规定", en="Rent rules"), words("第一条", en="Article 1"))


@rule("refuse", words("最多 {most_fen}。", en="At most {most_fen}."), source=LAW)
def too_much(asked: int) -> dict | None:
    return {"most_fen": 1_234_567} if asked > 5 else None


@rule("supplement", words("{day_on} 前。", en="By {day_on}."), source=LAW, wanted=("paper",))
def too_late(asked: int) -> dict | None:
    return {"day_on": "2026-02-03"} if asked > 1 else None


def test_a_condition_that_does_not_hold_decides_nothing():
    assert first((too_much, too_late), 1) is None
    assert too_late.decide(0) is None


def test_the_first_rule_that_applies_decides():
    assert first((too_much, too_late), 9).reasons == ("too-much",)
    assert first((too_late, too_much), 9).reasons == ("too-late",)


def test_a_decision_carries_the_rules_outcome_facts_and_wishes():
    decided = too_late.decide(2)
    assert (decided.outcome, decided.wanted) == ("supplement", ("paper",))
    assert decided.facts == {"day_on": "2026-02-03"}


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("zh-CN", "最多 12,345.67元。（依据：《租房规定》第一条）"),
        ("zh-HK", "最多 12,345.67元。（依据：《租房规定》第一条）"),
        ("ug", "最多 12,345.67元。（依据：《租房规定》第一条）"),
        ("en", "At most ¥12,345.67. (Basis: Rent rules, Article 1)"),
    ],
)
def test_money_is_told_in_yuan_and_the_source_stands_beside_it(locale, said):
    assert in_words(reasons_of(too_much), "too-much", {"most_fen": 1_234_567}, locale) == said


@pytest.mark.parametrize(("locale", "said"), [("zh-CN", "2026年2月3日"), ("en", "3 February 2026")])
def test_days_are_told_as_people_write_them(locale, said):
    assert said in in_words(reasons_of(too_late), "too-late", {"day_on": "2026-02-03"}, locale)


def test_a_fact_that_is_missing_or_a_code_nobody_knows_is_a_fault():
    with pytest.raises(KeyError):
        in_words(reasons_of(too_much), "too-much", {}, "en")
    with pytest.raises(KeyError):
        in_words(reasons_of(too_much), "nobody-knows", {}, "en")


def test_facts_do_not_fill_one_another():
    """Somebody's own words with braces in them stay as they are."""
    named: Rule[str] = rule("refuse", words("{name}。", en="{name}."), source=LAW)(
        lambda name: {"name": name}
    )
    said = in_words({"x": named.said}, "x", {"name": "{most_fen}"}, "en")
    assert said == "{most_fen}."


def test_an_office_that_never_answers_is_told_in_every_language():
    told = reasons_of(too_much)
    assert silent().reasons == (OFFICE_SILENT,)
    assert all(in_words(told, OFFICE_SILENT, {}, locale) for locale in ("zh-CN", "en", "ug"))
