"""Who may register a marriage, as a table of cases; and the two times of a divorce."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.person import IdNumber
from services.applications.reasons import in_words
from services.bookings.declaration import Coming
from services.clocks import is_working_day
from services.departments.civil_affairs._divorce_terms import terms
from services.departments.civil_affairs._registries import registries
from services.departments.civil_affairs._wedding_rules import (
    ELSEWHERE,
    PAIR_RULES,
    RULES,
    STATEMENTS,
)
from services.sandbox.fiction import draw_number

DAY = date(2026, 12, 1)
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


def coming(sex="male", born=date(1995, 5, 5), day=DAY, record=None):
    return Coming(IdNumber(draw_number(sex, born)), day, record)


CASES = [
    (coming("male", date(2004, 12, 1)), set()),  # 22 on the day
    (coming("male", date(2004, 12, 2)), {"too-young"}),  # 22 a day later
    (coming("female", date(2006, 12, 1)), set()),  # 20 on the day
    (coming("female", date(2006, 12, 2)), {"too-young"}),
    (coming("female", date(2004, 12, 2)), set()),  # a man's age is not asked of her
    (coming("male", date(2004, 2, 29), date(2026, 2, 27)), {"too-young"}),
    (coming("male", date(2004, 2, 29), date(2026, 2, 28)), set()),  # Civil Code art. 202
    (coming(record="single"), set()),
    (coming(record="divorced"), set()),
    (coming(record="widowed"), set()),
    (coming(record="married"), {"married-already"}),
    (coming(record="unknown"), {"unknown-to-the-register"}),
    (coming("male", date(2010, 1, 1), record="married"), {"too-young", "married-already"}),
]


@pytest.mark.parametrize(("case", "codes"), CASES)
def test_one_person(case, codes):
    """Civil Code art. 1042, 1047; Regulations on Marriage Registration art. 8."""
    assert {one.code for one in RULES if one.applies(case) is not None} == codes


def test_the_table_names_every_rule():
    assert {one.code for one in RULES} == {code for _, codes in CASES for code in codes}


@pytest.mark.parametrize(
    ("first", "second", "codes"),
    [("male", "female", set()), ("female", "male", set()), ("male", "male", {"not-man-and-woman"})],
)
def test_two_together(first, second, codes):
    """Civil Code art. 1046."""
    pair = (coming(first), coming(second))
    assert {one.code for one in PAIR_RULES if one.applies(pair) is not None} == codes


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_every_reason_is_filled_and_names_its_source(locale):
    cases = {one.code: case for case, _ in CASES for one in RULES if one.applies(case) is not None}
    for one in RULES:
        said = in_words({one.code: one.words}, one.code, one.applies(cases[one.code]), locale)
        assert "{" not in said
        assert one.source.article[locale] in said


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_what_is_stated_and_who_goes_elsewhere_is_said_plainly(locale):
    for one in STATEMENTS:
        assert one.said[locale].strip() and one.source.article[locale]
    for one in ELSEWHERE:
        assert len(one.where[locale]) > 30 and one.title[locale]


def test_every_county_of_the_province_has_a_registry_and_so_have_cities_without_counties():
    found = registries()
    assert len(found) == 124
    assert {"440103", "441900", "442000"} <= found.keys()
    assert all(one.seats >= 1 and id == one.id for id, one in found.items())


@pytest.mark.parametrize(
    ("received", "withdraw_until", "collect_from", "collect_until"),
    [
        (date(2026, 1, 5), date(2026, 2, 4), date(2026, 2, 5), date(2026, 3, 6)),
        # the thirtieth day lies in the Spring Festival
        (date(2026, 1, 16), date(2026, 2, 24), date(2026, 2, 25), date(2026, 3, 26)),
        # in National Day's week; the second thirtieth is a Saturday
        (date(2026, 9, 1), date(2026, 10, 8), date(2026, 10, 9), date(2026, 11, 9)),
    ],
)
def test_thirty_days_to_withdraw_and_thirty_to_collect(
    received, withdraw_until, collect_from, collect_until
):
    """Civil Code art. 1077, 201, 203; 民发〔2020〕116号."""
    found = terms(received)
    assert (found.withdraw_until, found.collect_from, found.collect_until) == (
        withdraw_until, collect_from, collect_until,
    )  # fmt: skip


@given(DAYS)
def test_no_time_is_shorter_than_thirty_days_nor_ends_on_a_day_off(received):
    found = terms(received)
    assert found.withdraw_until - received >= timedelta(days=30)
    assert found.collect_until - found.withdraw_until >= timedelta(days=30)
    assert is_working_day(found.withdraw_until) and is_working_day(found.collect_until)
    phases = [found.phase(received + timedelta(days=n)) for n in range(100)]
    assert phases == sorted(phases, key=["withdraw", "collect", "over"].index)
    assert set(phases) == {"withdraw", "collect", "over"}
