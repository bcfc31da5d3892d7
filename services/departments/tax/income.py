"""Tax: what was earned and what was paid on it in a year, as an income certificate gives it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from identity.person import Person
from services.departments.tax.department import TAX_LAW, Declared, Income, Tax
from services.groups import WORK
from services.hours import SHANGHAI
from services.items.standard import query
from services.papers.draft import Table
from services.papers.errors import PaperNotGiven
from services.papers.sheet import Sheet, yuan
from services.schema import Chart, Month, shown, words
from services.service import service

K = TypeVar("K")
FIRST_YEAR = 2019
"""Tax on a whole year's income, as the law of 2018 has it, began on 1 January 2019."""
KINDS = {
    "wages": words("工资薪金", en="Wages"),
    "labour": words("劳务报酬", en="Labour services"),
    "author": words("稿酬", en="Author's remuneration"),
    "royalty": words("特许权使用费", en="Royalties"),
    "other": words("其他", en="Other"),
}
_YEAR = words("不填则为上一年", en="Left empty: last year")
_NOTE = words(
    "以扣缴义务人申报为准，不替代《个人所得税纳税记录》",
    en="As declared by those who paid you; it does not replace the sealed tax record",
)


class Question(BaseModel):
    """A calendar year."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    year: Annotated[int | None, shown("年度", en="Year", show="number", description=_YEAR)] = Field(
        None, ge=FIRST_YEAR
    )

    @field_validator("year")
    @classmethod
    def _has_begun(cls, year: int | None) -> int | None:
        if year is not None and year > _this_year():
            raise PydanticCustomError("year_future", "in the future")
        return year


class MonthEarned(BaseModel):
    """One month; fen."""

    month: Annotated[Month, shown("月份", en="Month", show="month")]
    income: Annotated[int, shown("收入额", en="Income", show="money")]
    tax: Annotated[int, shown("已缴税额", en="Tax paid", show="money")]


class Payer(BaseModel):
    """Who paid, for what, over the year; fen."""

    payer: Annotated[str, shown("扣缴义务人", en="Paid by", show="text")]
    kind: Annotated[Income, shown("所得项目", en="Kind", show="state", labels=KINDS)]
    income: Annotated[int, shown("收入额", en="Income", show="money")]
    tax: Annotated[int, shown("已缴税额", en="Tax paid", show="money")]


class Answer(BaseModel):
    """The year's figures; months newest first."""

    income: Annotated[
        int, shown("年度收入", en="Income", show="money", headline=True, description=_NOTE)
    ]
    year: Annotated[str, shown("年度", en="Year", show="text")]
    tax: Annotated[int, shown("已缴个人所得税", en="Tax paid", show="money")]
    months: Annotated[
        list[MonthEarned],
        shown("按月", en="By month", show="table", chart=Chart("month", ("income", "tax"))),
    ]
    payers: Annotated[list[Payer], shown("按扣缴义务人", en="By who paid", show="table")]


def certificate(answer: Answer, _question: Question) -> Sheet:
    """收入和纳税证明. Raises PaperNotGiven where nobody declared anything."""
    if not answer.payers:
        raise PaperNotGiven()
    rows = [
        (one.payer, KINDS[one.kind]["zh-CN"], yuan(one.income), yuan(one.tax))
        for one in answer.payers
    ]
    lines = (
        ("年度", f"{answer.year} 年"),
        ("年度收入", yuan(answer.income)),
        ("已缴个人所得税", yuan(answer.tax)),
    )
    table = Table(("扣缴义务人", "所得项目", "收入额", "已缴税额"), rows)
    return Sheet("个人收入和纳税证明", lines, table, (_NOTE["zh-CN"] + "。",), days=90)


@service(
    id="tax-income",
    title=words("个人收入和纳税", en="Income and tax"),
    summary=words("一年的收入额和已缴个人所得税", en="A year's income, and the tax paid on it"),
    group=WORK,
    icon="file-invoice",
    purpose="own-record",
    level=4,
    max_age=900,
    item=query("2071300001001", TAX_LAW),
    paper=certificate,
    keywords=("收入证明", "纳税记录", "个税", "完税证明", "grsds", "income certificate"),
)
async def income(person: Person, question: Question, department: Tax) -> Answer:
    """A year's declarations. What one earns is sensitive: level 4, proven lately."""
    year = question.year or _this_year() - 1
    found = await department.year(person, year)
    return Answer(
        income=sum(one.income for one in found.rows),
        year=f"{year}",
        tax=sum(one.withheld for one in found.rows),
        months=_by_month(found.rows),
        payers=_by_payer(found.rows),
    )


def _this_year() -> int:
    return datetime.now(SHANGHAI).year


def _by_month(rows: Sequence[Declared]) -> list[MonthEarned]:
    ordered = sorted(rows, key=lambda one: one.month, reverse=True)
    return [
        MonthEarned(month=month, income=_income(together), tax=_tax(together))
        for month, together in _grouped(ordered, lambda one: one.month)
    ]


def _by_payer(rows: Sequence[Declared]) -> list[Payer]:
    ordered = sorted(rows, key=lambda one: (one.payer, one.kind))
    return [
        Payer(payer=payer, kind=kind, income=_income(together), tax=_tax(together))
        for (payer, kind), together in _grouped(ordered, lambda one: (one.payer, one.kind))
    ]


def _grouped(
    rows: Sequence[Declared], key: Callable[[Declared], K]
) -> list[tuple[K, list[Declared]]]:
    return [(value, list(together)) for value, together in groupby(rows, key)]


def _income(rows: Sequence[Declared]) -> int:
    return sum(one.income for one in rows)


def _tax(rows: Sequence[Declared]) -> int:
    return sum(one.withheld for one in rows)
