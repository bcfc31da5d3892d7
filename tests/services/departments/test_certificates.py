"""What is certified of an answer, and when nothing can be: pure functions of what offices said."""

from datetime import date

import pytest

from services.departments.social_insurance import contributions
from services.departments.tax import income
from services.departments.transport import violations
from services.papers.errors import PaperNotGiven
from services.period import Period

YEAR = Period.model_validate({"from": "2025-01", "to": "2025-12"})
FINE = violations.Row(
    day=date(2025, 3, 4), place="中山大道", what="违停", fine=200_00, points=0, state="handled"
)


def test_a_violation_even_a_settled_one_leaves_nothing_to_certify():
    answer = violations.Answer(owed=0, open=0, violations=[FINE])
    with pytest.raises(PaperNotGiven):
        violations.certificate(answer, YEAR)


def test_no_violation_is_certified_for_the_time_that_was_asked_about():
    sheet = violations.certificate(violations.Answer(owed=0, open=0, violations=[]), YEAR)
    assert ("证明期间", "2025-01 至 2025-12") in sheet.lines


def test_without_a_month_that_was_paid_there_is_nothing_to_certify():
    answer = contributions.Answer(personal=0, employer_side=0, months=[], kinds=[])
    with pytest.raises(PaperNotGiven):
        contributions.certificate(answer, YEAR)


def test_contributions_are_certified_month_by_month_to_the_fen():
    month = contributions.MonthPaid(
        month="2025-03", personal=640_05, employer_side=1_280_00, total=1_920_05
    )
    answer = contributions.Answer(personal=640_05, employer_side=1_280_00, months=[month], kinds=[])
    sheet = contributions.certificate(answer, YEAR)
    assert ("个人缴费合计", "640.05 元") in sheet.lines
    assert sheet.table.rows == [("2025-03", "640.05 元", "1,280.00 元", "1,920.05 元")]


def test_without_anybody_who_paid_there_is_no_income_to_certify():
    answer = income.Answer(income=0, year="2025", tax=0, months=[], payers=[])
    with pytest.raises(PaperNotGiven):
        income.certificate(answer, income.Question())


def test_income_is_certified_by_who_paid_it_with_the_kind_in_words():
    payer = income.Payer(payer="某公司", kind="wages", income=120_000_00, tax=1_080_00)
    answer = income.Answer(income=120_000_00, year="2025", tax=1_080_00, months=[], payers=[payer])
    sheet = income.certificate(answer, income.Question())
    assert sheet.table.rows == [("某公司", "工资薪金", "120,000.00 元", "1,080.00 元")]
    assert ("年度收入", "120,000.00 元") in sheet.lines
