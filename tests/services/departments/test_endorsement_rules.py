"""Endorsement of residence permits: every rule and every reason (居住证暂行条例 art. 2, 9, 10)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.departments.public_security.residence_endorsement import (
    RULES,
    Form,
    Permit,
    Residence,
    a_month_before,
    endorsement,
)
from tests.services.departments.decisions import assert_told, plan_of

TODAY = date(2026, 11, 21)
GOOD = Permit(day=TODAY, number="440106", state="valid", place="天河", until=date(2026, 11, 30))
LIVES, NOWHERE = Residence(rented=1, holds=("residence-proof",)), Residence()


def judged(permit=GOOD, residence=LIVES, held=(), stay="rent"):
    findings = {"permit": permit, "residence": residence}
    return plan_of(endorsement).decide(Form(stay=stay), findings, frozenset(held))


def permit(**changed):
    return GOOD.model_copy(update=changed)


@pytest.mark.parametrize(
    ("case", "outcome", "reason"),
    [
        ({"permit": Permit(day=TODAY)}, "refuse", "no-permit"),
        ({"permit": permit(until=None)}, "refuse", "no-permit"),
        ({"permit": permit(state="cancelled")}, "refuse", "permit-cancelled"),
        ({"permit": permit(state="other")}, "staff", "permit-unusual"),
        ({"permit": permit(until=date(2026, 12, 22))}, "refuse", "too-early"),
        ({"residence": NOWHERE}, "supplement", "proof-missing"),
        ({"permit": permit(until=date(2026, 11, 20))}, "approve", "lapsed"),
        ({}, "approve", "in-time"),
        ({"permit": permit(until=date(2026, 12, 21))}, "approve", "in-time"),
        ({"permit": permit(until=TODAY)}, "approve", "in-time"),
        ({"residence": Residence(owned=1)}, "approve", "in-time"),
        ({"residence": NOWHERE, "held": ["residence-proof"]}, "approve", "in-time"),
        ({"permit": permit(state="suspended", until=date(2026, 1, 1))}, "approve", "lapsed"),
    ],
)
def test_each_rule_advises_as_its_source_says(case, outcome, reason):
    decided = judged(**case)
    assert (decided.outcome, decided.reasons) == (outcome, (reason,))
    assert_told(endorsement, decided)


def test_every_rule_stands_in_the_table_above_and_has_words():
    table = test_each_rule_advises_as_its_source_says.pytestmark[0].args[1]
    assert {reason for _, _, reason in table} == {one.code for one in RULES}
    assert plan_of(endorsement).reasons.keys() == {one.code for one in RULES} | {"office-silent"}


def test_staff_decide_it_and_the_card_is_fetched():
    plan = plan_of(endorsement)
    assert plan.window and plan.collected
    assert plan.step("residence").after == ("permit",)


@pytest.mark.parametrize("silent", ["permit", "residence"])
def test_an_office_that_never_answered_leaves_it_to_staff(silent):
    findings = {"permit": GOOD, "residence": LIVES}
    del findings[silent]
    decided = plan_of(endorsement).decide(Form(stay="own"), findings, frozenset())
    assert (decided.outcome, decided.reasons) == ("staff", ("office-silent",))


@pytest.mark.parametrize(
    ("until", "opens"),
    [
        (date(2026, 12, 21), date(2026, 11, 21)),
        (date(2027, 1, 15), date(2026, 12, 15)),
        (date(2027, 3, 31), date(2027, 2, 28)),
        (date(2028, 3, 30), date(2028, 2, 29)),
        (date(2027, 12, 31), date(2027, 11, 30)),
    ],
)
def test_the_month_before_ends_with_shorter_months(until, opens):
    assert a_month_before(until) == opens


days = st.dates(date(2000, 1, 1), date(2098, 12, 31))
permits = st.builds(
    Permit,
    day=days,
    number=st.just("4401"),
    state=st.sampled_from(["valid", "suspended", "cancelled", "other", "none"]),
    place=st.none() | st.just("天河"),
    until=st.none() | days,
)
residences = st.builds(Residence, owned=st.integers(0, 5), rented=st.integers(0, 5))


@given(
    permit=permits,
    residence=residences,
    held=st.frozensets(st.sampled_from(["residence-proof", "other"])),
    stay=st.sampled_from(["own", "rent", "work", "study"]),
)
def test_whatever_offices_find_there_is_advice_with_words(permit, residence, held, stay):
    decided = judged(permit, residence, held, stay)
    assert_told(endorsement, decided)
    if decided.outcome == "approve":
        assert permit.until is not None and permit.day >= a_month_before(permit.until)
