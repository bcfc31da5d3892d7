"""Social insurance: what was paid, by month and by kind."""

from collections.abc import Iterable
from itertools import groupby
from typing import Annotated

from pydantic import BaseModel

from identity.person import Person
from services.departments.social_insurance._labels import KINDS
from services.departments.social_insurance.department import (
    INSURANCE_LAW,
    Contribution,
    Kind,
    SocialInsurance,
)
from services.groups import SOCIAL_SECURITY
from services.items.standard import query
from services.papers.draft import Table
from services.papers.errors import PaperNotGiven
from services.papers.sheet import Sheet, yuan
from services.period import Period
from services.schema import Chart, Month, shown, words
from services.service import service


class MonthPaid(BaseModel):
    """All kinds of one month together; amounts in fen."""

    month: Annotated[Month, shown("月份", en="Month", show="month")]
    personal: Annotated[int, shown("个人缴费", en="Your share", show="money")]
    employer_side: Annotated[int, shown("单位缴费", en="Employer's share", show="money")]
    total: Annotated[int, shown("合计", en="Total", show="money")]


class KindPaid(BaseModel):
    """One kind in one month; amounts in fen."""

    month: Annotated[Month, shown("月份", en="Month", show="month")]
    kind: Annotated[Kind, shown("险种", en="Kind", show="state", labels=KINDS)]
    base: Annotated[int, shown("缴费基数", en="Contribution base", show="money")]
    personal: Annotated[int, shown("个人缴费", en="Your share", show="money")]
    employer_side: Annotated[int, shown("单位缴费", en="Employer's share", show="money")]


class Answer(BaseModel):
    """Newest month first."""

    personal: Annotated[int, shown("期间个人缴费", en="You paid", show="money", headline=True)]
    employer_side: Annotated[int, shown("期间单位缴费", en="Your employer paid", show="money")]
    months: Annotated[
        list[MonthPaid],
        shown(
            "按月", en="By month", show="table",
            chart=Chart("month", ("personal", "employer_side")),
        ),
    ]  # fmt: skip
    kinds: Annotated[list[KindPaid], shown("按险种", en="By kind", show="table")]


def certificate(answer: Answer, question: Period) -> Sheet:
    """参保缴费证明. Raises PaperNotGiven where nothing was paid."""
    if not answer.months:
        raise PaperNotGiven()
    rows = [
        (one.month, yuan(one.personal), yuan(one.employer_side), yuan(one.total))
        for one in answer.months
    ]
    lines = (
        ("证明期间", f"{question.first} 至 {question.last}"),
        ("缴费月数", f"{len(answer.months)} 个月"),
        ("个人缴费合计", yuan(answer.personal)),
        ("单位缴费合计", yuan(answer.employer_side)),
    )
    heads = ("月份", "个人缴费", "单位缴费", "合计")
    return Sheet("社会保险参保缴费证明", lines, Table(heads, rows), days=90)


@service(
    id="social-insurance-contributions",
    title=words("社保缴费明细", en="Social insurance contributions"),
    summary=words("按月份和险种查看缴费", en="What was paid, by month and by kind"),
    group=SOCIAL_SECURITY,
    icon="report-money",
    purpose="own-record",
    item=query("2071400002001", INSURANCE_LAW),
    paper=certificate,
    keywords=("养老保险缴费", "医保缴费", "缴费记录", "缴费证明", "参保证明", "payments"),
)
async def contributions(person: Person, question: Period, department: SocialInsurance) -> Answer:
    """Contributions of the period, month by month and kind by kind."""
    found = await department.contributions(person, question.first, question.last)
    newest = sorted(found.rows, key=lambda row: row.month, reverse=True)
    months = [
        _month(month, list(rows)) for month, rows in groupby(newest, key=lambda row: row.month)
    ]
    return Answer(
        personal=sum(row.personal for row in newest),
        employer_side=sum(row.employer_side for row in newest),
        months=months,
        kinds=[_kind(row) for row in newest],
    )


def _month(month: str, rows: Iterable[Contribution]) -> MonthPaid:
    both = [(row.personal, row.employer_side) for row in rows]
    personal, employer_side = (sum(side) for side in zip(*both, strict=True))
    return MonthPaid(
        month=month, personal=personal, employer_side=employer_side,
        total=personal + employer_side,
    )  # fmt: skip


def _kind(row: Contribution) -> KindPaid:
    return KindPaid(
        month=row.month, kind=row.kind, base=row.base, personal=row.personal,
        employer_side=row.employer_side,
    )  # fmt: skip
