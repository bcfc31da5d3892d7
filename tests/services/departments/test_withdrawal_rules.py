"""Withdrawal of provident fund: every rule and every reason.

住房公积金管理条例 art. 24 and 25; 建金〔2015〕19号 item 1; figures of Guangzhou from memory.
"""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.departments.provident_fund import _withdrawal_rules as rules
from services.departments.provident_fund._withdrawal_form import (
    CAP_WITHOUT_FILING,
    MOST,
    Account,
    Case,
    Form,
    Property,
)
from services.departments.provident_fund.withdrawal import Marriage, _in_a_row, withdrawal
from tests.services.departments.decisions import assert_told, plan_of

TODAY = date(2026, 11, 21)
GOOD = Account(day=TODAY, state="paying", balance=50_000_00, months=24)
NOTHING, RENTS = Property(), Property(rent=3_000_00, holds=("rent-contract",))
OWNS = Property(homes=1, bought=date(2025, 3, 20), price=900_000_00)
HERE, ELSEWHERE = "440100", "440300"
RENTS_ELSEWHERE = Property(rent=9_00, rented={ELSEWHERE: 9_00}, holds=("rent-contract",))
RENT = Form(purpose="rent", amount=6_000_00, months=3)
PURCHASE = Form(purpose="purchase", amount=30_000_00)


def judged(form=RENT, account=GOOD, home=RENTS, spouse=NOTHING, held=()):
    findings = {
        "account": account, "home": home, "marriage": Marriage(), "spouse-home": spouse,
    }  # fmt: skip
    return plan_of(withdrawal).decide(form, findings, frozenset(held))


def account(**changed):
    return GOOD.model_copy(update=changed)


@pytest.mark.parametrize(
    ("case", "outcome", "reason"),
    [
        ({"account": Account(day=TODAY)}, "refuse", "no-account"),
        ({"account": account(state="withdrawn")}, "refuse", "account-gone"),
        ({"account": account(state="transferred")}, "refuse", "account-gone"),
        ({"account": account(state="other")}, "staff", "account-unusual"),
        ({"account": account(balance=0)}, "refuse", "nothing-left"),
        ({"account": account(months=2)}, "refuse", "paid-too-short"),
        ({"account": account(state="sealed")}, "refuse", "paid-too-short"),
        ({"home": OWNS}, "refuse", "owns-home"),
        ({"spouse": Property(homes=2)}, "refuse", "spouse-owns-home"),
        ({"account": account(withdrawn=date(2026, 8, 22))}, "refuse", "withdrawn-lately"),
        ({"home": NOTHING}, "supplement", "contract-missing"),
        ({"form": PURCHASE, "home": NOTHING}, "supplement", "purchase-missing"),
        (
            {"form": PURCHASE, "home": NOTHING, "held": ["purchase-contract"]},
            "staff",
            "purchase-unregistered",
        ),
        (
            {"form": PURCHASE, "home": Property(homes=1, bought=date(2023, 11, 20), price=1)},
            "refuse",
            "bought-long-ago",
        ),
        ({}, "approve", "rent-on-file"),
        ({"home": NOTHING, "held": ["rent-contract"]}, "approve", "rent-uploaded"),
        ({"form": PURCHASE, "home": OWNS}, "approve", "home-registered"),
        ({"account": account(months=3)}, "approve", "rent-on-file"),
        ({"account": account(withdrawn=date(2026, 8, 21))}, "approve", "rent-on-file"),
        (
            {"form": PURCHASE, "home": OWNS, "account": account(state="sealed", months=0)},
            "approve",
            "home-registered",
        ),
        (
            {"form": PURCHASE, "home": OWNS.model_copy(update={"bought": date(2023, 11, 21)})},
            "approve",
            "home-registered",
        ),
        (
            {"form": PURCHASE, "home": OWNS, "spouse": Property(homes=1)},
            "approve",
            "home-registered",
        ),
    ],
)
def test_each_rule_decides_as_its_source_says(case, outcome, reason):
    decided = judged(**case)
    assert (decided.outcome, decided.reasons[0]) == (outcome, reason)
    assert_told(withdrawal, decided)


