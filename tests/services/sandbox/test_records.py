"""The records behind a number: always the same, plausible, and right to the fen."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sandbox import months
from services.sandbox.fiction import draw_number
from services.sandbox.fund_ledger import Ledger, Paid, keep, side
from services.sandbox.insurance_ledger import contributions
from services.sandbox.life import lead
from services.sandbox.wages import average_wage, contribution_year

KEY = b"k" * 32
TODAY = date(2026, 11, 21)
BIRTHS = st.dates(date(1950, 1, 1), date(2006, 12, 31))
SEXES = st.sampled_from(["female", "male"])
DAYS = st.dates(date(2016, 7, 1), date(2030, 12, 31))


def number_of(born: date, sex: str = "male") -> str:
    return draw_number(sex, born)  # type: ignore[arg-type]


@given(born=BIRTHS, sex=SEXES, today=DAYS)
def test_a_fund_balance_is_the_sum_of_its_movements_to_the_fen(
    born: date, sex: str, today: date
) -> None:
    life = lead(KEY, number_of(born, sex))
    ledger = keep(life, today) if life else Ledger()
    total = 0
    for movement in ledger.movements:
        total += movement.amount
        assert movement.balance == total >= 0
        if movement.kind == "deposit":
            assert movement.amount == movement.paid.personal + movement.paid.employer_side
        assert movement.day <= today
    assert ledger.balance == total


@given(born=BIRTHS, sex=SEXES)
def test_the_same_number_has_the_same_past_on_every_day(born: date, sex: str) -> None:
    number = number_of(born, sex)
    life, again = lead(KEY, number), lead(KEY, number.lower())
    assert (life is None) == (again is None)
    if life is None or again is None:
        return
    before, after = keep(life, TODAY).movements, keep(again, TODAY + timedelta(days=400)).movements
    assert after[: len(before)] == before
    paid, later = contributions(life, TODAY), contributions(again, TODAY + timedelta(days=400))
    assert later[: len(paid)] == paid


def test_another_key_gives_another_past() -> None:
    number = number_of(date(1985, 5, 5))
    one, other = lead(KEY, number), lead(b"x" * 32, number)
    assert one and other
    assert keep(one, TODAY).movements != keep(other, TODAY).movements


@given(born=BIRTHS, sex=SEXES)
def test_bases_grow_within_60_and_300_percent_of_the_mean_wage(born: date, sex: str) -> None:
    """CONTRACTS, field rules: base 60–300 % of the mean wage of the contribution year."""
    life = lead(KEY, number_of(born, sex))
    worked = life.months(TODAY) if life else []
    bases = [life.base(month) for month, _ in worked] if life else []
    assert bases == sorted(bases)
    for (month, job), base in zip(worked, bases, strict=True):
        mean = average_wage(contribution_year(month))
        assert Decimal("0.6") * mean <= base <= 3 * mean
        assert 5 <= job.fund_percent <= 12


@given(born=st.dates(date(1972, 1, 1), date(1996, 11, 1)), sex=SEXES)
def test_everyone_old_enough_has_ten_years_of_records(born: date, sex: str) -> None:
    life = lead(KEY, number_of(born, sex))
    assert life is not None
    assert keep(life, TODAY).movements[0].day <= date(2016, 11, 21)
    assert contributions(life, TODAY)[0].month <= date(2016, 11, 1)


def test_someone_born_in_2005_has_a_short_career_and_a_child_has_none() -> None:
    young, child = lead(KEY, number_of(date(2005, 3, 2))), lead(KEY, number_of(date(2017, 3, 2)))
    assert young and child
    first = keep(young, TODAY).movements[0].day
    assert date(2023, 3, 2) <= first <= date(2024, 7, 31)
    assert keep(child, TODAY).movements == []
    assert contributions(child, TODAY) == []


def test_someone_who_retired_before_there_were_records_has_none() -> None:
    assert lead(KEY, number_of(date(1930, 1, 1))) is None


def test_at_retirement_the_account_is_paid_out_and_closed() -> None:
    life = lead(KEY, number_of(date(1960, 2, 9)))
    assert life is not None
    ledger = keep(life, TODAY)
    assert ledger.closed
    assert [m.kind for m in ledger.movements[-2:]] == ["interest", "withdrawal"]
    assert ledger.movements[-1].day.year == 2020  # sixty years old
    assert ledger.balance == ledger.carried == 0


def test_gaps_between_jobs_have_no_contributions() -> None:
    gaps = 0
    for day in range(1, 29):
        life = lead(KEY, number_of(date(1980, 1, day)))
        assert life is not None
        for job, later in zip(life.jobs, life.jobs[1:], strict=False):
            assert later.first > job.last
            gaps += later.first > months.following(job.last)
    assert gaps > 0


@given(yuan=st.integers(0, 10**7))
def test_a_year_of_interest_on_a_carried_balance_is_one_and_a_half_percent(yuan: int) -> None:
    """银发〔2016〕43号: 1.50 %; credited 30 June."""
    ledger = Ledger()
    ledger.deposit(date(2020, 6, 30), Paid(yuan * 100, 0, ""))
    ledger.credit_interest(date(2020, 6, 30))
    ledger.credit_interest(date(2021, 6, 30))
    exact = Decimal(yuan) * Decimal("1.5")  # percent of yuan, in fen
    assert ledger.movements[-1].amount == exact.quantize(Decimal(1), ROUND_HALF_UP)
    assert ledger.carried == ledger.balance


@given(base=st.integers(1000, 40_000), percent=st.integers(5, 12))
def test_each_side_pays_its_rate_to_the_whole_yuan(base: int, percent: int) -> None:
    paid = side(base, percent)
    assert paid % 100 == 0
    assert abs(paid - base * percent) <= 50


def test_insurance_shares_are_those_of_the_rule() -> None:
    """CONTRACTS, field rules: pension 8 %, medical 2 %, unemployment 0.5 %, others none."""
    life = lead(KEY, number_of(date(1985, 5, 5)))
    assert life is not None
    newest = {row.kind: row for row in contributions(life, TODAY)[-5:]}
    shares = {kind: row.personal_share for kind, row in newest.items()}
    assert shares == {"110": 800, "310": 200, "210": 50, "410": 0, "510": 0}
    for row in newest.values():
        exact = Decimal(row.base) * row.personal_share / 100
        assert row.personal == exact.quantize(Decimal(1), ROUND_HALF_UP)


@pytest.mark.parametrize(("fen", "said"), [(0, "0.00"), (5, "0.05"), (-120, "-1.20")])
def test_money_is_written_as_the_offices_write_it(fen: int, said: str) -> None:
    assert months.yuan(fen) == said
