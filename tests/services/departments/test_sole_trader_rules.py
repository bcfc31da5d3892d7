"""Registration of sole traders: every rule and every reason.

市场主体登记管理条例 art. 11, 12, 19; 企业名称登记管理规定 art. 11, 17; 食品安全法 art. 35.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.departments.market_regulation._addresses import same_place
from services.departments.market_regulation._labels import TRADES
from services.departments.market_regulation.sole_trader import (
    RULES,
    Form,
    Name,
    Premises,
    Trader,
    sole_trader,
)
from tests.services.departments.decisions import assert_told, plan_of

SHOP = Form(name="和顺", trade="retail", place="广州市天河区和平路1号")
FREE = Name(verdict="free", whole="广东和顺商行")
TAKEN = Name(verdict="taken", whole="广东云帆商行", alike="广东云帆商行")
ADULT, KNOWN, UNKNOWN = Trader(standing="allowed"), Premises(known=1), Premises()


def judged(form=SHOP, name=FREE, trader=ADULT, premises=KNOWN, held=()):
    findings = {"name": name, "trader": trader, "premises": premises}
    return plan_of(sole_trader).decide(form, findings, frozenset(held))


@pytest.mark.parametrize(
    ("case", "outcome", "reason"),
    [
        ({"trader": Trader(standing="minor")}, "refuse", "under-age"),
        ({"trader": Trader(standing="barred")}, "refuse", "barred"),
        ({"trader": Trader(standing="other")}, "staff", "unusual"),
        ({"name": Name(verdict="other", whole="x")}, "staff", "unusual"),
        ({"name": Name(verdict="forbidden", whole="x")}, "supplement", "name-forbidden"),
        ({"name": TAKEN}, "supplement", "name-taken"),
        ({"name": Name(verdict="taken", whole="x")}, "supplement", "name-taken"),
        ({"premises": UNKNOWN}, "supplement", "place-unproven"),
        (
            {"form": SHOP.model_copy(update={"trade": "restaurant"})},
            "approve",
            "food-permit-next",
        ),
        ({}, "approve", "registrable"),
        ({"premises": UNKNOWN, "held": ["place-proof"]}, "approve", "registrable"),
    ],
)
def test_each_rule_decides_as_its_source_says(case, outcome, reason):
    decided = judged(**case)
    assert (decided.outcome, decided.reasons) == (outcome, (reason,))
    assert_told(sole_trader, decided)


def test_every_rule_stands_in_the_table_above_and_has_words():
    table = test_each_rule_decides_as_its_source_says.pytestmark[0].args[1]
    assert {reason for _, _, reason in table} == {one.code for one in RULES}
    assert plan_of(sole_trader).reasons.keys() == {one.code for one in RULES} | {"office-silent"}


def test_a_taken_name_asks_for_another_name_and_nothing_else():
    assert judged(name=TAKEN, premises=UNKNOWN).wanted == ("name",)


def test_it_is_wholly_online():
    plan = plan_of(sole_trader)
    assert sole_trader.item.visits == 0
    assert not plan.window and not plan.collected


@pytest.mark.parametrize("silent", ["name", "trader", "premises"])
def test_an_office_that_never_answered_leaves_it_to_staff(silent):
    findings = {"name": FREE, "trader": ADULT, "premises": KNOWN}
    del findings[silent]
    decided = plan_of(sole_trader).decide(SHOP, findings, frozenset())
    assert (decided.outcome, decided.reasons) == ("staff", ("office-silent",))


@pytest.mark.parametrize("name", ["", "和", "Heshun", "和顺1", "和 顺", "和" * 11, "和{顺}"])
def test_a_name_that_is_not_two_to_ten_chinese_characters_is_refused(name):
    with pytest.raises(ValidationError):
        Form(name=name, trade="retail", place="广州市天河区")


@pytest.mark.parametrize(
    ("given", "same"),
    [
        ("广州市天河区和平路1号301房", True),
        ("广州市 天河区 和平路1号301房", True),
        ("天河区和平路1号301房", True),
        ("和平路1号301房", True),
        ("广东省广州市天河区和平路1号301房（临街铺面）", True),
        ("广州市天河区", False),
        ("广州市天河区和平路", False),
        ("路1号301房", False),
        ("1号301房", False),
        ("广州市天河区和平路1号30", False),
        ("广州市天河区和平路11号301房", False),
        ("深圳市和平路1号301房", False),
    ],
)
def test_only_the_whole_address_on_file_proves_the_premises(given, same):
    """A street or a county alone would prove premises that are another's."""
    assert same_place(given, "广州市天河区和平路1号301房") == same


def test_every_trade_has_its_division_of_the_standard():
    """GB/T 4754-2017."""
    assert set(TRADES) == {"retail", "restaurant", "repair", "hairdresser", "online"}
    assert len(set(TRADES.values())) == len(TRADES)


names = st.text("和顺云帆中国{}%", min_size=1, max_size=8)


@given(
    trade=st.sampled_from(sorted(TRADES)),
    name=st.builds(
        Name,
        verdict=st.sampled_from(["free", "taken", "forbidden", "other"]),
        whole=names,
        alike=st.none() | names,
    ),
    standing=st.sampled_from(["allowed", "minor", "barred", "other"]),
    known=st.integers(0, 3),
    held=st.frozensets(st.sampled_from(["place-proof", "other"])),
)
def test_whatever_offices_find_there_is_a_decision_with_words(trade, name, standing, known, held):
    form = SHOP.model_copy(update={"trade": trade})
    decided = judged(form, name, Trader(standing=standing), Premises(known=known), held)
    assert_told(sole_trader, decided)
    if decided.outcome == "approve":
        assert (name.verdict, standing) == ("free", "allowed")