def test_every_rule_stands_in_the_table_above_and_has_words():
    table = test_each_rule_decides_as_its_source_says.pytestmark[0].args[1]
    tried = {reason for _, _, reason in table}
    assert tried == {one.code for one in (*rules.IN_THE_WAY, *rules.APPROVING)}
    assert plan_of(withdrawal).reasons.keys() == tried | {"less-than-asked", "office-silent"}


def at(city: str, **others) -> Property:
    return Property(homes=1, cities=(city,), **others)


@pytest.mark.parametrize(
    ("case", "decision"),
    [
        # 缴存城市无自有住房且租赁住房 (建金〔2015〕19号 item 1): only the city of the fund counts
        ({"home": at(HERE, rent=3_000_00)}, ("refuse", "owns-home")),
        ({"home": at(ELSEWHERE, rent=3_000_00)}, ("approve", "rent-on-file")),
        ({"spouse": at(HERE)}, ("refuse", "spouse-owns-home")),
        ({"spouse": at(ELSEWHERE)}, ("approve", "rent-on-file")),
        ({"home": RENTS_ELSEWHERE}, ("supplement", "contract-missing")),
        (
            {"home": RENTS_ELSEWHERE, "held": ["rent-contract"]},
            ("supplement", "contract-missing"),
        ),
        # of a centre that does not say where, or a register that does not: nothing is assumed free
        ({"account": account(city=""), "home": at(ELSEWHERE)}, ("refuse", "owns-home")),
        ({"home": Property(homes=1)}, ("refuse", "owns-home")),
        ({"home": Property(homes=2, cities=(ELSEWHERE,))}, ("refuse", "owns-home")),
        # a home that is bought may lie anywhere
        ({"form": PURCHASE, "home": at(ELSEWHERE, bought=date(2025, 3, 20), price=9_00)},
         ("approve", "home-registered")),
    ],
)  # fmt: skip
def test_rent_is_judged_by_the_city_where_the_fund_is_paid_in(case, decision):
    decided = judged(**{"account": account(city=HERE)} | case)
    assert (decided.outcome, decided.reasons[0]) == decision
    assert_told(withdrawal, decided)


def test_of_rents_in_two_cities_the_one_of_the_fund_is_paid():
    both = Property(rent=5_000_00, rented={HERE: 1_000_00, ELSEWHERE: 5_000_00})
    decided = judged(account=account(city=HERE), home=both)
    assert (decided.facts["monthly_fen"], decided.facts["amount_fen"]) == (1_000_00, 3_000_00)


@pytest.mark.parametrize("silent", ["account", "home", "marriage", "spouse-home"])
def test_an_office_that_never_answered_leaves_it_to_staff(silent):
    findings = {"account": GOOD, "home": RENTS, "marriage": Marriage(), "spouse-home": NOTHING}
    del findings[silent]
    decided = plan_of(withdrawal).decide(RENT, findings, frozenset())
    assert (decided.outcome, decided.reasons) == ("staff", ("office-silent",))
    assert_told(withdrawal, decided)


@pytest.mark.parametrize(
    ("case", "paid"),
    [
        ({}, 6_000_00),
        ({"form": Form(purpose="rent", amount=20_000_00, months=3)}, 9_000_00),
        ({"account": account(balance=1_00)}, 1_00),
        ({"home": NOTHING, "held": ["rent-contract"]}, 3 * CAP_WITHOUT_FILING),
        ({"form": PURCHASE, "home": OWNS}, 30_000_00),
        ({"form": PURCHASE, "home": OWNS.model_copy(update={"price": 5_00})}, 5_00),
        ({"form": PURCHASE, "home": OWNS, "account": account(balance=7_00)}, 7_00),
    ],
)
def test_what_is_paid_is_within_what_was_asked_the_balance_and_the_rent_or_price(case, paid):
    decided = judged(**case)
    assert decided.facts["amount_fen"] == paid
    asked = case.get("form", RENT).amount
    assert ("less-than-asked" in decided.reasons) == (paid < asked)
    assert_told(withdrawal, decided)


