"""Provident fund: the housing loan, what is still owed and what was repaid."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict

from identity.person import Person
from services.departments.provident_fund._labels import METHODS
from services.departments.provident_fund._records import Method
from services.departments.provident_fund.department import REGULATIONS, ProvidentFund
from services.groups import HOUSING
from services.items.standard import query
from services.schema import Chart, shown, words
from services.service import service


class Question(BaseModel):
    """Nothing to ask: the loan is the resident's own."""

    model_config = ConfigDict(extra="forbid")


class Repaid(BaseModel):
    """One month; amounts in fen."""

    day: Annotated[date, shown("还款日", en="Date", show="date")]
    principal: Annotated[int, shown("本金", en="Principal", show="money")]
    interest: Annotated[int, shown("利息", en="Interest", show="money")]
    left: Annotated[int, shown("剩余本金", en="Still owed", show="money")]


class Answer(BaseModel):
    """The loan as it stands, and the last twelve months, newest first."""

    left: Annotated[int, shown("剩余本金", en="Still owed", show="money", headline=True)]
    payment: Annotated[int, shown("每月还款", en="Payment a month", show="money")]
    due: Annotated[date | None, shown("下次扣款日", en="Next payment on", show="date")]
    overdue: Annotated[int, shown("逾期金额", en="Overdue", show="money")]
    rate: Annotated[float, shown("年利率", en="Rate a year", show="percent")]
    method: Annotated[Method, shown("还款方式", en="Repaid by", show="state", labels=METHODS)]
    granted: Annotated[int, shown("贷款金额", en="Borrowed", show="money")]
    granted_on: Annotated[date, shown("放款日期", en="Borrowed on", show="date")]
    months: Annotated[int, shown("贷款期数（月）", en="Months in all", show="number")]
    paid_months: Annotated[int, shown("已还期数（月）", en="Months repaid", show="number")]
    contract: Annotated[str, shown("借款合同编号", en="Contract", sensitivity="high", show="text")]
    repaid: Annotated[
        list[Repaid],
        shown(
            "近一年还款", en="The last year", show="table",
            chart=Chart("day", ("principal", "interest")),
        ),
    ]  # fmt: skip


@service(
    id="provident-fund-loan",
    title=words("公积金贷款", en="Provident fund loan"),
    summary=words("贷款余额、每月还款和还款明细", en="What is owed, and what was repaid"),
    group=HOUSING,
    icon="building-bank",
    purpose="own-record",
    item=query("2070100004001", REGULATIONS),
    keywords=("住房贷款", "房贷", "还款", "gjjdk", "mortgage"),
)
async def loan(person: Person, question: Question, department: ProvidentFund) -> Answer:
    """The resident's loan, straight from the centre."""
    found = await department.loan(person)
    return Answer(
        left=found.left,
        payment=found.payment,
        due=found.due,
        overdue=found.overdue,
        rate=float(found.rate),
        method=found.method,
        granted=found.granted,
        granted_on=found.granted_on,
        months=found.months,
        paid_months=found.paid_months,
        contract=found.contract,
        repaid=[
            Repaid(day=one.day, principal=one.principal, interest=one.interest, left=one.left)
            for one in found.repayments[::-1]
        ],
    )