def test_a_contract_that_is_uploaded_but_on_file_is_paid_as_on_file():
    assert judged(held=["rent-contract"]).reasons[0] == "rent-on-file"


def test_the_end_of_a_short_month_counts_as_three_months_later():
    late = account(withdrawn=date(2026, 11, 30), day=date(2027, 2, 28))
    assert judged(account=late).outcome == "approve"
    early = account(withdrawn=date(2026, 11, 30), day=date(2027, 2, 27))
    assert judged(account=early).facts["again_on"] == "2027-02-28"


def test_a_home_bought_on_29_february_may_be_paid_for_three_years_on():
    leap = OWNS.model_copy(update={"bought": date(2024, 2, 29)})
    on, after = date(2027, 2, 28), date(2027, 3, 1)
    assert judged(form=PURCHASE, home=leap, account=account(day=on)).outcome == "approve"
    assert judged(form=PURCHASE, home=leap, account=account(day=after)).outcome == "refuse"


@pytest.mark.parametrize(
    ("months", "row"),
    [
        ([], 0),
        (["2026-11"], 1),
        (["2026-10", "2026-11"], 2),
        (["2025-12", "2026-01", "2026-02"], 3),
        (["2026-07", "2026-09", "2026-10"], 2),
        (["2026-10", "2026-10", "2026-11"], 2),
    ],
)
def test_months_in_a_row_end_at_the_first_gap(months, row):
    movements = [SimpleNamespace(kind="deposit", month=month) for month in months]
    assert _in_a_row([*movements, SimpleNamespace(kind="interest", month=None)]) == row


days = st.dates(date(2000, 1, 1), date(2098, 12, 31))
fen = st.integers(0, MOST)
accounts = st.builds(
    Account,
    day=days,
    state=st.sampled_from(["paying", "sealed", "transferred", "withdrawn", "other", "none"]),
    balance=st.integers(-1000, MOST),
    months=st.integers(0, 600),
    withdrawn=st.none() | days,
)
properties = st.builds(
    Property,
    homes=st.integers(0, 9),
    bought=st.none() | days,
    price=st.none() | fen,
    rent=st.none() | fen,
)
forms = st.builds(
    Form,
    purpose=st.sampled_from(["rent", "purchase"]),
    amount=st.integers(1, MOST),
    months=st.integers(1, 12),
)
holdings = st.frozensets(st.sampled_from(["rent-contract", "purchase-contract", "other"]))


@given(form=forms, account=accounts, home=properties, spouse=properties, held=holdings)
def test_whatever_offices_find_there_is_a_decision_with_words(form, account, home, spouse, held):
    decided = judged(form, account, home, spouse, held)
    assert_told(withdrawal, decided)
    if decided.outcome == "approve":
        paid = rules.amount(Case(form, account, home, spouse, held))
        assert decided.facts["amount_fen"] == paid <= min(form.amount, account.balance)


@given(form=forms, account=accounts, home=properties, spouse=properties, held=holdings)
def test_nothing_found_with_nothing_in_the_way_is_ever_paid_for_an_owner_as_rent(
    form, account, home, spouse, held
):
    if form.purpose == "rent" and (home.homes or spouse.homes):
        assert judged(form, account, home, spouse, held).outcome != "approve"


@given(day=days, ago=st.integers(0, 80))
def test_rent_is_never_paid_twice_within_eighty_days(day, ago):
    lately = account(day=day, withdrawn=day - timedelta(days=ago))
    assert judged(account=lately).reasons == ("withdrawn-lately",)
